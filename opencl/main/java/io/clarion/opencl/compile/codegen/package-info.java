/**
 * The text of a kernel: index arithmetic as OpenCL C, vectors and their lanes, guards, parameters.
 *
 * <p>{@link io.clarion.opencl.compile.codegen.Expression} writes the statements of an expr at a place,
 * {@link io.clarion.opencl.compile.codegen.KernelText} collects what fills a file of {@code kernels-cl}. Uses
 * {@code program}.
 */
package io.clarion.opencl.compile.codegen;
