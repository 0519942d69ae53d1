package io.clarion.schedule.group;

import io.clarion.graph.Tensor;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Arrays for what devices tell in a call: fresh ones, which the caller may keep, or, where that copies them, those of
 * the call before.
 */
public final class HostArrays {
    private final Map<Tensor, NDArray> kept = new IdentityHashMap<>();
    private boolean areCopied;

    /** Says whether what is asked for next is copied before the next call. */
    void copied(boolean are) {
        areCopied = are;
    }

    /** One for a tensor, of whatever content. */
    public NDArray of(Tensor t, Shape shape) {
        return areCopied ? kept.computeIfAbsent(t, x -> NDArray.zeros(t.dtype(), shape))
                : NDArray.zeros(t.dtype(), shape);
    }

    /** Has calls use none of those before: a device that hangs may still write into them. */
    void forget() {
        kept.clear();
    }
}
