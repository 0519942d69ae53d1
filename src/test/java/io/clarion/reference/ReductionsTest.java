package io.clarion.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.check.RandomValues;
import io.clarion.graph.Op;
import io.clarion.graph.Op.Reduce.Kind;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReductionsTest {
    private static double[] reduced(Kind kind, NDArray x, List<Integer> axes) {
        return Evaluation.of(Tensor.of(new Op.Reduce(kind, axes), Tensor.constant(x))).toDoubles();
    }

    /** The definition: the elements along the reduced axes, gathered place by place. */
    private static double[] bruteForce(Kind kind, NDArray x, List<Integer> axes) {
        int[] sizes = x.shape().sizes();
        int[] kept = x.shape().without(axes).sizes();
        var rows = new ArrayList<List<Double>>();
        Places.of(kept).forEach(p -> rows.add(new ArrayList<>()));
        List<Integer> others = x.shape().axes().stream().filter(a -> !axes.contains(a)).toList();
        for (int[] at : Places.of(sizes)) {
            rows.get(Places.index(Places.pick(at, others), kept)).add(x.get(Places.index(at, sizes)));
        }
        return rows.stream().mapToDouble(row -> row(kind, row)).toArray();
    }

    private static double row(Kind kind, List<Double> row) {
        DoubleStream values = row.stream().mapToDouble(v -> v);
        return switch (kind) {
            case MAX, FIRST_MAX -> values.max().orElseThrow();
            case MIN -> values.min().orElseThrow();
            case PROD -> values.reduce(1, (a, b) -> a * b);
            case ARGMAX -> row.indexOf(values.max().orElseThrow());
            case ARGMIN -> row.indexOf(values.min().orElseThrow());
        };
    }

    @Property(tries = 300)
    void anyReductionIsThatOfItsRows(@ForAll Kind kind, @ForAll long seed) {
        var samples = new RandomValues(seed);
        int[] sizes = samples.sizes(1, 4, 4);
        List<Integer> axes = samples.some(sizes.length, 1).stream().sorted().toList();
        DType type = samples.number(0, 1) == 0 ? DType.FLOAT64 : DType.INT32;
        NDArray x = samples.array(type, -2, 2, sizes);
        assertArrayEquals(bruteForce(kind, x, axes), reduced(kind, x, axes), 1e-9);
    }

    @Test
    void theFirstOfEqualExtremesHasTheIndex() {
        NDArray x = NDArray.of(new double[] {1, 3, 3, 0, 0, 3}, 2, 3);
        assertArrayEquals(new double[] {1}, reduced(Kind.ARGMAX, x, List.of(0, 1)));
        assertArrayEquals(new double[] {3}, reduced(Kind.ARGMIN, x, List.of(0, 1)));
        assertArrayEquals(new double[] {1, 2}, reduced(Kind.ARGMAX, x, List.of(1)));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aNaNIsTheExtremeAndTheFirstOneHasTheIndex(Kind kind) {
        double nan = Double.NaN;
        NDArray x = NDArray.of(new double[] {1, 5, nan, -9, nan, 7, 1}, 7);
        assertEquals(kind.givesIndex() ? 2 : nan, reduced(kind, x, List.of(0))[0]);
    }

    @Test
    void infinitiesAreExtremes() {
        double inf = Double.POSITIVE_INFINITY;
        NDArray x = NDArray.of(new double[] {-inf, -inf, 3, inf}, 4);
        assertEquals(inf, reduced(Kind.MAX, x, List.of(0))[0]);
        assertEquals(0, reduced(Kind.ARGMIN, x, List.of(0))[0]);
        assertEquals(-inf, reduced(Kind.MAX, NDArray.of(new double[] {-inf, -inf}, 2), List.of(0))[0]);
    }

    @Test
    void integerProductsWrap() {
        int[] x = {2_000_000_011, 1_900_000_043, 7};
        assertEquals(x[0] * x[1] * x[2], reduced(Kind.PROD, NDArray.of(x, 3), List.of(0))[0]);
    }

    @Test
    void theProductOfNothingIsOneAndItsMaximumTheLowest() {
        NDArray none = NDArray.of(new double[0], 2, 0);
        assertArrayEquals(new double[] {1, 1}, reduced(Kind.PROD, none, List.of(1)));
        assertArrayEquals(filled(Double.NEGATIVE_INFINITY), reduced(Kind.MAX, none, List.of(1)));
        assertArrayEquals(filled(Double.POSITIVE_INFINITY), reduced(Kind.MIN, none, List.of(1)));
        assertArrayEquals(filled(Integer.MIN_VALUE), reduced(Kind.MAX, NDArray.of(new int[0], 2, 0), List.of(1)));
    }

    private static double[] filled(double value) {
        double[] two = new double[2];
        Arrays.fill(two, value);
        return two;
    }
}
