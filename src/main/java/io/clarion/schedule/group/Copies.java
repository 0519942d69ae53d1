package io.clarion.schedule.group;

import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.HashMap;
import java.util.Map;

/** The variables that devices have in place of one. */
public final class Copies {
    private final String name;
    private final DType dtype;
    private final Shape shape;
    private final Map<GroupDevice, Copy> made = new HashMap<>();

    private record Copy(Variable variable, int epoch) {}

    Copies(Variable of) {
        this.name = of.name();
        this.dtype = of.dtype();
        this.shape = of.shape();
    }

    String name() {
        return name;
    }

    /** Returns the one on a device, which has it until it fails. */
    public synchronized Variable on(GroupDevice member) {
        int epoch = member.epoch();
        return made.compute(member, (m, known) -> {
            if (known != null && known.epoch() == epoch) {
                return known;
            }
            if (known != null) {
                known.variable().discard();
            }
            return new Copy(Variable.local(NDArray.zeros(dtype, shape), name), epoch);
        }).variable();
    }

    /** Frees them all. */
    synchronized void close() {
        made.values().forEach(copy -> copy.variable().discard());
        made.clear();
    }
}
