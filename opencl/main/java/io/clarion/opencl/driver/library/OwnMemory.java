package io.clarion.opencl.driver.library;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes the memory of this process through Linux's {@code /proc/self/mem}.
 *
 * <p>An address that is not there is an {@link IOException}, not a crash, and pages that are read-only can be written.
 * It needs no native code, and so no version of Java.
 */
final class OwnMemory implements AutoCloseable {
    private static final int MOST_BYTES = 16 << 20;
    private final RandomAccessFile memory;

    OwnMemory() throws IOException {
        memory = new RandomAccessFile("/proc/self/mem", "rw");
    }

    /** Reads {@code count} bytes, in the order of an x86-64 or arm64 processor. */
    ByteBuffer bytes(long address, long count) throws IOException {
        if (address <= 0 || count < 0 || count > MOST_BYTES) {
            throw new EOFException(count + " bytes at address " + Long.toHexString(address));
        }
        var bytes = new byte[(int) count];
        memory.seek(address);
        memory.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads 64 bits. */
    long word(long address) throws IOException {
        return bytes(address, Long.BYTES).getLong();
    }

    /** Returns whether the text at {@code address} is {@code text} and ends there, as C's texts end. */
    boolean holds(long address, String text) throws IOException {
        byte[] expected = (text + "\0").getBytes(StandardCharsets.US_ASCII);
        return bytes(address, expected.length).equals(ByteBuffer.wrap(expected));
    }

    /** Writes 64 bits. */
    void write(long address, long word) throws IOException {
        memory.seek(address);
        memory.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(word).array());
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
