package io.clarion.opencl.schedule;

import io.clarion.opencl.driver.device.DeviceInfo;
import java.util.concurrent.locks.Lock;

/**
 * Which calls of a device move what they are given and what they give beside the kernels of others.
 *
 * @param least so many bytes have to be moved for that to be worth two more waits
 * @param open  held while they do, outside of any turn, so that the device stays open
 */
public record Overlap(long least, Lock open) {
    private static final long LARGE = 1 << 20;
    private static final long LEAST_PIECE = 1 << 14;

    /**
     * Returns how many bytes at a time are moved of arrays that others wait for, so that they have the first while the
     * next are on their way.
     */
    long chunk() {
        return Math.max(LEAST_PIECE, 4 * least);
    }

    /** Returns the least number of bytes on a device: without end where its buffers lie in the host's memory. */
    public static long least(DeviceInfo device) {
        return device.worksInHostMemory() ? Long.MAX_VALUE : LARGE;
    }
}
