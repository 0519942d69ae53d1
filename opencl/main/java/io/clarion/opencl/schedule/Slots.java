package io.clarion.opencl.schedule;

import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Kernel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * The buffers of a command buffer for intermediate values and outputs. One with an output that stays on the device is
 * given away and replaced in the next call, from those that came back if there are any: a loop that closes what it is
 * given allocates nothing. In place of one with an output that the host reads there may be the host's memory, for a
 * call. To be used in the device's turn.
 */
final class Slots {
    private final LongFunction<Buffer> room;
    private final List<Long> sizes;
    private final List<Place> places = new ArrayList<>();
    private final Set<Integer> missing = new LinkedHashSet<>();
    private final Set<Integer> lent = new LinkedHashSet<>();
    private final Deque<Buffer> spare = new ArrayDeque<>();
    private boolean isClosed;

    /** Slots of so many bytes, for which {@code room} gives buffers. */
    Slots(LongFunction<Buffer> room, List<Long> sizes) {
        this.room = room;
        this.sizes = sizes;
    }

    /** Allocates all but those that will be {@link #lend lent}. */
    void allocate(IntPredicate isLent) {
        for (long bytes : sizes) {
            var place = new Place();
            if (isLent.test(places.size())) {
                missing.add(places.size());
            } else {
                place.put(room.apply(bytes));
            }
            places.add(place);
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

    /** Has the host's memory in a slot until the call {@link #leave leaves} it. */
    void lend(int slot, Buffer memory) {
        Buffer own = places.get(slot).take();
        if (own != null) {
            back(own);
        }
        missing.remove(slot);
        lent.add(slot);
        places.get(slot).put(memory);
    }

    boolean isLent(int slot) {
        return lent.contains(slot);
    }

    /** Gives the host its memory back. */
    void leave() {
        lent.forEach(slot -> {
            places.get(slot).take().close();
            missing.add(slot);
        });
        lent.clear();
    }

    /** Has a buffer in each slot again. */
    void fill() {
        while (!missing.isEmpty()) {
            int slot = missing.iterator().next();
            Buffer next = take(sizes.get(slot));
            try {
                places.get(slot).put(next);
            } catch (RuntimeException e) {
                back(next);
                throw e;
            }
            missing.remove(slot);
        }
    }

    /** Returns a buffer of so many bytes that the caller has to give {@link #back}. */
    Buffer take(long bytes) {
        for (var it = spare.iterator(); it.hasNext();) {
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

    /** Returns the bytes of the buffers that are not given away. */
    long held() {
        return Stream.concat(places.stream().map(Place::buffer).filter(Objects::nonNull), spare.stream())
                .mapToLong(Buffer::bytes).sum();
    }

    /** Frees all buffers that are not given away, until the slots are filled again. */
    void evict() {
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
        evict();
    }
}
