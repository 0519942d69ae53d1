package io.clarion;

import io.clarion.graph.Contraction;
import io.clarion.graph.Movement;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Convolutions whose kernel is another at each place: windows, then a product for each place. */
final class Local {
    private Local() {}

    /**
     * Returns images to (samples, filters, places), by a kernel (places, elements of a window in the order of x's axes,
     * filters).
     */
    static Tensor convolution(Tensor x, Tensor kernel, int[] size, int[] strides, DimOrdering ordering) {
        int n = x.rank() - 2;
        if (size.length != n || strides.length != n || kernel.rank() != 3) {
            throw new IllegalArgumentException(
                    "kernel size " + Arrays.toString(size) + ", strides " + Arrays.toString(strides) + " and kernel "
                            + kernel.shape() + " do not fit x " + x.shape()
                            + "; a number for each spatial axis and (places, elements, filters) would do");
        }
        int first = ordering.firstSpatialAxis();
        Tensor windows = x;
        for (int i = n - 1; i >= 0; i--) {
            SpatialAxis axis = SpatialAxis.of(x.shape().dim(first + i), size[i], strides[i], 1, BorderMode.VALID);
            windows = windows.view(new Movement.Windows(first + i, axis.taps(), axis.stride(), 1));
        }
        List<Integer> places = IntStream.range(0, n).mapToObj(i -> first + 2 * i).toList();
        var order = new ArrayList<>(places);
        order.add(0);
        IntStream.range(1, windows.rank()).filter(a -> !places.contains(a)).forEach(order::add);
        Tensor ordered = windows.permute(order);
        Shape spatial = ordered.shape().part(0, n);
        Dim elements = ordered.shape().part(n + 1, ordered.rank()).count();
        Dim filters = kernel.shape().dim(2);
        Shape taken = new Shape(List.of(spatial.count(), elements, filters));
        if (!taken.accepts(kernel.shape())) {
            throw new IllegalArgumentException(
                    "kernel " + kernel.shape() + " does not fit x " + x.shape() + "; " + taken + " would do");
        }
        DType type = x.dtype().promote(kernel.dtype());
        Dim samples = x.shape().dim(0);
        Tensor rows = ordered.cast(type).reshape(new Shape(List.of(spatial.count(), samples, elements)));
        Tensor product = new Contraction(List.of(spatial.count(), samples, elements, filters),
                List.of(List.of(0, 1, 2), List.of(0, 2, 3)),
                List.of(1, 0, 3), List.of()).apply(List.of(rows, kernel.cast(type)));
        Tensor last = product.reshape(new Shape(List.of(samples)).then(spatial).then(new Shape(List.of(filters))));
        List<Integer> back = IntStream.rangeClosed(1, n).boxed().toList();
        return last.permute(ordering.images(0, n + 1, back));
    }
}
