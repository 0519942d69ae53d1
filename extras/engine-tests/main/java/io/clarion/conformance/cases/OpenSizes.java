package io.clarion.conformance.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Windows with border mode "same" give the same values and gradients where the sizes of axes are known and where a call
 * tells them.
 */
public final class OpenSizes {
    private OpenSizes() {}

    /** Convolutions and pools of images of {@code height} rows, with windows of one to four elements. */
    public static void stridedWindows(Device device, int height, int... allStrides) {
        var fns = new ArrayList<UnaryOperator<Tensor>>();
        for (int stride : allStrides) {
            int[] strides = {stride, stride};
            for (int[] taps : new int[][] {{1, 1}, {3, 4}, {2, 2}}) {
                Tensor kernel = K.ones(taps[0], taps[1], 2, 3);
                fns.add(x -> K.conv2d(x, kernel, strides, BorderMode.SAME, DimOrdering.TF));
            }
            for (PoolMode mode : PoolMode.values()) {
                fns.add(x -> K.pool2d(x, new int[] {3, 2}, strides, BorderMode.SAME, DimOrdering.TF, mode));
            }
        }
        same(device, fns, 2, height, 5, 2);
    }

    private static void same(Device device, List<UnaryOperator<Tensor>> fns, int... shape) {
        Tensor known = K.placeholder(shape, DType.FLOAT32);
        int[] none = shape.clone();
        Arrays.fill(none, 0, none.length - 1, K.NONE);
        Tensor open = K.placeholder(none, DType.FLOAT32);
        var outputs = new ArrayList<Tensor>();
        for (UnaryOperator<Tensor> fn : fns) {
            for (Tensor x : List.of(known, open)) {
                Tensor y = fn.apply(x);
                outputs.add(y);
                outputs.add(K.gradients(K.square(y), x));
            }
        }
        NDArray x = Edges.counted(shape, 1);
        try (Function f = new Function(new Graph(List.of(known, open), outputs, List.of()), device)) {
            List<NDArray> got = f.call(x, x);
            for (int i = 0; i < got.size(); i += 4) {
                alike(got.get(i), got.get(i + 2), 1e-5);
                alike(got.get(i + 1), got.get(i + 3), 1e-2);
            }
        }
    }

    private static void alike(NDArray known, NDArray open, double tolerance) {
        assertEquals(known.shape(), open.shape());
        assertArrayEquals(known.toDoubles(), open.toDoubles(), tolerance);
    }
}
