/**
 * The Keras 1.x backend API: {@link io.clarion.K} and the words that its signatures need.
 *
 * <p>Everything here is composed from {@link io.clarion.graph.Tensor}s; an {@link io.clarion.engine.Engine} computes.
 */
package io.clarion;
