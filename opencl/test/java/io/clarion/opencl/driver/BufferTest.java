package io.clarion.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.OutOfDeviceMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

class BufferTest {
    private static ByteBuffer numbers(ByteBuffer buffer) {
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) (i * 7));
        }
        return buffer.order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @EveryDevice
    void whatIsWrittenIsRead(DeviceInfo device) {
        try (Context context = Context.open(device); Buffer buffer = context.allocate(1003)) {
            ByteBuffer back = direct(1003);
            context.queue().write(buffer, 0, numbers(direct(1003)));
            context.queue().read(buffer, 0, back);
            assertEquals(numbers(direct(1003)), back);
        }
    }

    @EveryDevice
    void heapBuffersGoInPieces(DeviceInfo device) {
        int bytes = (1 << 20) * 2 + 5;
        try (Context context = Context.open(device); Buffer buffer = context.allocate(bytes)) {
            ByteBuffer back = ByteBuffer.allocate(bytes);
            context.queue().write(buffer, 0, numbers(ByteBuffer.allocate(bytes)));
            context.queue().read(buffer, 0, back);
            assertEquals(numbers(ByteBuffer.allocate(bytes)), back);
        }
    }

    @EveryDevice
    void positionsAndOffsetsCount(DeviceInfo device) {
        try (Context context = Context.open(device); Buffer buffer = context.allocate(64)) {
            Queue queue = context.queue();
            ByteBuffer from = numbers(direct(32)).position(8).limit(12);
            queue.fill(buffer, (byte) 1, 0, 64);
            queue.writeAsync(buffer, 20, from);
            ByteBuffer to = direct(16).position(3).limit(9);
            queue.readAsync(buffer, 19, to);
            queue.finish();
            assertEquals(3, to.position());
            byte[] seen = new byte[6];
            to.get(seen);
            assertEquals("[1, 56, 63, 70, 77, 1]", Arrays.toString(seen));
            assertEquals(8, from.position());
        }
    }

    @EveryDevice
    void fillsAndCopiesStayWithinTheirRange(DeviceInfo device) {
        try (Context context = Context.open(device); Buffer a = context.allocate(32); Buffer b = context.allocate(32)) {
            Queue queue = context.queue();
            queue.fill(a, (byte) 0, 0, 32);
            queue.fill(a, 0x01020304, 8, 8);
            queue.fill(b, -1, 0, 32);
            queue.copy(a, 8, b, 4, 12);
            ByteBuffer back = direct(32);
            queue.read(b, 0, back);
            int[] seen = new int[8];
            back.asIntBuffer().get(seen);
            assertEquals("[-1, 16909060, 16909060, 0, -1, -1, -1, -1]", Arrays.toString(seen));
        }
    }

    @EveryDevice
    void emptyBuffersAndTransfersAreFine(DeviceInfo device) {
        try (Context context = Context.open(device); Buffer empty = context.allocate(0)) {
            assertEquals(0, empty.bytes());
            context.queue().write(empty, 0, direct(0));
            context.queue().read(empty, 0, ByteBuffer.allocate(0));
            context.queue().fill(empty, 0, 0, 0);
            context.queue().copy(empty, 0, empty, 0, 0);
        }
    }

    @EveryDevice
    void rangesOutsideAreRefused(DeviceInfo device) {
        try (Context context = Context.open(device); Buffer buffer = context.allocate(16)) {
            Queue queue = context.queue();
            assertThrows(IndexOutOfBoundsException.class, () -> queue.write(buffer, 1, direct(16)));
            assertThrows(IndexOutOfBoundsException.class, () -> queue.readAsync(buffer, -1, direct(4)));
            assertThrows(IndexOutOfBoundsException.class, () -> queue.fill(buffer, 0, Long.MAX_VALUE - 3, 16));
            assertThrows(IllegalArgumentException.class, () -> queue.copy(buffer, 0, buffer, 4, 8));
            assertThrows(IllegalArgumentException.class, () -> queue.writeAsync(buffer, 0, ByteBuffer.allocate(4)));
        }
    }

    @EveryDevice
    void tooMuchMemoryIsRefusedWithTheNumbers(DeviceInfo device) {
        try (Context context = Context.open(device); Buffer held = context.allocate(1000)) {
            long asked = device.maxAllocation() + 1;
            OutOfDeviceMemory e = assertThrows(OutOfDeviceMemory.class, () -> context.allocate(asked));
            assertEquals(asked, e.asked());
            assertTrue(e.live() >= held.bytes());
            assertTrue(e.getMessage().contains(device.id()) && e.getMessage().contains("%,d".formatted(asked)),
                    e.getMessage());
            assertEquals(1000, context.liveBytes());
        }
    }

    @EveryDevice
    @SuppressWarnings("try") // closed within, on purpose
    void liveBytesReturnToNothing(DeviceInfo device) {
        try (Context context = Context.open(device)) {
            Buffer buffer = context.allocate(100);
            context.allocate(200);
            assertEquals(300, context.liveBytes());
            buffer.close();
            buffer.close();
            assertEquals(200, context.liveBytes());
            context.close();
            assertEquals(0, context.liveBytes());
        }
    }
}
