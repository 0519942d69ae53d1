package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.engine.Function;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The CTC functions against the enumeration of all paths. */
class KCtcTest {
    private static final int CLASSES = 4;

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    /** Probabilities (1, steps, classes), float64. */
    private static NDArray drawn(long seed, int steps) {
        var random = new Random(seed);
        NDArray p = NDArray.zeros(DType.FLOAT64, Shape.of(1, steps, CLASSES));
        for (int t = 0; t < steps; t++) {
            double[] row = random.doubles(CLASSES, 0.05, 1).toArray();
            double sum = IntStream.range(0, CLASSES).mapToDouble(c -> row[c]).sum();
            for (int c = 0; c < CLASSES; c++) {
                p.set(t * CLASSES + c, row[c] / sum);
            }
        }
        return p;
    }

    /** The probability of each reading, over all paths of classes. */
    private static Map<List<Integer>, Double> readings(NDArray p, int steps) {
        Map<List<Integer>, Double> all = new HashMap<>();
        int paths = (int) Math.pow(CLASSES, steps);
        for (int path = 0; path < paths; path++) {
            var reading = new ArrayList<Integer>();
            double probability = 1;
            int before = -1;
            for (int t = 0, rest = path; t < steps; t++, rest /= CLASSES) {
                int c = rest % CLASSES;
                probability *= p.get(t * CLASSES + c);
                if (c != before && c != CLASSES - 1) {
                    reading.add(c);
                }
                before = c;
            }
            all.merge(reading, probability, Double::sum);
        }
        return all;
    }

    private static Tensor length(int n) {
        return K.constant(NDArray.of(new int[] {n}, 1, 1));
    }

    @Test
    void theCostIsMinusTheLogarithmOfTheSumOverAllPaths() {
        for (int steps = 1; steps <= 6; steps++) {
            NDArray p = drawn(steps, steps);
            Map<List<Integer>, Double> all = readings(p, steps);
            for (List<Integer> labels : List.of(List.<Integer>of(), List.of(1), List.of(0, 2), List.of(1, 1), List.of(2, 2, 0))) {
                NDArray padded = NDArray.zeros(DType.INT32, Shape.of(1, 3));
                IntStream.range(0, labels.size()).forEach(i -> padded.set(i, labels.get(i)));
                double cost = K.eval(K.ctcBatchCost(K.constant(padded), K.constant(p), length(steps), length(labels.size()))).get(0);
                double wanted = -Math.log(all.getOrDefault(labels, 0.0));
                assertEquals(wanted, cost, Double.isInfinite(wanted) ? 0 : 1e-6 * Math.max(1, wanted), labels + " in " + steps + " steps");
            }
        }
    }

    @Test
    void stepsBeyondTheLengthDoNotCount() {
        NDArray p = drawn(9, 6);
        Tensor labels = K.constant(NDArray.of(new int[] {0, 1}, 1, 2));
        double whole = K.eval(K.ctcBatchCost(labels, K.constant(p), length(4), length(2))).get(0);
        assertEquals(-Math.log(readings(p, 4).get(List.of(0, 1))), whole, 1e-6);
    }

    @Test
    void aWideBeamFindsTheMostProbableReadings() {
        for (int steps = 1; steps <= 5; steps++) {
            NDArray p = drawn(20 + steps, steps);
            List<Map.Entry<List<Integer>, Double>> best = readings(p, steps).entrySet().stream()
                    .sorted(Map.Entry.<List<Integer>, Double>comparingByValue(Comparator.reverseOrder())).toList();
            Decoded decoded = K.ctcDecode(K.constant(p), length(steps), false, 200, 3);
            var results = new ArrayList<>(decoded.paths());
            results.add(decoded.logProbabilities());
            try (Function f = K.function(List.of(), results)) {
                List<NDArray> got = f.call();
                for (int i = 0; i < 3; i++) {
                    List<Integer> labels = best.get(i).getKey();
                    double[] padded = IntStream.range(0, steps).mapToDouble(t -> t < labels.size() ? labels.get(t) : -1).toArray();
                    assertArrayEquals(padded, got.get(i).toDoubles(), "path " + i + " of " + steps + " steps");
                    assertEquals(Math.log(best.get(i).getValue()), got.get(3).get(i), 1e-6);
                }
            }
        }
    }

    @Test
    void theGreedyReadingDropsRepeatedLabelsAndBlanks() {
        int blank = CLASSES - 1;
        int[] path = {0, 0, blank, 0, 2, 2, blank, 1};
        NDArray p = NDArray.zeros(DType.FLOAT32, Shape.of(1, path.length, CLASSES));
        IntStream.range(0, p.elements()).forEach(i -> p.set(i, path[i / CLASSES] == i % CLASSES ? 0.7 : 0.1));
        Decoded decoded = K.ctcDecode(K.constant(p), length(7));
        assertArrayEquals(new double[] {0, 0, 2, -1, -1, -1, -1, -1}, K.eval(decoded.paths().get(0)).toDoubles());
        assertEquals(7 * Math.log(0.7), K.eval(decoded.logProbabilities()).get(0), 1e-5);
    }

    @Test
    void labelsBecomeSparseWithoutThoseBeyondTheLengths() {
        Tensor labels = K.constant(NDArray.of(new int[] {3, 1, 2, 5, 0, 7}, 2, 3));
        Tensor sparse = K.ctcLabelDenseToSparse(labels, K.constant(NDArray.of(new int[] {2, 1}, 2, 1)));
        assertEquals(true, K.isSparse(sparse));
        assertArrayEquals(new double[] {3, 1, 0, 5, 0, 0}, K.eval(K.toDense(sparse)).toDoubles());
    }
}
