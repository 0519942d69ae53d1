package io.clarion.opencl.schedule;

import io.clarion.opencl.driver.Queue;
import io.clarion.tensor.NDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The transfer of arrays between the host and a device, in chunks.
 *
 * @param queue moves them
 * @param size  the bytes that are moved at a time
 * @param mover has them moved
 */
record TransferChunks(Queue queue, long size, Mover mover) {
    /** Has chunks moved. */
    interface Mover {
        /** Runs what queues the moving of an array's bytes up to {@code end}. */
        void move(NDArray array, long end, Runnable queueing);
    }

    /** Queues the moving of a chunk that begins at byte {@code at}. */
    interface Move {
        void queue(long at, ByteBuffer chunk);
    }

    /** Arrays at once, queued one after the other. */
    static TransferChunks whole(Queue queue) {
        return new TransferChunks(queue, Long.MAX_VALUE, (array, end, queueing) -> queueing.run());
    }

    void each(NDArray array, Move move) {
        ByteBuffer bytes = array.bytes();
        int all = bytes.remaining();
        for (int end = 0; end < all;) {
            int begin = end;
            int length = (int) Math.min(size, all - begin);
            end += length;
            mover.move(array, end, () -> move.queue(begin,
                    length == all ? bytes
                            : bytes.slice(bytes.position() + begin, length).order(ByteOrder.nativeOrder())));
        }
    }

    /** Queues the use of an array that is not moved but used where it lies. */
    void inPlace(NDArray array, Runnable use) {
        mover.move(array, array.bytes().remaining(), use);
    }
}
