package io.clarion.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.OpenClException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.function.Executable;

class KernelTest {
    private static final String SOURCE = """
            kernel void scale(global float *x, const int n, const float f, const long unused, local float *space) {
                int i = get_global_id(0);
                if (i < n) { space[get_local_id(0)] = x[i]; x[i] = space[get_local_id(0)] * f; }
            }
            kernel void grid(global int *x) {
                size_t at = (get_global_id(2) * get_global_size(1) + get_global_id(1)) * get_global_size(0) + get_global_id(0);
                x[at] = get_global_id(0) + 10 * get_global_id(1) + 100 * get_global_id(2);
            }
            kernel void greedy(global float *x) {
                local float s[1 << 20];
                s[get_local_id(0)] = x[0];
                barrier(CLK_LOCAL_MEM_FENCE);
                x[0] = s[1];
            }
            """;

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @EveryDevice
    void argumentsStayBoundFromCallToCall(DeviceInfo device) {
        try (Context context = Context.open(device); Program program = context.build(SOURCE, "")) {
            Buffer x = context.allocate(40);
            ByteBuffer host = direct(40);
            for (int i = 0; i < 10; i++) {
                host.putFloat(4 * i, i);
            }
            Queue queue = context.queue();
            queue.write(x, 0, host);
            Kernel scale = program.kernel("scale").arg(0, x).arg(1, 9).arg(2, 2f).arg(3, 1L).local(4, 16);
            queue.enqueue(scale, new long[] {12}, new long[] {4});
            queue.enqueue(scale.arg(2, 3f), new long[] {12}, new long[] {2});
            queue.read(x, 0, host);
            assertEquals(48, host.getFloat(32));
            assertEquals(9, host.getFloat(36));
            assertTrue(scale.localBytes() >= 16 && scale.workGroupLimit() >= 4 && scale.preferredMultiple() >= 1
                    && scale.privateBytes() >= 0);
        }
    }

    @EveryDevice
    void threeAxesCountFromTheFirst(DeviceInfo device) {
        try (Context context = Context.open(device); Program program = context.build(SOURCE, "")) {
            Buffer x = context.allocate(4 * 24);
            context.queue().enqueue(program.kernel("grid").arg(0, x), new long[] {2, 3, 4}, new long[] {1, 1, 1});
            ByteBuffer host = direct(4 * 24);
            context.queue().read(x, 0, host);
            assertEquals(321, host.getInt(4 * 23));
            assertEquals(10, host.getInt(4 * 2));
        }
    }

    @EveryDevice
    void aTimedKernelTellsWhenItIsDone(DeviceInfo device) {
        try (Context context = Context.open(device, true, device.globalMemory(), bytes -> {});
                Program program = context.build(SOURCE, "")) {
            Kernel grid = program.kernel("grid").arg(0, context.allocate(4));
            try (Event event = context.queue().enqueueTimed(grid, new long[] {1}, null);
                    Event mark = context.queue().mark()) {
                assertTrue(event.nanos() >= 0);
                mark.await();
                assertTrue(event.isDone());
            }
        }
        try (Context context = Context.open(device); Program program = context.build(SOURCE, "");
                Event event = context.queue().enqueueTimed(program.kernel("grid").arg(0, context.allocate(4)),
                        new long[] {1}, null)) {
            assertThrows(IllegalStateException.class, event::nanos);
        }
    }

    @EveryDevice
    void mistakesAreNamedBeforeTheDriverSeesThem(DeviceInfo device) {
        try (Context context = Context.open(device); Context other = Context.open(device);
                Program program = context.build(SOURCE, "")) {
            Kernel scale = program.kernel("scale").arg(1, 3).arg(2, 1f);
            says("0, 3, 4", IllegalStateException.class, () -> context.queue().enqueue(scale, new long[] {1}, null));
            says("it has 5", IllegalArgumentException.class, () -> scale.arg(5, 1));
            says("another context", IllegalArgumentException.class, () -> scale.arg(0, other.allocate(4)));
            Buffer gone = context.allocate(4);
            scale.arg(0, gone).arg(3, 0L).local(4, 4);
            gone.close();
            says("closed", IllegalStateException.class, () -> context.queue().enqueue(scale, new long[] {1}, null));
            says("local memory", OpenClException.class, () -> scale.local(4, device.localMemory() + 1));
            says("local memory", OpenClException.class, () -> program.kernel("greedy"));
            says("scale", OpenClException.class, () -> program.kernel("nothing"));
        }
    }

    @EveryDevice
    void aDriversErrorNamesKernelAndSizes(DeviceInfo device) {
        try (Context context = Context.open(device); Program program = context.build(SOURCE, "")) {
            Kernel grid = program.kernel("grid").arg(0, context.allocate(4));
            long tooMany = 2 * device.maxWorkGroupSize();
            OpenClException e = assertThrows(OpenClException.class,
                    () -> context.queue().enqueue(grid, new long[] {tooMany}, new long[] {tooMany}));
            assertTrue(e.getMessage().contains("grid") && e.getMessage().contains(device.id())
                    && e.getMessage().contains(e.codeName()) && !e.cure().isEmpty(), e.getMessage());
        }
    }

    @EveryDevice
    void whatAContextMadeClosesWithIt(DeviceInfo device) {
        Context context = Context.open(device);
        Program program = context.build(SOURCE, "");
        Kernel kernel = program.kernel("grid");
        Buffer buffer = context.allocate(4);
        Queue queue = context.queue();
        kernel.arg(0, buffer);
        context.close();
        assertTrue(program.isClosed() && kernel.isClosed() && buffer.isClosed() && queue.isClosed());
        assertThrows(IllegalStateException.class, () -> queue.enqueue(kernel, new long[] {1}, null));
        assertThrows(IllegalStateException.class, () -> context.allocate(1));
        assertFalse(context.toString().isEmpty());
    }

    private static void says(String words, Class<? extends RuntimeException> type, Executable call) {
        RuntimeException e = assertThrows(type, call);
        assertTrue(e.getMessage().contains(words), e.getMessage());
    }
}
