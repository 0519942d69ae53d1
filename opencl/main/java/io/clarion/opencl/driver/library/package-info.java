/**
 * Loads the OpenCL library: the loader, the drivers that are registered, and the guard of the JVM's signal handlers.
 *
 * <p>For the driver packages. Uses {@code driver.fetch}, and knows no device.
 */
package io.clarion.opencl.driver.library;
