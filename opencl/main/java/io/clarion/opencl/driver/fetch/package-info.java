/**
 * Fetches an OpenCL driver for machines that have none: Intel's CPU runtime, which runs on any x86-64 processor and
 * needs no root.
 *
 * <p>An ICD loader (Khronos's or ocl-icd's, the {@code libOpenCL.so.1} of a machine) reads once, at the first call of
 * OpenCL in a process, which drivers there are. What is to be seen must therefore be shown before: the driver package
 * does so as it loads the loader. A driver that was fetched later is seen by a process started anew. So, a program that
 * wants a driver begins with this:
 *
 * {@snippet :
 * DriverFetch fetch = DriverFetch.ofThisMachine();
 * if (!fetch.machineNamesADriver()) {
 *     fetch.fetch();                                          // seen by this very process
 * }
 * // ... ask OpenCL for its platforms and devices; where there is no device, go on with
 * if (fetch.fetch() instanceof DriverFetch.Installed installed && !Relaunch.isRelaunched()) {
 *     System.exit(Relaunch.with(LoaderEnvironment.variables(installed.vendorsFolder())));
 * }
 * }
 */
package io.clarion.opencl.driver.fetch;
