/**
 * Keras's layers on K: each says how it builds its weights from the shape of its input and how it maps tensors.
 *
 * <p>Here are the core layers and what all layers rest on: {@link io.clarion.model.layer.Layer}, which a user's layer
 * implements, {@link io.clarion.model.layer.Node} and {@link io.clarion.model.layer.Parameters}. Convolutions and
 * recurrent layers have packages of their own. Uses {@link io.clarion.K} and {@code model.layer.weight}.
 */
package io.clarion.model.layer;
