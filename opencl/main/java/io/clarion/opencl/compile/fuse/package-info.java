/**
 * Passes that divide exprs into kernels, and put kernels into one launch.
 *
 * <p>Uses {@code program}, {@code strategy}, and of {@code kernel} what a kernel can be a stage of and how long it
 * waits.
 */
package io.clarion.opencl.compile.fuse;
