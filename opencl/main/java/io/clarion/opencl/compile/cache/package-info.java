/**
 * Built kernels, in memory and on disk.
 *
 * <p>Uses the driver, and of {@code codegen} the hashes of texts.
 */
package io.clarion.opencl.compile.cache;
