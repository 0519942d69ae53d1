/**
 * The layout of kernels on a device, from its facts and from what tuning found.
 *
 * <p>{@link io.clarion.opencl.compile.strategy.Strategy} answers the questions of passes and kernels. Uses the driver's
 * facts of a device.
 */
package io.clarion.opencl.compile.strategy;
