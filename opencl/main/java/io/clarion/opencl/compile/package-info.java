/**
 * The compiler: from a graph of known sizes to kernels, their launches and a plan of memory.
 *
 * <p>{@link io.clarion.opencl.compile.Passes} lists the passes, {@link io.clarion.opencl.compile.Compiler} runs them
 * and generates the text; {@code docs/explanation/compiler.md} tells how they work. For the engine alone. Uses its
 * subpackages, the graph, and the driver.
 */
package io.clarion.opencl.compile;
