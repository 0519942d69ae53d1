package io.clarion.device;

import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platforms;

/**
 * Opens and closes every device while other threads live on what the JVM does with signals: nulls, divisions by zero,
 * safepoints.
 */
final class OpenAndClose {
    private static final String[] TEXTS = {"a", "bc", null};
    private static volatile boolean end;
    private static volatile boolean wrong;
    private static volatile Object garbage;

    private OpenAndClose() {}

    /** With the number of threads, and how often each device is opened. */
    public static void main(String[] arguments) throws InterruptedException {
        for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
            Thread.ofPlatform().daemon().start(OpenAndClose::work);
        }
        Thread.ofPlatform().daemon().start(() -> {
            while (!end) {
                System.gc();
            }
        });
        for (DeviceInfo device : Platforms.usableDevices()) {
            for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                Context.open(device).close();
            }
        }
        end = true;
        System.out.println(wrong ? "not as Java has it" : "as Java has it");
    }

    private static void work() {
        while (!end) {
            int nulls = 0;
            int zeros = 0;
            for (int i = 0; i < 3000; i++) {
                nulls += length(TEXTS[i % 3]) < 0 ? 1 : 0;
                zeros += quotient(i, i % 3) < 0 ? 1 : 0;
            }
            wrong |= nulls != 1000 || zeros != 1000;
            garbage = new byte[100];
        }
    }

    private static int length(String text) {
        try {
            return text.length();
        } catch (NullPointerException e) {
            return -1;
        }
    }

    private static int quotient(int a, int b) {
        try {
            return a / b;
        } catch (ArithmeticException e) {
            return -1;
        }
    }
}
