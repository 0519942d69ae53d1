package io.clarion.theano.worker;

import io.clarion.engine.DeviceFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file among the temporary ones through which arrays go to the worker and back. The worker takes its name away once
 * it has opened it.
 */
public final class MappedFile implements AutoCloseable {
    private static final long LEAST = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private MappedByteBuffer start;
    private long size;

    MappedFile() {
        try {
            path = Files.createTempFile("clarion-theano-", ".arrays");
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new DeviceFailure("no file for the arrays of Theano's process can be made: " + e);
        }
        grow(LEAST);
    }

    Path path() {
        return path;
    }

    /** Makes the file at least so large, and twice as large as it was if it grows. */
    void grow(long least) {
        if (least <= size) {
            return;
        }
        long wanted = Math.max(least, 2 * size);
        try {
            start = channel.map(FileChannel.MapMode.READ_WRITE, 0, Math.min(wanted, Integer.MAX_VALUE));
            if (wanted > Integer.MAX_VALUE) {
                channel.map(FileChannel.MapMode.READ_WRITE, wanted - 1, 1);
            }
        } catch (IOException e) {
            throw new WorkerFailure("the file of " + wanted
                    + " bytes for the arrays of Theano's process cannot be mapped: " + e.getMessage(), true, true);
        }
        size = wanted;
    }

    long size() {
        return size;
    }

    /** Returns a part of the file; what lies beyond 2 GB is mapped for this alone. */
    ByteBuffer slice(long at, int bytes) {
        if (at + bytes <= start.capacity()) {
            return start.slice((int) at, bytes).order(ByteOrder.nativeOrder());
        }
        try {
            return channel.map(FileChannel.MapMode.READ_WRITE, at, bytes).order(ByteOrder.nativeOrder());
        } catch (IOException e) {
            throw new WorkerFailure(
                    bytes + " bytes of the file for the arrays of Theano's process cannot be mapped: " + e.getMessage(),
                    true, false);
        }
    }

    /** Deletes the file, if the worker has not been there to do it. */
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A temporary file is left, which the system clears away.
        }
    }
}
