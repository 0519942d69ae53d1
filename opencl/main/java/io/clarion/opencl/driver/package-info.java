/**
 * OpenCL objects that own what they hold: contexts, buffers, programs, kernels, queues and events.
 *
 * <p>The driver packages alone call OpenCL; they know nothing of tensors. This one uses {@code driver.device}.
 */
package io.clarion.opencl.driver;
