/**
 * Platforms and devices as their drivers describe them, known quirks, and what OpenCL's error codes mean.
 *
 * <p>For the OpenCL engine's packages. Uses {@code driver.library}.
 */
package io.clarion.opencl.driver.device;
