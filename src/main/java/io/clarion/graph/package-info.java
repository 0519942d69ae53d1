/**
 * Graphs of tensors: the representation that K builds, gradients transform, and engines compile.
 *
 * <p>Users touch {@link io.clarion.graph.Tensor} and {@link io.clarion.graph.Variable}; authors of engines read
 * {@link io.clarion.graph.Graph}, {@link io.clarion.graph.Op} and {@link io.clarion.graph.Movement}. Uses
 * {@code tensor} alone.
 */
package io.clarion.graph;
