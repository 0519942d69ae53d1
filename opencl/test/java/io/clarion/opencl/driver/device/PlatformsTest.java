package io.clarion.opencl.driver.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.driver.EveryDevice;
import io.clarion.opencl.driver.library.LoaderFacts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformsTest {
    @Test
    void aLoaderServes() {
        assertNotEquals(LoaderFacts.Source.NONE, Platforms.loader().source(), () -> Platforms.loader().toString());
    }

    @Test
    void platformsAreFoundOnce() {
        assertFalse(Platforms.all().isEmpty());
        assertSame(Platforms.all(), Platforms.all());
    }

    @Test
    void aPlatformWithoutDevicesSaysWhy() {
        for (Platform platform : Platforms.all()) {
            assertTrue(!platform.devices().isEmpty() || platform.error().isPresent(), platform.name());
        }
    }

    @Test
    void everyDeviceHasAnIdOfItsOwn() {
        List<String> ids = Platforms.all().stream().flatMap(p -> p.devices().stream()).map(DeviceInfo::id).toList();
        assertEquals(ids.size(), ids.stream().distinct().count(), ids.toString());
    }

    @EveryDevice
    void aDeviceTellsItsSizes(DeviceInfo device) {
        assertTrue(device.id().matches("[a-z0-9-]+:\\d+"), device.id());
        assertTrue(device.computeUnits() > 0);
        assertTrue(device.globalMemory() >= device.maxAllocation() && device.maxAllocation() > 0);
        assertTrue(device.localMemory() >= 1 << 10);
        assertTrue(device.maxWorkGroupSize() > 0);
        assertEquals(3, device.maxWorkItemSizes().size());
        assertEquals(device.fp64(), device.has("cl_khr_fp64"));
        assertTrue(device.version() >= 102);
    }

    @ParameterizedTest
    @CsvSource({
            "Portable Computing Language, The pocl project, pocl",
            "Intel(R) OpenCL, Intel(R) Corporation, intel",
            "Intel(R) OpenCL Graphics, Intel(R) Corporation, intel-gpu",
            "Intel(R) OpenCL HD Graphics, Intel(R) Corporation, intel-gpu",
            "Intel(R) FPGA Emulation Platform for OpenCL(TM), Intel(R) Corporation, intel-fpga",
            "rusticl, Mesa/X.org, rusticl",
            "Clover, Mesa, clover",
            "NVIDIA CUDA, NVIDIA Corporation, nvidia",
            "AMD Accelerated Parallel Processing, 'Advanced Micro Devices, Inc.', amd",
            "Oclgrind, Oclgrind, oclgrind",
            "Apple, Apple, apple",
            "ARM Platform, ARM, arm",
            "Other Thing 2.0, Somebody, other"})
    void aPlatformsKeyIsShort(String name, String vendor, String key) {
        assertEquals(key, Platform.keyOf(name, vendor));
    }
}
