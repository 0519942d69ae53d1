package io.clarion.opencl.driver;

/**
 * What drivers are known to tell wrongly.
 *
 * @param countsLocalMemoryTwice a kernel's own local memory comes out doubled
 * @param limitIsOneWave         a kernel's largest work-group comes out as 32, and the device's is true
 */
record Quirks(boolean countsLocalMemoryTwice, boolean limitIsOneWave) {
    static Quirks of(Device device) {
        boolean firstRusticl = device.platformName().equals("rusticl") && device.driverVersion().startsWith("22.");
        return new Quirks(firstRusticl, firstRusticl);
    }

    long localBytes(long told) {
        return countsLocalMemoryTwice ? told / 2 : told;
    }

    long workGroupLimit(long told, Device device) {
        return limitIsOneWave ? device.maxWorkGroupSize() : told;
    }
}
