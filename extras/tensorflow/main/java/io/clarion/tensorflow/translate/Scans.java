package io.clarion.tensorflow.translate;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Linear recurrences as loops: TensorFlow has sums and products of all elements so far, and no general recurrence. */
final class Scans {
    private Scans() {}

    /** Returns whether a scan only adds up: its factors are all 1. */
    static boolean isSum(Tensor scan) {
        Tensor factors = scan.input(0);
        while (factors.op() instanceof Op.View(Movement m) && !(m instanceof Movement.Pad)) {
            factors = factors.input(0);
        }
        return factors.op() instanceof Op.Literal(var dtype, double value) && value == 1;
    }

    /** Returns the loop whose second value is the scan with its axis first. */
    static Tensor loop(Tensor scan, int axis, boolean reversed) {
        Shape row = scan.shape().without(List.of(axis));
        Tensor before = parameter(scan, row);
        Tensor factor = parameter(scan, row);
        Tensor term = parameter(scan, row);
        Tensor now = factor.times(before).plus(term);
        var body = new Body(List.of(before, factor, term), List.of(now, now));
        List<Integer> first = axisFirst(scan.rank(), axis);
        Tensor zero = Tensor.literal(scan.dtype(), 0).broadcast(row);
        return Tensor.of(new Bundle.Loop(body, 1, 2, Dim.of(scan.shape().size(axis)), reversed),
                zero, scan.input(0).permute(first), scan.input(1).permute(first));
    }

    private static Tensor parameter(Tensor like, Shape shape) {
        return Tensor.of(new Op.Parameter(like.dtype(), shape));
    }

    /** Returns the order of axes that has {@code axis} first. */
    static List<Integer> axisFirst(int rank, int axis) {
        var order = new ArrayList<>(IntStream.range(0, rank).boxed().filter(a -> a != axis).toList());
        order.add(0, axis);
        return order;
    }
}
