/**
 * From a graph to a TensorFlow function: a class a topic, each of which emits the operations of some kinds of node.
 * Knows {@code runtime}, and neither engines nor devices.
 */
package io.clarion.tensorflow.translate;
