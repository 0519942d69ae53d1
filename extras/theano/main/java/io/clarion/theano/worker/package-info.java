/**
 * The process that computes: starting it, messages over its pipes, arrays in a file that both have mapped, and how it
 * ends.
 */
package io.clarion.theano.worker;
