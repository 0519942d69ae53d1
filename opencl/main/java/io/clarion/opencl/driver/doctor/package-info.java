/**
 * Known driver and installation problems, with their cures.
 *
 * <p>For the OpenCL engine, by {@link io.clarion.opencl.driver.doctor.Doctor}. Uses {@code driver.device} and {@code
 * driver.library}.
 */
package io.clarion.opencl.driver.doctor;
