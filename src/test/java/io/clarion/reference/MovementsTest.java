package io.clarion.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.clarion.check.RandomValues;
import io.clarion.graph.Movement;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class MovementsTest {
    private static final int TRIES = 100;

    /** Each place of the view must read the place of the input that {@code source} says; null stands for −7. */
    private static void reads(Tensor x, Movement movement, UnaryOperator<int[]> source) {
        NDArray in = Evaluation.of(x);
        Tensor view = x.view(movement);
        int[] sizes = view.shape().sizes();
        double[] expected = Places.of(sizes).stream().map(source)
                .mapToDouble(at -> at == null ? -7 : in.get(Places.index(at, in.shape().sizes()))).toArray();
        assertArrayEquals(expected, Evaluation.of(view).toDoubles(), () -> movement + " of " + in.shape());
    }

    private static int[] each(int[] at, IntUnaryOperator place) {
        int[] from = at.clone();
        Arrays.setAll(from, place);
        return from;
    }

    @Property(tries = TRIES)
    void permuteReadsThePermutedPlace(@ForAll long seed) {
        var samples = new RandomValues(seed);
        Tensor x = samples.tensor(DType.FLOAT64, samples.sizes(0, 4, 4));
        List<Integer> order = samples.permutation(x.rank());
        reads(x, new Movement.Permute(order), at -> each(at, a -> at[order.indexOf(a)]));
    }

    @Property(tries = TRIES)
    void broadcastReadsPlaceZeroOfStretchedAxes(@ForAll long seed) {
        var samples = new RandomValues(seed);
        int[] to = samples.sizes(0, 4, 4);
        List<Integer> stretched = samples.some(to.length, 0);
        int[] from = each(to, a -> stretched.contains(a) ? 1 : to[a]);
        reads(samples.tensor(DType.INT32, from), new Movement.Broadcast(Shape.of(to)),
                at -> each(at, a -> stretched.contains(a) ? 0 : at[a]));
    }

    @Property(tries = TRIES)
    void sliceReadsFromStartInSteps(@ForAll long seed) {
        var samples = new RandomValues(seed);
        int[] to = samples.sizes(1, 3, 4);
        List<Integer> start = samples.numbers(to.length, 0, 3);
        List<Integer> step = samples.numbers(to.length, 1, 3);
        int[] from = each(to, a -> start.get(a) + (to[a] - 1) * step.get(a) + 1 + samples.number(0, 2));
        reads(samples.tensor(DType.FLOAT64, from), new Movement.Slice(start, step, Shape.of(to)),
                at -> each(at, a -> start.get(a) + at[a] * step.get(a)));
    }

    @Property(tries = TRIES)
    void padPutsElementsInStepsAndFillsTheRest(@ForAll long seed) {
        var samples = new RandomValues(seed);
        int[] from = samples.sizes(1, 3, 3);
        List<Integer> before = samples.numbers(from.length, 0, 2);
        List<Integer> step = samples.numbers(from.length, 1, 3);
        int[] to = each(from, a -> before.get(a) + (from[a] - 1) * step.get(a) + 1 + samples.number(0, 2));
        reads(samples.tensor(DType.FLOAT64, from), new Movement.Pad(before, step, Shape.of(to), -7), at -> {
            int[] source = new int[at.length];
            for (int a = 0; a < at.length; a++) {
                int distance = at[a] - before.get(a);
                source[a] = Math.floorDiv(distance, step.get(a));
                if (distance < 0 || distance % step.get(a) != 0 || source[a] >= from[a]) {
                    return null;
                }
            }
            return source;
        });
    }

    @Property(tries = TRIES)
    void reverseReadsFromTheEnd(@ForAll long seed) {
        var samples = new RandomValues(seed);
        Tensor x = samples.tensor(DType.FLOAT64, samples.sizes(1, 4, 4));
        List<Integer> axes = samples.some(x.rank(), 0);
        reads(x, new Movement.Reverse(axes),
                at -> each(at, a -> axes.contains(a) ? x.shape().size(a) - 1 - at[a] : at[a]));
    }

    @Property(tries = TRIES)
    void windowsReadPlaceAndTap(@ForAll long seed) {
        var samples = new RandomValues(seed);
        int taps = samples.number(1, 3);
        int stride = samples.number(1, 3);
        int dilation = samples.number(1, 3);
        int[] sizes = samples.sizes(1, 3, 3);
        int axis = samples.number(0, sizes.length - 1);
        sizes[axis] = dilation * (taps - 1) + 1 + samples.number(0, 6);
        reads(samples.tensor(DType.FLOAT64, sizes), new Movement.Windows(axis, taps, stride, dilation), at -> {
            int[] source = new int[at.length - 1];
            Arrays.setAll(source,
                    a -> a < axis ? at[a] : a == axis ? stride * at[a] + dilation * at[a + 1] : at[a + 1]);
            return source;
        });
    }

    @Property(tries = TRIES)
    void reshapeKeepsTheRowMajorOrder(@ForAll long seed) {
        var samples = new RandomValues(seed);
        Tensor x = samples.tensor(DType.FLOAT64, samples.sizes(0, 4, 4));
        Tensor y = x.reshape(new Shape(List.of(x.shape().count())));
        assertArrayEquals(Evaluation.of(x).toDoubles(), Evaluation.of(y).toDoubles());
    }

    @Test
    void aViewOfNothingIsNothing() {
        Tensor none = Tensor.constant(NDArray.of(new float[0], 0, 3));
        assertArrayEquals(new double[0], Evaluation.of(none.permute(List.of(1, 0))).toDoubles());
        assertArrayEquals(new double[] {5, 5}, Evaluation.of(Tensor.constant(NDArray.of(new float[0], 0))
                .view(new Movement.Pad(List.of(1), List.of(1), Shape.of(2), 5))).toDoubles());
    }
}
