package io.clarion.schedule.place;

import java.util.Arrays;

/**
 * Devices and the ways between them: {@code bytes} take {@code latency + bytes / bytesPerSecond}, and nothing where
 * they are.
 *
 * @param latency        device × device, in seconds
 * @param bytesPerSecond device × device; infinite where size does not matter
 * @param memory         of each device, in bytes
 */
record Machine(double[][] latency, double[][] bytesPerSecond, long[] memory) {
    /** Refuses tables of other sizes, latencies below 0 and rates that are not above. */
    public Machine {
        int devices = memory.length;
        if (devices == 0 || !isSquare(latency, devices) || !isSquare(bytesPerSecond, devices)) {
            throw new IllegalArgumentException(
                    "memory is of " + devices + " devices, latency of " + latency.length + " and bytes a second of "
                            + bytesPerSecond.length + "; there has to be one at least, and both from each to each");
        }
        for (int from = 0; from < devices; from++) {
            for (int to = 0; to < devices; to++) {
                if (from != to && !(latency[from][to] >= 0 && Double.isFinite(latency[from][to])
                        && bytesPerSecond[from][to] > 0)) {
                    throw new IllegalArgumentException("from device " + from + " to " + to + " there are "
                            + latency[from][to] + " s and "
                            + bytesPerSecond[from][to] + " bytes a second; 0 or more, and more than 0, would do");
                }
            }
        }
    }

    private static boolean isSquare(double[][] table, int size) {
        return table.length == size && Arrays.stream(table).allMatch(row -> row.length == size);
    }

    int devices() {
        return memory.length;
    }

    /** Returns how long it takes until what one device has made is on another. */
    double seconds(int from, int to, long bytes) {
        return from == to ? 0 : latency[from][to] + bytes / bytesPerSecond[from][to];
    }
}
