package io.clarion.schedule.place;

import io.clarion.graph.Tensor;
import io.clarion.schedule.group.GroupDevice;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A segment of a placed graph, which a device computes at once: what needs nothing of other devices but of earlier
 * stages.
 */
final class Segment {
    private final GroupDevice member;
    private final int stage;
    private final Set<Tensor> given = new LinkedHashSet<>();
    private final Set<Tensor> kept = new LinkedHashSet<>();
    private final Set<Tensor> told = new LinkedHashSet<>();
    private final List<Tensor> tensors = new ArrayList<>();

    Segment(GroupDevice member, int stage) {
        this.member = member;
        this.stage = stage;
    }

    GroupDevice member() {
        return member;
    }

    int stage() {
        return stage;
    }

    /** Returns what it computes. */
    List<Tensor> tensors() {
        return tensors;
    }

    /** Returns what it is given of other devices. */
    Set<Tensor> given() {
        return given;
    }

    /** Returns what stays on the device for later segments. */
    Set<Tensor> kept() {
        return kept;
    }

    /** Returns what the host is told: for other devices, as an output, or as a variable's new value. */
    Set<Tensor> told() {
        return told;
    }
}
