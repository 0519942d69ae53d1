package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
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
            for (List<Integer> labels : List.of(List.<Integer>of(), List.of(1), List.of(0, 2), List.of(1, 1),
                    List.of(2, 2, 0))) {
                NDArray padded = NDArray.zeros(DType.INT32, Shape.of(1, 3));
                IntStream.range(0, labels.size()).forEach(i -> padded.set(i, labels.get(i)));
                double cost = K
                        .eval(K.ctcBatchCost(K.constant(padded), K.constant(p), length(steps), length(labels.size())))
                        .get(0);
                double wanted = -Math.log(all.getOrDefault(labels, 0.0));
                assertEquals(wanted, cost, Double.isInfinite(wanted) ? 0 : 1e-6 * Math.max(1, wanted),
                        labels + " in " + steps + " steps");
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

    /** The sum of the logarithms of the greatest probability of each step. */
    private static double ofGreatest(NDArray p, int steps) {
        return IntStream.range(0, steps).mapToDouble(
                t -> Math.log(IntStream.range(0, CLASSES).mapToDouble(c -> p.get(t * CLASSES + c)).max().orElseThrow()))
                .sum();
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
                    assertArrayEquals(labels.stream().mapToDouble(l -> l).toArray(), got.get(i).toDoubles(),
                            "path " + i + " of " + steps + " steps");
                    assertEquals(Math.log(best.get(i).getValue()) - ofGreatest(p, steps), got.get(3).get(i), 1e-6);
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
        assertArrayEquals(new double[] {0, 0, 2}, K.eval(decoded.paths().get(0)).toDoubles());
        assertEquals(-7 * Math.log(0.7), K.eval(decoded.logProbabilities()).get(0), 1e-5);
    }

    /** What TensorFlow 1 gives for rows that are no probabilities: the logarithms are of the rows as they are. */
    @Test
    void greedyPathsEndWithTheLongest() {
        float[] rows = {1, 0, 0, 0, 0, 0, 0.4f, 0.6f, 0, 0, 0.4f, 0.6f, 0, 0.9f, 0.1f, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                0.1f, 0.9f, 0, 0, 0, 0.9f, 0.1f, 0, 0, 0, 0.1f, 0.9f, 0, 0.9f, 0.1f, 0.1f, 0.9f, 0.1f, 0, 0, 0, 0, 0,
                0};
        Tensor p = K.placeholder(K.NONE, K.NONE, 4);
        Tensor lengths = K.placeholder(new int[] {K.NONE}, DType.INT32);
        Decoded decoded = K.ctcDecode(p, lengths);
        Tensor path = decoded.paths().get(0);
        try (Function f = K.function(List.of(p, lengths), List.of(path, decoded.logProbabilities(), K.shape(path)))) {
            List<NDArray> got = f.call(NDArray.of(rows, 2, 6, 4), NDArray.of(new int[] {4, 5}, 2));
            assertEquals(Shape.of(2, 3), got.get(0).shape());
            assertArrayEquals(new double[] {0, 1, -1, 1, 1, 0}, got.get(0).toDoubles());
            assertArrayEquals(new double[] {-2 * Math.log(0.6) - Math.log(0.9), -5 * Math.log(0.9)},
                    got.get(1).toDoubles(), 1e-5);
            assertArrayEquals(new int[] {2, 6}, got.get(2).toInts(), "within a graph a path has all steps");
            assertEquals(Shape.of(2, 0),
                    f.call(NDArray.of(rows, 2, 6, 4), NDArray.of(new int[] {0, 0}, 2)).get(0).shape());
        }
    }

    /** The numbers of TensorFlow 1's own test of its beam search. */
    @Test
    void aBeamsLogarithmsAreOfRowsDividedByTheirGreatest() {
        float[] rows = {0.30999f, 0.309938f, 0.0679938f, 0.0673362f, 0.0708352f, 0.173908f, 0.215136f, 0.439699f,
                0.0370931f, 0.0393967f, 0.0381581f,
                0.230517f, 0.199959f, 0.489485f, 0.0233221f, 0.0251417f, 0.0233289f, 0.238763f, 0.279611f, 0.452966f,
                0.0204795f, 0.0209126f, 0.0194803f,
                0.20655f, 0.51286f, 0.288951f, 0.0243026f, 0.0220788f, 0.0219297f, 0.129878f};
        Decoded decoded = K.ctcDecode(K.constant(NDArray.of(rows, 1, 5, 6)), K.constant(NDArray.of(new int[] {5}, 1)),
                false, 2, 2);
        assertArrayEquals(new double[] {1, 0}, K.eval(decoded.paths().get(0)).toDoubles());
        assertArrayEquals(new double[] {0, 1, 0}, K.eval(decoded.paths().get(1)).toDoubles());
        assertArrayEquals(new double[] {0.584855, 0.389139}, K.eval(decoded.logProbabilities()).toDoubles(), 1e-5);
    }

    @Test
    void labelsBecomeSparseWithoutThoseBeyondTheLengths() {
        Tensor labels = K.constant(NDArray.of(new int[] {3, 1, 2, 5, 0, 7}, 2, 3));
        Tensor sparse = K.ctcLabelDenseToSparse(labels, K.constant(NDArray.of(new int[] {2, 1}, 2, 1)));
        assertEquals(true, K.isSparse(sparse));
        assertArrayEquals(new double[] {3, 1, 0, 5, 0, 0}, K.eval(K.toDense(sparse)).toDoubles());
    }
}
