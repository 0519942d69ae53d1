package io.clarion.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.driver.device.DeviceInfo;

class ProbeTest {
    @EveryDevice
    void everyRateIsMeasuredAndNothingIsLeftOpen(DeviceInfo device) {
        try (Context context = Context.open(device)) {
            long before = Handles.live();
            Probe probe = Probe.measure(context);
            assertTrue(probe.readGBs() > 0 && probe.copyGBs() > 0 && probe.gflops() > 0 && probe.launchMicros() > 0
                    && probe.launchAndWaitMicros() > 0, probe.toString());
            assertEquals(before + 1, Handles.live(), () -> "the queue only: " + Handles.liveByKind());
        }
    }
}
