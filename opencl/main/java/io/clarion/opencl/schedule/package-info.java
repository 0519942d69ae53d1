/**
 * Runs compiled graphs on a device: buffers and their memory, the queueing of kernels and transfers, and traces.
 *
 * <p>For the engine alone. Uses {@code opencl.compile} and the driver packages.
 */
package io.clarion.opencl.schedule;
