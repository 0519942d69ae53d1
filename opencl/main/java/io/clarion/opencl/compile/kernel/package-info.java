/**
 * A class for each file of kernels-cl, which fills its holes and says how it is launched.
 *
 * <p>{@link io.clarion.opencl.compile.kernel.Emit} chooses. Uses {@code codegen}, {@code program} and {@code strategy}.
 */
package io.clarion.opencl.compile.kernel;
