package io.clarion.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.driver.device.DeviceInfo;
import java.time.Duration;

class HandlesTest {
    @EveryDevice
    void everyHandleIsCountedAndFreed(DeviceInfo device) {
        long before = Handles.live();
        try (Context context = Context.open(device)) {
            context.build("kernel void nothing(global int *x) { }", "").kernel("nothing");
            context.allocate(8);
            context.queue().mark();
            assertEquals(before + 6, Handles.live(), () -> Handles.liveByKind().toString());
            assertTrue(Handles.liveByKind().keySet().stream().anyMatch("Kernel"::equals));
        }
        assertEquals(before, Handles.live(), () -> Handles.liveByKind().toString());
    }

    @EveryDevice
    void aForgottenBufferIsFreedAndCounted(DeviceInfo device) {
        try (Context context = Context.open(device)) {
            long leaked = Handles.leaked();
            forget(context);
            assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
                while (Handles.leaked() == leaked) {
                    System.gc();
                    Thread.onSpinWait();
                }
            });
            assertEquals(0, context.liveBytes());
        }
    }

    private static void forget(Context context) {
        context.allocate(16);
    }

    @EveryDevice
    void aBoundBufferIsNotForgotten(DeviceInfo device) {
        try (Context context = Context.open(device);
                Program program = context.build("kernel void put(global int *x) { x[0] = 1; }", "")) {
            Kernel put = program.kernel("put").arg(0, context.allocate(4));
            System.gc();
            context.queue().enqueue(put, new long[] {1}, null);
            context.queue().finish();
            assertEquals(16, context.liveBytes());
        }
    }
}
