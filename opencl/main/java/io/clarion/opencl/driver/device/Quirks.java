package io.clarion.opencl.driver.device;

import java.util.List;

/**
 * Device properties that drivers are known to tell wrongly.
 *
 * @param countsLocalMemoryTwice a kernel's own local memory comes out doubled
 * @param limitIsOneWave         a kernel's largest work-group comes out as 32, and the device's is true
 * @param timesAreOfTheQueue     a command's start and end are when all of the queue was done
 * @param prefetches             OpenCL C's prefetch does nothing, and clang's own does what it should; others'
 *                               compilers end the process at it
 */
public record Quirks(boolean countsLocalMemoryTwice, boolean limitIsOneWave, boolean timesAreOfTheQueue,
        boolean prefetches) {
    public static Quirks of(DeviceInfo device) {
        boolean firstRusticl = device.platformName().equals("rusticl") && device.driverVersion().startsWith("22.");
        boolean isForCpus = device.type() == DeviceInfo.Type.CPU
                && List.of("pocl", "intel").contains(Platform.keyOf(device.platformName(), device.vendor()));
        return new Quirks(firstRusticl, firstRusticl, firstRusticl, isForCpus);
    }

    public long localBytes(long told) {
        return countsLocalMemoryTwice ? told / 2 : told;
    }

    public long workGroupLimit(long told, DeviceInfo device) {
        return limitIsOneWave ? device.maxWorkGroupSize() : told;
    }
}
