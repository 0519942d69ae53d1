package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.K;
import io.clarion.conformance.TestedEngine;
import io.clarion.engine.Device;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.SparseArray;
import io.clarion.tensor.Value;
import java.util.List;
import java.util.Random;

/** Sparse matrices and indices outside, which a function handles on either side of a device. */
class SparseTest {
    private static NDArray matrix(int rows, int columns, double filled, long seed) {
        var random = new Random(seed);
        NDArray a = NDArray.zeros(DType.FLOAT32, Shape.of(rows, columns));
        for (int i = 0; i < a.elements(); i++) {
            a.set(i, random.nextDouble() < filled ? random.nextInt(-8, 9) * 0.125 : 0);
        }
        return a;
    }

    /** Products and gradients: sums of products of eighths, which are exact. */
    private static List<NDArray> products(Device device, Tensor x, Value value, NDArray y) {
        K.useDevice(device);
        Tensor w = K.variable(y);
        Tensor product = K.dot(x, w);
        Tensor loss = K.sum(K.square(product));
        try (Function f = K.function(List.of(x),
                List.of(product, K.gradients(loss, w), K.dot(K.transpose(product), x)))) {
            return f.call(value);
        }
    }

    @EveryDevice(inEveryLayout = true)
    void productsAreThoseOfTheDenseMatrix(Device device) {
        for (double filled : new double[] {0, 0.01, 0.1, 1}) {
            NDArray dense = matrix(33, 65, filled, 1);
            NDArray y = matrix(65, 17, 1, 2);
            List<NDArray> want = products(TestedEngine.reference(), K.placeholder(new int[] {-1, 65}, DType.FLOAT32),
                    dense, y);
            Tensor x = K.placeholder(new int[] {-1, 65}, null, DType.FLOAT32, true, "x");
            List<NDArray> got = products(device, x, SparseArray.of(dense), y);
            for (int i = 0; i < 3; i++) {
                assertEquals(want.get(i).shape(), got.get(i).shape());
                assertArrayEquals(want.get(i).toFloats(), got.get(i).toFloats(), 1e-6f);
            }
        }
    }

    @EveryDevice
    void anIndexOutsideIsAnError(Device device) {
        K.useDevice(device);
        Tensor i = K.placeholder(new int[] {K.NONE}, DType.INT32);
        try (Function given = K.function(List.of(i), List.of(K.gather(K.ones(4, 3), i)));
                Function computed = K.function(List.of(i), List.of(K.gather(K.ones(4, 3), i.times(-1))))) {
            NDArray three = NDArray.of(new int[] {0, 3}, 2);
            assertArrayEquals(new double[] {1, 1, 1, 1, 1, 1}, given.call(three).get(0).toDoubles());
            assertThrows(IllegalArgumentException.class, () -> given.call(NDArray.of(new int[] {4}, 1)));
            assertEquals("gather: index -3 is outside reference (4, 3), whose rows are 0 to 3",
                    assertThrows(IllegalArgumentException.class, () -> computed.call(three)).getMessage());
        }
    }
}
