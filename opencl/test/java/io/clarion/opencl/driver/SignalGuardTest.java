package io.clarion.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SignalGuardTest {
    private static int quotient(int a, int b) {
        return a / b;
    }

    private static int length(String text) {
        return text.length();
    }

    /** Both are signals in compiled code, and drivers have taken their handlers. */
    @EveryDevice
    void javaStillSeesNullsAndDivisionsByZero(Device device) {
        try (Context context = Context.open(device); Program program = context.build("kernel void k(global int *x) { }", "")) {
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
