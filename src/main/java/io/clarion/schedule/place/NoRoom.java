package io.clarion.schedule.place;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A task has no device that could keep what it needs. */
public final class NoRoom extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes an exception of {@code task}, given the bytes that each device has {@code left}. */
    NoRoom(int task, TaskGraph graph, long[] left) {
        super("task " + task + " needs " + graph.memory()[task] + " bytes, and no device has them: "
                + IntStream.range(0, left.length)
                        .mapToObj(d -> "device " + d + " has " + left[d] + " left"
                                + (Double.isFinite(graph.seconds()[task][d]) ? "" : " but cannot run it"))
                        .collect(Collectors.joining(", ")));
    }
}
