/**
 * Passes on graphs, and those that make exprs of them.
 *
 * <p>Accumulations are split, branches selected, loops and scatters lowered, products matched. Uses {@code program} and
 * {@code strategy}.
 */
package io.clarion.opencl.compile.lower;
