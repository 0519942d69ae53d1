/**
 * Keras's optimizers: each gives the updates that a step of training makes.
 *
 * <p>Users choose an {@link io.clarion.model.optimizer.Optimizer}. Uses {@link io.clarion.K}; knows neither models nor
 * layers.
 */
package io.clarion.model.optimizer;
