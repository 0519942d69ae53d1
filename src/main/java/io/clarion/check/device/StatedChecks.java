package io.clarion.check.device;

import io.clarion.K;
import io.clarion.reference.ReferenceChecks;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * Products, softmax and batch normalisation against Commons Math. The error that is allowed grows with the square root
 * of the number of terms, as the error of a sum of rounded terms does.
 */
final class StatedChecks {
    private static final double EPSILON = 1e-3;

    private record Size(int rows, int inner, int columns) {}

    private static final List<Size> SHORT_PRODUCTS = List.of(new Size(1, 1, 1), new Size(7, 9, 5), new Size(63, 65, 33),
            new Size(128, 257, 10), new Size(1, 100_003, 1));
    private static final List<Size> MORE_PRODUCTS = List.of(new Size(2, 3, 4), new Size(8, 8, 8), new Size(64, 64, 64),
            new Size(127, 128, 129), new Size(1, 1000, 1001), new Size(1001, 1, 999), new Size(257, 1024, 255),
            new Size(1, 1_000_000, 1), new Size(1_000_000, 1, 1), new Size(999, 1001, 3));
    private static final List<Size> SHORT_ROWS = List.of(new Size(1, 1, 1), new Size(3, 1, 7), new Size(63, 1, 65),
            new Size(1, 1, 10_007));
    private static final List<Size> MORE_ROWS = List.of(new Size(2, 1, 2), new Size(8, 1, 9), new Size(128, 1, 10),
            new Size(64, 1, 1000), new Size(999, 1, 1001), new Size(100_003, 1, 3), new Size(1, 1, 1_000_000));
    private static final List<Size> SHORT_BATCHES = List.of(new Size(1, 1, 1), new Size(7, 1, 3), new Size(65, 1, 63),
            new Size(10_007, 1, 2));
    private static final List<
            Size> MORE_BATCHES = List.of(new Size(2, 1, 2), new Size(128, 1, 64), new Size(1001, 1, 999),
                    new Size(100_003, 1, 7), new Size(1_000_000, 1, 1));

    private StatedChecks() {}

    static Check.Group shortForm() {
        return group(SHORT_PRODUCTS, SHORT_ROWS, SHORT_BATCHES);
    }

    static Check.Group full() {
        return group(both(SHORT_PRODUCTS, MORE_PRODUCTS), both(SHORT_ROWS, MORE_ROWS),
                both(SHORT_BATCHES, MORE_BATCHES));
    }

    private static List<Size> both(List<Size> some, List<Size> more) {
        var all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private static Check.Group group(List<Size> products, List<Size> rows, List<Size> batches) {
        var checks = new ArrayList<Check>();
        products.forEach(s -> checks.add(dot(s)));
        rows.forEach(s -> checks.add(softmax(s)));
        batches.forEach(s -> checks.add(normalisation(s)));
        return new Check.Group("Commons Math", 1, checks);
    }

    /**
     * Factors from -1 to 1: a term has the mean size 1/4, and errors are counted in ULP of the sum of the terms' sizes.
     */
    private static Check dot(Size s) {
        NDArray a = CheckInputs.uniform(1, -1, 1, s.rows, s.inner);
        NDArray b = CheckInputs.uniform(2, -1, 1, s.inner, s.columns);
        return Check.stated("dot " + s.rows + "x" + s.inner + "x" + s.columns, tolerance(2, s.inner), 0.25 * s.inner,
                List.of(a, b),
                in -> K.dot(in.get(0), in.get(1)),
                in -> ReferenceChecks.dot(in.get(0).toDoubles(), in.get(1).toDoubles(), s.rows, s.inner, s.columns));
    }

    /**
     * Returns numbers from -8 to 8: their distance to the greatest, up to 16, is rounded to 8 ULP of its exponential.
     */
    private static Check softmax(Size s) {
        NDArray x = CheckInputs.uniform(3, -8, 8, s.rows, s.columns);
        return Check.stated("softmax " + s.rows + "x" + s.columns, tolerance(16, s.columns), 0, List.of(x),
                in -> K.softmax(in.get(0)), in -> ReferenceChecks.softmax(in.get(0).toDoubles(), s.rows, s.columns));
    }

    /** Returns columns of mean 1 and deviation 1.15. */
    private static Check normalisation(Size s) {
        NDArray x = CheckInputs.uniform(4, -1, 3, s.rows, s.columns);
        NDArray gamma = CheckInputs.uniform(5, 0.5, 2, s.columns);
        NDArray beta = CheckInputs.uniform(6, -1, 1, s.columns);
        return Check.stated("batch normalisation " + s.rows + "x" + s.columns, tolerance(16, s.rows), 1,
                List.of(x, gamma, beta),
                in -> K.normalizeBatchInTraining(in.get(0), in.get(1), in.get(2), new int[] {0}, EPSILON).normalized(),
                in -> ReferenceChecks.batchNormalization(in.get(0).toDoubles(), in.get(1).toDoubles(),
                        in.get(2).toDoubles(),
                        s.rows, s.columns, EPSILON));
    }

    private static double tolerance(double ofOne, int terms) {
        return ofOne + Math.ceil(Math.sqrt(terms));
    }
}
