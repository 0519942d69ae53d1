/** Keras's layers on K: each says how it builds its weights from the shape of its input and how it maps tensors. */
package io.clarion.model.layer;
