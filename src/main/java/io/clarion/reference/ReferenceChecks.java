package io.clarion.reference;

import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.BlockRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.apache.commons.math3.util.FastMath;

/**
 * The product, softmax and normalisation as Commons Math states them, apart from any graph: what each device is held
 * against. Matrices are row-major.
 */
public final class ReferenceChecks {
    private ReferenceChecks() {}

    /** Returns the product of {@code a}, rows × inner, and {@code b}, inner × columns: rows × columns. */
    public static double[] dot(double[] a, double[] b, int rows, int inner, int columns) {
        return flat(matrix(a, rows, inner).multiply(matrix(b, inner, columns)));
    }

    /** Returns for each row {@code exp(x − max) / Σ exp(x − max)}. */
    public static double[] softmax(double[] x, int rows, int columns) {
        RealMatrix y = matrix(x, rows, columns);
        for (int r = 0; r < rows; r++) {
            double max = StatUtils.max(y.getRow(r));
            double[] exponentials = y.getRowVector(r).map(v -> FastMath.exp(v - max)).toArray();
            y.setRowVector(r, new ArrayRealVector(exponentials, false).mapDivide(StatUtils.sum(exponentials)));
        }
        return flat(y);
    }

    /**
     * Batch normalisation: each column shifted and scaled to mean 0 and variance 1, by its own mean and population
     * variance, then {@code · gamma + beta}.
     *
     * @param gamma   a number a column
     * @param beta    a number a column
     * @param epsilon added to the variance
     */
    public static double[] batchNormalization(double[] x, double[] gamma, double[] beta, int rows, int columns,
            double epsilon) {
        RealMatrix y = matrix(x, rows, columns);
        for (int c = 0; c < columns; c++) {
            var statistics = new DescriptiveStatistics(y.getColumn(c));
            double mean = statistics.getMean();
            double scale = gamma[c] / FastMath.sqrt(statistics.getPopulationVariance() + epsilon);
            double shift = beta[c];
            y.setColumnVector(c, y.getColumnVector(c).map(v -> (v - mean) * scale + shift));
        }
        return flat(y);
    }

    private static RealMatrix matrix(double[] values, int rows, int columns) {
        if (values.length != rows * columns) {
            throw new IllegalArgumentException(values.length + " values do not fill " + rows + " rows of " + columns);
        }
        RealMatrix matrix = new BlockRealMatrix(rows, columns);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                matrix.setEntry(r, c, values[r * columns + c]);
            }
        }
        return matrix;
    }

    private static double[] flat(RealMatrix matrix) {
        double[] values = new double[matrix.getRowDimension() * matrix.getColumnDimension()];
        for (int r = 0; r < matrix.getRowDimension(); r++) {
            System.arraycopy(matrix.getRow(r), 0, values, r * matrix.getColumnDimension(), matrix.getColumnDimension());
        }
        return values;
    }
}
