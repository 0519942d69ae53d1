/**
 * Layers over time: recurrent nets, and the wrapper that runs one both ways.
 *
 * <p>For users. Uses {@code model.layer} and {@code model.layer.weight}.
 */
package io.clarion.model.layer.recurrent;
