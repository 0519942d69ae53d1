package io.clarion.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.check.RandomValues;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GatherScatterTest {
    private static Tensor indices(RandomValues samples, int rows, int... sizes) {
        int[] values = samples.numbers(Shape.of(sizes).elements(), -1, rows).stream().mapToInt(i -> i).toArray();
        return Tensor.constant(NDArray.of(values, sizes));
    }

    private static Tensor vector(int... values) {
        return Tensor.constant(NDArray.of(values, values.length));
    }

    @Property(tries = 100)
    void gatherReadsTheRowsNamedAndNaNOutside(@ForAll long seed) {
        var samples = new RandomValues(seed);
        Tensor x = samples.tensor(DType.FLOAT64, samples.sizes(1, 3, 4));
        Tensor i = indices(samples, x.shape().size(0), samples.number(1, 3), samples.number(1, 3));
        double[] values = Evaluation.of(x).toDoubles();
        int length = values.length / x.shape().size(0);
        double[] expected = Arrays.stream(Evaluation.of(i).toInts()).boxed().flatMapToDouble(
                row -> IntStream.range(0, length).mapToDouble(k -> row < 0 || row >= x.shape().size(0) ? Double.NaN
                        : values[row * length + k]))
                .toArray();
        Tensor y = Tensor.of(new Op.Gather(), x, i);
        assertEquals(i.shape().then(x.shape().part(1, x.rank())), y.shape());
        assertArrayEquals(expected, Evaluation.of(y).toDoubles());
    }

    @Property(tries = 100)
    void scatterAddSumsTheUpdatesOfEachRowAndDropsThoseOutside(@ForAll long seed) {
        var samples = new RandomValues(seed);
        int rows = samples.number(1, 4);
        int[] named = samples.sizes(1, 2, 4);
        int[] row = samples.sizes(0, 2, 3);
        Tensor i = indices(samples, rows, named);
        Tensor updates = samples.tensor(DType.FLOAT64, Shape.of(named).then(Shape.of(row)).sizes());
        double[] values = Evaluation.of(updates).toDoubles();
        int[] to = Evaluation.of(i).toInts();
        int length = Shape.of(row).elements();
        double[] expected = new double[rows * length];
        for (int k = 0; k < values.length; k++) {
            int target = to[k / length];
            if (target >= 0 && target < rows) {
                expected[target * length + k % length] += values[k];
            }
        }
        Tensor y = Tensor.of(new Op.ScatterAdd(Dim.of(rows)), updates, i);
        assertArrayEquals(expected, Evaluation.of(y).toDoubles(), 1e-12);
    }

    @Test
    void gatherOfIntegersReadsZerosOutside() {
        Tensor y = Tensor.of(new Op.Gather(), vector(5, 6), vector(1, 2, -1, 0));
        assertArrayEquals(new int[] {6, 0, 0, 5}, Evaluation.of(y).toInts());
    }

    @Test
    void scatteredIntegersWrap() {
        Tensor y = Tensor.of(new Op.ScatterAdd(Dim.of(1)), vector(Integer.MAX_VALUE, Integer.MAX_VALUE, 5),
                vector(0, 0, 0));
        assertEquals(Integer.MAX_VALUE + Integer.MAX_VALUE + 5, Evaluation.of(y).item());
    }

    @Property(tries = 100)
    void concatPutsInputsOneAfterAnother(@ForAll long seed) {
        var samples = new RandomValues(seed);
        int[] sizes = samples.sizes(1, 3, 4);
        int axis = samples.number(0, sizes.length - 1);
        List<Tensor> in = IntStream.range(0, samples.number(1, 3)).mapToObj(i -> {
            int[] own = sizes.clone();
            own[axis] = samples.number(0, 3);
            return samples.tensor(DType.FLOAT64, own);
        }).toList();
        Tensor y = Tensor.of(new Op.Concat(axis), in);
        NDArray all = Evaluation.of(y);
        int start = 0;
        for (Tensor x : in) {
            Tensor part = y.slice(axis, start, x.shape().dim(axis));
            assertArrayEquals(Evaluation.of(x).toDoubles(), Evaluation.of(part).toDoubles());
            start += x.shape().size(axis);
        }
        assertEquals(start, all.shape().size(axis));
    }
}
