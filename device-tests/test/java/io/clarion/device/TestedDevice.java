package io.clarion.device;

import io.clarion.opencl.OpenClDevice;

/**
 * An open device and how its kernels are laid out in this module's tests.
 *
 * @param title  for the names of tests, such as {@code pocl:0 (cpu-haswell-…)} or {@code intel:0 (…) as a GPU}
 * @param forced whether the strategy is not the one that the engine would choose
 */
record TestedDevice(String title, io.clarion.opencl.driver.Device facts, OpenClDevice device, boolean forced) {
    @Override
    public String toString() {
        return title;
    }
}
