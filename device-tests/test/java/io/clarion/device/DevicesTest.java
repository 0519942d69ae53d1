package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.engine.Device;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DevicesTest {
    private static final Set<String> TOOLS = Set.of("oclgrind", "clang", "ptxas", "ocloc", "chromium", "theano");

    @Test
    void thereIsADeviceOfEachRequiredPlatform() {
        assertTrue(!Devices.all().isEmpty());
        List<String> missing = Devices.required().stream()
                .filter(name -> !TOOLS.contains(name) && !Devices.platforms().contains(name)).toList();
        assertEquals(List.of(), missing,
                () -> "clarion.require names platforms that have no usable device here; there are "
                        + Devices.platforms() + ", and docs/how-to/install-drivers.md tells how to install more");
    }

    @EveryDevice
    void everyDeviceTellsItsNameAndMemory(Device device) {
        assertTrue(device.report().isUsable() && !device.report().name().isBlank() && device.report().memory() > 0,
                device.report().toString());
    }
}
