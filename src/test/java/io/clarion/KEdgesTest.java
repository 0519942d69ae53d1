package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Broadcasting of all small shapes, and views in place of tensors. */
class KEdgesTest {
    @BeforeEach
    void start() {
        K.useDevice("reference:0");
    }

    private static NDArray counted(int[] shape, int from) {
        NDArray a = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        IntStream.range(0, a.elements()).forEach(i -> a.set(i, from + i));
        return a;
    }

    /** Shapes of up to three axes of 0 to 2 elements. */
    private static List<int[]> smallShapes() {
        var all = new ArrayList<int[]>(List.of(new int[0]));
        for (int i = 0; all.get(i).length < 3; i++) {
            for (int n = 0; n < 3; n++) {
                int[] longer = Arrays.copyOf(all.get(i), all.get(i).length + 1);
                longer[longer.length - 1] = n;
                all.add(longer);
            }
        }
        return all;
    }

    /** The size that two axes broadcast to, or −1. */
    private static int met(int[] a, int[] b, int axis, int rank) {
        int x = axis - rank + a.length < 0 ? 1 : a[axis - rank + a.length];
        int y = axis - rank + b.length < 0 ? 1 : b[axis - rank + b.length];
        return x == 1 ? y : y == 1 || x == y ? x : -1;
    }

    /** The element of {@code a} that the place {@code i} of a result of shape {@code to} reads. */
    private static double read(NDArray a, int[] to, int i) {
        int rest = i;
        int place = 0;
        int[] strides = a.shape().strides();
        for (int axis = to.length - 1; axis >= 0; axis--) {
            int at = axis - to.length + strides.length;
            place += at >= 0 && a.shape().size(at) > 1 ? rest % to[axis] * strides[at] : 0;
            rest /= to[axis];
        }
        return a.get(place);
    }

    @Test
    void allShapesThatNumpyBroadcastsAndNoOthersDo() {
        for (int[] a : smallShapes()) {
            for (int[] b : smallShapes()) {
                int rank = Math.max(a.length, b.length);
                int[] to = IntStream.range(0, rank).map(axis -> met(a, b, axis, rank)).toArray();
                NDArray x = counted(a, 1);
                NDArray y = counted(b, 100);
                if (Arrays.stream(to).anyMatch(n -> n < 0)) {
                    assertThrows(IllegalArgumentException.class, () -> K.constant(x).minus(K.constant(y)));
                } else {
                    NDArray got = K.eval(K.constant(x).minus(K.constant(y)));
                    assertEquals(Shape.of(to), got.shape());
                    for (int i = 0; i < got.elements(); i++) {
                        assertEquals(read(x, to, i) - read(y, to, i), got.get(i));
                    }
                }
            }
        }
    }

    /** The same values and gradients of a tensor as it is, and of one that is a view of another. */
    private static void sameOfViews(UnaryOperator<Tensor> fn, int... shape) {
        NDArray x = counted(shape, 1);
        Tensor plain = K.placeholder(shape, DType.FLOAT32);
        Tensor source = K.placeholder(shape, DType.FLOAT32);
        int[] start = new int[shape.length];
        Tensor view = K.reverse(K.slice(K.concatenate(List.of(K.reverse(source, 0), source), 0), start, shape), 0);
        try (Function f = K.function(List.of(plain, source), List.of(fn.apply(plain), fn.apply(view),
                K.gradients(K.square(fn.apply(plain)), plain), K.gradients(K.square(fn.apply(view)), source)))) {
            List<NDArray> got = f.call(x, x);
            assertArrayEquals(got.get(0).toDoubles(), got.get(1).toDoubles());
            assertArrayEquals(got.get(2).toDoubles(), got.get(3).toDoubles());
        }
    }

    @Test
    void viewsAreTensorsLikeOthers() {
        sameOfViews(x -> K.dot(x, K.transpose(x)), 3, 4);
        sameOfViews(x -> K.conv1d(x, K.ones(2, 2, 3), 1, BorderMode.SAME), 2, 5, 2);
        sameOfViews(x -> K.pool1d(x, 2), 2, 5, 2);
        sameOfViews(x -> K.softmax(K.reshape(x, -1, 2)), 4, 3);
        sameOfViews(K::std, 4, 3);
    }
}
