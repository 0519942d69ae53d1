package io.clarion.opencl.schedule;

import io.clarion.opencl.driver.Device;
import java.util.concurrent.locks.Lock;

/**
 * Which calls of a device move what they are given and what they give beside the kernels of others.
 *
 * @param least so many bytes have to be moved for that to be worth two more waits
 * @param open  held while they do, outside of any turn, so that the device stays open
 */
public record Overlap(long least, Lock open) {
    private static final long LARGE = 1 << 20;

    /** The least number of bytes on a device: without end where its buffers lie in the host's memory. */
    public static long least(Device device) {
        return device.worksInHostMemory() ? Long.MAX_VALUE : LARGE;
    }
}
