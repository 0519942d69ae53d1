/**
 * Layers over space: convolutions, pooling, and changes of size.
 *
 * <p>For users. Uses {@code model.layer} and {@code model.layer.weight}.
 */
package io.clarion.model.layer.convolution;
