/**
 * Models of layers, losses, metrics and their training; the digits that come along, and the demo's nets for them.
 *
 * <p>Users begin with {@link io.clarion.model.Model} and {@link io.clarion.model.Trainer}. Uses {@link io.clarion.K},
 * the layers and the optimizers.
 */
package io.clarion.model;
