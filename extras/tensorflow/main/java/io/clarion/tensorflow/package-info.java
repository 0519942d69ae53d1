/** The TensorFlow engine: devices of TensorFlow's, graphs compiled for them, and the variables that they hold. */
package io.clarion.tensorflow;
