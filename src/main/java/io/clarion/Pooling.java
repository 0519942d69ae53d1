package io.clarion;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Pools of images: windows, then what is kept of each. */
record Pooling(List<SpatialAxis> spatial, DimOrdering ordering) {

    static Pooling of(Shape images, int[] size, int[] strides, BorderMode mode, DimOrdering ordering) {
        return new Pooling(
                Convolution.of(images, size, strides, Convolution.all(size.length, 1), mode, ordering).spatial(),
                ordering);
    }

    Tensor pool(Tensor x, PoolMode mode) {
        return mode == PoolMode.MAX ? max(x) : mean(x);
    }

    private Tensor max(Tensor x) {
        Tensor windows = padded(x);
        int first = ordering.firstSpatialAxis();
        var taps = new ArrayList<Integer>();
        for (int i = spatial.size() - 1; i >= 0; i--) {
            SpatialAxis s = spatial.get(i);
            windows = windows.view(new Movement.Windows(first + i, s.taps(), s.stride(), s.dilation()));
            taps.add(0, first + 2 * i + 1);
        }
        return Tensor.of(new Op.Reduce(Op.Reduce.Kind.FIRST_MAX, taps), windows);
    }

    private Tensor padded(Tensor x) {
        if (spatial.stream().noneMatch(SpatialAxis::isPadded)) {
            return x;
        }
        int first = ordering.firstSpatialAxis();
        double least = x.dtype().least();
        var start = new ArrayList<>(Collections.nCopies(x.rank(), 0));
        Shape to = x.shape();
        for (int i = 0; i < spatial.size(); i++) {
            SpatialAxis s = spatial.get(i);
            if (s.before().isKnown()) {
                start.set(first + i, s.before().size());
                to = to.with(first + i, s.positions().plus(s.before().size() + s.after().size()));
            }
        }
        Tensor padded = to.equals(x.shape()) ? x
                : x.view(new Movement.Pad(start, Collections.nCopies(x.rank(), 1), to, least));
        for (int i = 0; i < spatial.size(); i++) {
            SpatialAxis s = spatial.get(i);
            if (!s.before().isKnown()) {
                padded = between(padded, first + i, s.before(), s.after(), Tensor.literal(x.dtype(), least));
            }
        }
        return padded;
    }

    /** Returns x with a scalar before and after an axis as often as a call will tell. */
    private static Tensor between(Tensor x, int axis, Dim before, Dim after, Tensor scalar) {
        return Tensor.of(new Op.Concat(axis), scalar.broadcast(x.shape().with(axis, before)), x,
                scalar.broadcast(x.shape().with(axis, after)));
    }

    private Tensor mean(Tensor x) {
        Tensor sums = new Convolution(spatial, ordering).sums(x);
        if (spatial.stream().noneMatch(SpatialAxis::isPadded)) {
            return sums.div(spatial.stream().mapToInt(SpatialAxis::taps).reduce(1, Math::multiplyExact));
        }
        return sums.div(spatial.stream().allMatch(s -> s.positions().isKnown()) ? counts(x.dtype()) : summedOnes(x));
    }

    /** Returns how many elements of each window lie inside, with axes of 1 for samples and channels. */
    private Tensor counts(DType dtype) {
        Shape shape = new Shape(ordering.images(Dim.ONE, Dim.ONE, spatial.stream().map(SpatialAxis::places).toList()));
        NDArray counts = NDArray.zeros(dtype, shape);
        for (int i = 0; i < counts.elements(); i++) {
            int rest = i;
            int count = 1;
            for (int a = spatial.size() - 1; a >= 0; a--) {
                int places = spatial.get(a).places().size();
                count *= spatial.get(a).inside(rest % places);
                rest /= places;
            }
            counts.set(i, count);
        }
        return Tensor.constant(counts);
    }

    /** Returns the same for sizes that a call will tell. */
    private Tensor summedOnes(Tensor x) {
        Shape one = x.shape().with(0, Dim.ONE).with(ordering.channelAxis(x.rank()), Dim.ONE);
        return new Convolution(spatial, ordering).sums(Tensor.literal(x.dtype(), 1).broadcast(one));
    }
}
