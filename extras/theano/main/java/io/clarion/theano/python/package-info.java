/**
 * Which Python and which of Theano, Aesara and PyTensor is used: the user's choice, what this machine has, or what is
 * fetched once.
 */
package io.clarion.theano.python;
