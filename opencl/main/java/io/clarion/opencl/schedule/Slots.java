package io.clarion.opencl.schedule;

import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Kernel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * The buffers of a command buffer for intermediate values and outputs. One with an output that stays on the device is given away and
 * replaced in the next call, from those that came back if there are any: a loop that closes what it is given allocates nothing.
 * To be used in the device's turn.
 */
final class Slots {
    private final LongFunction<Buffer> room;
    private final List<Long> sizes;
    private final List<Place> places = new ArrayList<>();
    private final Deque<Integer> missing = new ArrayDeque<>();
    private final Deque<Buffer> spare = new ArrayDeque<>();
    private boolean isClosed;

    /** Slots of so many bytes, for which {@code room} gives buffers. */
    Slots(LongFunction<Buffer> room, List<Long> sizes) {
        this.room = room;
        this.sizes = sizes;
    }

    void allocate() {
        for (long bytes : sizes) {
            var place = new Place();
            places.add(place);
            place.put(room.apply(bytes));
        }
    }

    Buffer buffer(int slot) {
        return places.get(slot).buffer();
    }

    long bytes(int slot) {
        return sizes.get(slot);
    }

    void bind(int slot, Kernel kernel, int argument) {
        places.get(slot).bind(kernel, argument);
    }

    /** Gives a slot's buffer away. */
    Buffer give(int slot) {
        missing.add(slot);
        return places.get(slot).take();
    }

    /** Has a buffer in each slot again. */
    void fill() {
        while (!missing.isEmpty()) {
            int slot = missing.peek();
            Buffer next = take(sizes.get(slot));
            try {
                places.get(slot).put(next);
            } catch (RuntimeException e) {
                back(next);
                throw e;
            }
            missing.remove();
        }
    }

    /** A buffer of so many bytes that the caller has to give {@link #back}. */
    Buffer take(long bytes) {
        for (var it = spare.iterator(); it.hasNext(); ) {
            Buffer next = it.next();
            if (next.bytes() == bytes) {
                it.remove();
                return next;
            }
        }
        return room.apply(bytes);
    }

    /** Takes a buffer back that was given away. Two for each slot are kept at most, the last ones. */
    void back(Buffer buffer) {
        if (isClosed || buffer.isClosed()) {
            buffer.close();
            return;
        }
        spare.add(buffer);
        if (spare.size() > 2 * sizes.size()) {
            spare.remove().close();
        }
    }

    /** The bytes of the buffers that are not given away. */
    long held() {
        return Stream.concat(places.stream().map(Place::buffer).filter(Objects::nonNull), spare.stream()).mapToLong(Buffer::bytes).sum();
    }

    /** Frees all buffers that are not given away, until the slots are filled again. */
    void spill() {
        spare.forEach(Buffer::close);
        spare.clear();
        for (int slot = 0; slot < places.size(); slot++) {
            Buffer buffer = places.get(slot).take();
            if (buffer != null) {
                missing.add(slot);
                buffer.close();
            }
        }
    }

    void close() {
        isClosed = true;
        spill();
    }
}
