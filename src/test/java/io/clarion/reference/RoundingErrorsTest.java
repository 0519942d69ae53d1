package io.clarion.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundingErrorsTest {
    private static double[] run(Tensor t) {
        try (Function f = new Function(new Graph(List.of(), List.of(t), List.of()),
                ReferenceEngine.withRoundingErrors(3))) {
            return f.call().get(0).toDoubles();
        }
    }

    private static Tensor of(double... values) {
        return K.constant(NDArray.of(DType.FLOAT32, values, values.length));
    }

    @Test
    void aFunctionIsOffByAFewUnitsInTheLastPlace() {
        double got = run(K.exp(of(0.3)))[0];
        double off = Math.abs(got - Math.exp(0.3f)) / Math.ulp((float) got);
        assertTrue(off > 1 && off < 8, got + " is off by " + off);
    }

    @Test
    void whatCancelsIsOffByUnitsOfItsTerms() {
        double got = run(K.sum(of(1e6 / 3, -1e6 / 3, 0.1)))[0];
        assertTrue(Math.abs(got - 0.1f) > 1e-3, "" + got);
    }

    @Test
    void smallWholeNumbersAndWhatIsChosenOrMovedAreExact() {
        double[] x = IntStream.range(-8, 8).asDoubleStream().toArray();
        assertArrayEquals(new double[] {-8}, run(K.sum(of(x))));
        assertArrayEquals(x, run(K.reverse(K.reverse(of(x).plus(3).minus(3), 0), 0)));
        assertArrayEquals(new double[] {7}, run(K.max(of(x))));
    }

    /** What a bool output has in 40 runs for each of its elements: 0, 1, or a fraction where runs differ. */
    private static double[] means(Tensor t) {
        LongFunction<Device> runs = ReferenceEngine.withRoundingErrors();
        double[] sum = new double[t.shape().elements()];
        for (int run = 0; run < 40; run++) {
            try (Function f = new Function(new Graph(List.of(), List.of(t), List.of()), runs.apply(run))) {
                double[] got = f.call().get(0).toDoubles();
                IntStream.range(0, sum.length).forEach(i -> sum[i] += got[i]);
            }
        }
        return Arrays.stream(sum).map(v -> v / 40).toArray();
    }

    private static Tensor numbers() {
        return of(IntStream.range(0, 50).mapToDouble(i -> 1e-4 + i / 7.0).toArray());
    }

    @Test
    void numbersThatAgreeWithinTheirErrorsAreEqualInSomeRuns() {
        Tensor x = numbers();
        for (double mean : means(K.equal(x, K.log(K.exp(x))))) {
            assertTrue(mean > 0.05 && mean < 0.95, "" + mean);
        }
        assertTrue(Arrays.stream(means(K.equal(x, x.plus(0)))).allMatch(v -> v == 1));
        assertTrue(Arrays.stream(means(K.equal(x, x.times(1.001)))).allMatch(v -> v == 0));
    }

    @Test
    void whatIsTooSmallForAHalfIs0InSomeRuns() {
        Tensor tiny = K.cast(of(1e-5), DType.FLOAT16).times(1e-4);
        double mean = means(K.notEqual(tiny, K.zerosLike(tiny)))[0];
        assertTrue(mean > 0.1 && mean < 0.9, "" + mean);
    }

    @Test
    void differencesThatCancelAre0InSomeRuns() {
        Tensor x = numbers().plus(1);
        double[] zeros = means(K.equal(K.exp(K.log(x)).minus(x), K.zerosLike(x)));
        assertTrue(Arrays.stream(zeros).allMatch(v -> v > 0.02 && v < 0.98), Arrays.toString(zeros));
    }

    /** Halves below their normal numbers have fewer bits, which some engines lose at once and some when they store. */
    @Test
    void aHalfThatHasNotAllBitsOfAProductIsMoved() {
        Tensor small = K.cast(K.cast(of(777), DType.FLOAT16).times(0x1p-14).times(0x1p-13).times(0x1p3), DType.FLOAT32);
        assertTrue(run(small)[0] != 777 * 0x1p-24);
        Tensor whole = K.cast(K.cast(of(776), DType.FLOAT16).times(0x1p-14).times(0x1p-13).times(0x1p3), DType.FLOAT32);
        assertArrayEquals(new double[] {776 * 0x1p-24}, run(whole));
    }

    @Test
    void whatIsTooLargeForTheTypeIsInfiniteInSomeRuns() {
        double[] x = run(K.log(K.exp(of(IntStream.range(0, 100).mapToDouble(i -> 200).toArray()))));
        assertTrue(IntStream.range(0, 100).anyMatch(i -> Double.isInfinite(x[i]))
                && IntStream.range(0, 100).anyMatch(i -> Double.isFinite(x[i])));
    }
}
