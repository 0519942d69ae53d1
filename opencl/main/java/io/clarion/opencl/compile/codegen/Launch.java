package io.clarion.opencl.compile.codegen;

/**
 * A kernel and how it is launched.
 *
 * @param text   its OpenCL C, with the buffers that come first among its arguments
 * @param sizes  the int arguments after the buffers
 * @param global work-items along each dimension
 * @param local  work-items of a group along each dimension
 */
public record Launch(KernelText text, int[] sizes, long[] global, long[] local) {}
