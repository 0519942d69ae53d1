package io.clarion.opencl.driver;

/**
 * What drivers are known to tell wrongly.
 *
 * @param countsLocalMemoryTwice a kernel's own local memory comes out doubled
 * @param limitIsOneWave         a kernel's largest work-group comes out as 32, and the device's is true
 * @param timesAreOfTheQueue     a command's start and end are when all of the queue was done
 */
record Quirks(boolean countsLocalMemoryTwice, boolean limitIsOneWave, boolean timesAreOfTheQueue) {
    static Quirks of(Device device) {
        boolean firstRusticl = device.platformName().equals("rusticl") && device.driverVersion().startsWith("22.");
        return new Quirks(firstRusticl, firstRusticl, firstRusticl);
    }

    long localBytes(long told) {
        return countsLocalMemoryTwice ? told / 2 : told;
    }

    long workGroupLimit(long told, Device device) {
        return limitIsOneWave ? device.maxWorkGroupSize() : told;
    }
}
