/**
 * The OpenCL engine: OpenCL's devices, and the tuner of their products.
 *
 * <p>{@code ServiceLoader} finds it; nothing here is for users. Uses {@code opencl.schedule}, {@code opencl.compile}
 * and the driver packages.
 */
package io.clarion.opencl;
