/** The Theano engine: a device whose graphs a Python process computes, and the variables that lie there. */
package io.clarion.theano;
