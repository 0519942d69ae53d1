package io.clarion.opencl.schedule;

import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Kernel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The buffers of a command buffer for intermediate values and outputs. One with an output that stays on the device is given away and
 * replaced in the next call, from those that came back if there are any: a loop that closes what it is given allocates nothing.
 * To be used in the device's turn.
 */
final class Slots {
    private final Context context;
    private final List<Long> sizes;
    private final List<Place> places = new ArrayList<>();
    private final Deque<Integer> missing = new ArrayDeque<>();
    private final Deque<Buffer> spare = new ArrayDeque<>();
    private boolean isClosed;

    /** Slots of so many bytes. */
    Slots(Context context, List<Long> sizes) {
        this.context = context;
        this.sizes = sizes;
    }

    void allocate() {
        for (long bytes : sizes) {
            var place = new Place();
            places.add(place);
            place.put(context.allocate(bytes));
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
        return context.allocate(bytes);
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

    void close() {
        isClosed = true;
        spare.forEach(Buffer::close);
        spare.clear();
        places.stream().map(Place::take).filter(b -> b != null).forEach(Buffer::close);
    }
}
