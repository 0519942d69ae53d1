package io.clarion.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.driver.device.BinaryRejected;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.KernelBuildException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {
    private static final String SOURCE = "kernel void put(global int *x) { x[0] = VALUE; }";

    private static int run(Context context, Program program) {
        try (Buffer x = context.allocate(4); Kernel put = program.kernel("put")) {
            context.queue().enqueue(put.arg(0, x), new long[] {1}, null);
            ByteBuffer host = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
            context.queue().read(x, 0, host);
            return host.getInt(0);
        }
    }

    @EveryDevice
    void optionsReachTheCompiler(DeviceInfo device) {
        try (Context context = Context.open(device); Program program = context.build(SOURCE, "-DVALUE=42")) {
            assertEquals(42, run(context, program));
        }
    }

    @EveryDevice
    void aBinaryRunsAsItsSourceDid(DeviceInfo device) {
        try (Context context = Context.open(device)) {
            byte[] binary = context.build(SOURCE, "-DVALUE=7").binary().orElseThrow();
            try (Program loaded = context.load(binary, "-DVALUE=7")) {
                assertEquals(7, run(context, loaded));
            }
        }
    }

    @EveryDevice
    void aDamagedBinaryIsRejectedBeforeTheDriverSeesIt(DeviceInfo device) {
        try (Context context = Context.open(device)) {
            byte[] binary = context.build(SOURCE, "-DVALUE=7").binary().orElseThrow();
            byte[] flipped = binary.clone();
            flipped[binary.length - 1] ^= 1;
            for (byte[] bad : new byte[][] {new byte[0], {1, 2, 3}, Arrays.copyOf(binary, binary.length / 2), flipped,
                    Arrays.copyOf(binary, binary.length + 1)}) {
                assertThrows(BinaryRejected.class, () -> context.load(bad, ""));
            }
        }
    }

    @EveryDevice
    void aFailedSourceIsKeptWithItsLog(DeviceInfo device, @TempDir Path home) throws Exception {
        String before = System.getProperty("clarion.home");
        System.setProperty("clarion.home", home.toString());
        try (Context context = Context.open(device)) {
            KernelBuildException e = assertThrows(KernelBuildException.class,
                    () -> context.build("kernel void bad(global int *x) { x[0] = undeclared; }", "-DVALUE=1"));
            Path kept = e.kept().orElseThrow();
            assertTrue(kept.startsWith(home.resolve("failed")) && e.getMessage().contains(kept.toString()),
                    e.getMessage());
            assertTrue(Files.readString(kept).contains("undeclared") && Files.readString(kept).contains("-DVALUE=1"));
            assertTrue(e.log().contains("undeclared"), e.log());
        } finally {
            if (before == null) {
                System.clearProperty("clarion.home");
            } else {
                System.setProperty("clarion.home", before);
            }
        }
    }
}
