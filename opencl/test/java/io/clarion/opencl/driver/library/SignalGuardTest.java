package io.clarion.opencl.driver.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.EveryDevice;
import io.clarion.opencl.driver.Program;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.doctor.Doctor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignalGuardTest {
    private static int quotient(int a, int b) {
        return a / b;
    }

    private static int length(String text) {
        return text.length();
    }

    @Test
    void theDoctorTellsFromWhomHandlersAreKept() {
        assertEquals(List.of(), Doctor.signals(List.of(), Optional.empty()));
        assertTrue(Doctor.signals(List.of("libpocl.so.2"), Optional.empty()).get(0).what().contains("libpocl.so.2"));
        assertTrue(Doctor.signals(List.of(), Optional.of("a reason")).get(0).cure().contains("libjsig"));
    }

    /** On a machine with one of the drivers that take handlers, its library calls nobody any more. */
    @EveryDevice
    void theLibrariesOfKnownDriversAreGuarded(DeviceInfo device) {
        assertEquals(Optional.empty(), SignalGuard.missing());
        boolean onLinux = HostSystem.here().isLinux();
        assertTrue(!onLinux || !device.id().startsWith("pocl:") || guards("libpocl"));
        assertTrue(!onLinux || !device.id().startsWith("intel:") || guards("libintelocl"));
    }

    private static boolean guards(String library) {
        return SignalGuard.guarded().stream().anyMatch(name -> name.startsWith(library));
    }

    /** Both are signals in compiled code, and drivers have taken their handlers. */
    @EveryDevice
    void javaStillSeesNullsAndDivisionsByZero(DeviceInfo device) {
        try (Context context = Context.open(device);
                Program program = context.build("kernel void k(global int *x) { }", "")) {
            context.queue().enqueue(program.kernel("k").arg(0, context.allocate(4)), new long[] {1}, null);
            context.queue().finish();
            int sum = 0;
            for (int i = 1; i < 300_000; i++) {
                sum += quotient(i, i) + length("");
            }
            assertEquals(299_999, sum);
            assertThrows(ArithmeticException.class, () -> quotient(5, 0));
            assertThrows(NullPointerException.class, () -> length(null));
        }
    }
}
