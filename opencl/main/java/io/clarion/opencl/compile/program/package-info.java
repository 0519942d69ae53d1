/**
 * The representation between graph and OpenCL C: exprs, buffers, kernels, control flow.
 *
 * <p>{@link io.clarion.opencl.compile.program.Expr}s say what is computed,
 * {@link io.clarion.opencl.compile.program.Node}s which kernel computes it. All is immutable; a verifier checks its
 * rules, a listing prints it. Uses the graph's operations and knows nothing of devices.
 */
package io.clarion.opencl.compile.program;
