/**
 * Gradients of graphs: a rule for each kind of node.
 *
 * <p>For K. Uses graphs and tensors alone.
 */
package io.clarion.grad;
