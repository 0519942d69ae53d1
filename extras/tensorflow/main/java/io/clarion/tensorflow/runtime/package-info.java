/**
 * TensorFlow's C API by way of TensorFlow-Java's natives: an eager context, functions that are built for it, and the
 * arrays that go in and come out. Everything native is closed by whoever made it. Knows no graphs of Clarion's.
 */
package io.clarion.tensorflow.runtime;
