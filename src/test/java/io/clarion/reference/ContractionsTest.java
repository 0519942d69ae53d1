package io.clarion.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.check.RandomValues;
import io.clarion.graph.Contraction;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ContractionsTest {
    private static int[] sizes(Contraction c, List<Integer> axes) {
        return axes.stream().mapToInt(a -> c.extents().get(a).size()).toArray();
    }

    /** The definition, over the whole box. */
    private static double[] bruteForce(Contraction c, List<NDArray> in) {
        double[] out = new double[Shape.of(sizes(c, c.out())).elements()];
        for (int[] at : Places.of(c.extents().stream().mapToInt(Dim::size).toArray())) {
            boolean holds = c.windows().stream().allMatch(
                    w -> at[w.position()] == w.stride() * at[w.place()] + w.dilation() * at[w.tap()] - w.pad());
            double product = holds ? 1 : 0;
            for (int i = 0; i < in.size(); i++) {
                List<Integer> axes = c.operands().get(i);
                product *= in.get(i).get(Places.index(Places.pick(at, axes), sizes(c, axes)));
            }
            out[Places.index(Places.pick(at, c.out()), sizes(c, c.out()))] += product;
        }
        return out;
    }

    @Property(tries = 1000)
    void anyContractionIsItsSumOverTheBox(@ForAll long seed) {
        var samples = new RandomValues(seed);
        Contraction c = samples.contraction();
        List<NDArray> in = c.operands().stream().map(axes -> samples.array(DType.FLOAT64, -4, 4, sizes(c, axes)))
                .toList();
        Tensor y = c.apply(in.stream().map(Tensor::constant).toList());
        assertArrayEquals(bruteForce(c, in), Evaluation.of(y).toDoubles(), 1e-9, c::toString);
    }

    @Property(tries = 300)
    void integersAreExact(@ForAll long seed) {
        var samples = new RandomValues(seed);
        Contraction c = samples.contraction();
        List<NDArray> in = c.operands().stream().map(axes -> samples.array(DType.INT32, -9, 9, sizes(c, axes)))
                .toList();
        Tensor y = c.apply(in.stream().map(Tensor::constant).toList());
        assertArrayEquals(bruteForce(c, in), Evaluation.of(y).toDoubles(), c::toString);
    }

    @Property(tries = 200)
    void productsOfMatricesByCommonsMathAreTheSameSums(@ForAll long seed) {
        var samples = new RandomValues(seed);
        List<Dim> extents = samples.numbers(4, 1, 5).stream().map(Dim::of).toList();
        List<List<Integer>> operands = List.of(shuffled(samples, 0, 1, 3), shuffled(samples, 0, 3, 2));
        var c = new Contraction(extents, operands, shuffled(samples, 0, 1, 2), List.of());
        assertTrue(MatrixProduct.fits(c));
        NDArray a = samples.array(DType.FLOAT64, -4, 4, sizes(c, operands.get(0)));
        NDArray b = samples.array(DType.FLOAT64, -4, 4, sizes(c, operands.get(1)));
        double[] general = new SumOfProducts(c, DType.FLOAT64, new double[][] {a.toDoubles(), b.toDoubles()}).value();
        assertArrayEquals(bruteForce(c, List.of(a, b)), new MatrixProduct(c).of(a.toDoubles(), b.toDoubles()), 1e-10);
        assertArrayEquals(bruteForce(c, List.of(a, b)), general, 1e-10);
    }

    private static List<Integer> shuffled(RandomValues samples, Integer... axes) {
        return samples.permutation(axes.length).stream().map(i -> axes[i]).toList();
    }

    @Test
    void largeMatricesAreMultipliedInBlocks() {
        var samples = new RandomValues(1);
        NDArray a = samples.array(DType.FLOAT64, -1, 1, 70, 130);
        NDArray b = samples.array(DType.FLOAT64, -1, 1, 130, 90);
        var c = new Contraction(List.of(Dim.of(70), Dim.of(130), Dim.of(90)), List.of(List.of(0, 1), List.of(1, 2)),
                List.of(0, 2), List.of());
        double[] sums = new SumOfProducts(c, DType.FLOAT64, new double[][] {a.toDoubles(), b.toDoubles()}).value();
        assertArrayEquals(sums, new MatrixProduct(c).of(a.toDoubles(), b.toDoubles()), 1e-12);
        assertArrayEquals(sums, ReferenceChecks.dot(a.toDoubles(), b.toDoubles(), 70, 130, 90), 1e-12);
    }

    @Test
    void matricesWithoutElementsAreNotLeftToCommonsMath() {
        var c = new Contraction(List.of(Dim.of(2), Dim.of(0), Dim.of(3)), List.of(List.of(0, 1), List.of(1, 2)),
                List.of(0, 2), List.of());
        assertFalse(MatrixProduct.fits(c));
        Tensor y = c.apply(List.of(Tensor.constant(NDArray.of(new float[0], 2, 0)),
                Tensor.constant(NDArray.of(new float[0], 0, 3))));
        assertArrayEquals(new double[6], Evaluation.of(y).toDoubles());
    }

    @Test
    void sumsOfTenMillionNumbersStayExact() {
        double[] tenths = new double[10_000_000];
        Arrays.fill(tenths, 0.1);
        Tensor x = Tensor.constant(NDArray.of(tenths, tenths.length));
        assertEquals(1_000_000, Evaluation.of(x.sum(List.of(0))).item(), 2e-9);
        float[] ones = new float[10_000_000];
        Arrays.fill(ones, 1);
        assertEquals(1e7, Evaluation.of(Tensor.constant(NDArray.of(ones, ones.length)).sum(List.of(0))).item());
    }

    @Test
    void infinitiesAndNaNsAddUpAsInIeee() {
        double inf = Double.POSITIVE_INFINITY;
        Tensor x = Tensor.constant(NDArray.of(new double[] {1, inf, 2, inf, -inf, 0, Double.NaN, 1, 1}, 3, 3));
        assertArrayEquals(new double[] {inf, Double.NaN, Double.NaN}, Evaluation.of(x.sum(List.of(1))).toDoubles());
    }

    @Test
    void integerSumsAndProductsWrap() {
        var dot = new Contraction(List.of(Dim.of(2)), List.of(List.of(0), List.of(0)), List.of(), List.of());
        int[] a = {2_000_000_011, 1_999_999_973};
        int[] b = {1_900_000_043, -2_000_000_089};
        Tensor y = dot.apply(List.of(Tensor.constant(NDArray.of(a, 2)), Tensor.constant(NDArray.of(b, 2))));
        assertEquals(a[0] * b[0] + a[1] * b[1], Evaluation.of(y).item());
    }
}
