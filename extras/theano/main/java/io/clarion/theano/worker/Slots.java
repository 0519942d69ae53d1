package io.clarion.theano.worker;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;

/** Gives arrays places in the file, one after the other. */
public final class Slots {
    private long end;

    /** Returns the next place, for an array of this dtype and shape. */
    public Slot next(DType dtype, Shape shape) {
        long at = (end + NDArray.ALIGNMENT - 1) / NDArray.ALIGNMENT * NDArray.ALIGNMENT;
        Slot slot = new Slot(at, dtype, shape);
        end = slot.end();
        return slot;
    }

    /** Returns how large the file has to be. */
    public long size() {
        return end;
    }
}
