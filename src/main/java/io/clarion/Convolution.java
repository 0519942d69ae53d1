package io.clarion;

import io.clarion.graph.Contraction;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A convolution as a {@link Contraction}: the axes are samples, channels in, then position, place and tap of each
 * spatial axis, tied by a window that also holds the padding, and last, where there is a kernel, its filters.
 */
record Convolution(List<SpatialAxis> spatial, DimOrdering ordering) {
    private static final int SAMPLES = 0;
    private static final int IN = 1;
    private static final int FIRST = 2;

    /** Returns the convolution of images of shape {@code images} with a kernel that has {@code taps}. */
    static Convolution of(Shape images, int[] taps, int[] strides, int[] dilation, BorderMode mode,
            DimOrdering ordering) {
        int first = ordering.firstSpatialAxis();
        return new Convolution(IntStream.range(0, taps.length)
                .mapToObj(i -> SpatialAxis.of(images.dim(first + i), taps[i], strides[i], dilation[i], mode)).toList(),
                ordering);
    }

    /** Returns the taps of a kernel for {@code n} spatial axes, whose shape has to be known. */
    static int[] taps(Tensor kernel, int n, DimOrdering ordering) {
        int first = ordering == DimOrdering.TF ? 0 : 2;
        Shape taps = kernel.shape().part(first, first + n);
        if (!taps.isKnown()) {
            throw new IllegalArgumentException(
                    "the kernel has shape " + kernel.shape() + "; its taps have to be known");
        }
        return taps.sizes();
    }

    /** Returns the channels that a kernel takes. */
    static Dim channels(Tensor kernel, DimOrdering ordering) {
        return kernel.shape().dim(ordering == DimOrdering.TF ? -2 : 1);
    }

    /** Returns the filters of a kernel: the channels that it gives. */
    static Dim filters(Tensor kernel, DimOrdering ordering) {
        return kernel.shape().dim(ordering == DimOrdering.TF ? -1 : 0);
    }

    /** Returns images (samples, channels, positions) to (samples, filters, places). */
    Tensor forward(Tensor x, Tensor kernel) {
        return contract(x, kernel, positions(IN), places(out()));
    }

    /** Returns images (samples, channels, places) to (samples, filters, positions): a convolution's transpose. */
    Tensor transposed(Tensor x, Tensor kernel) {
        return contract(x, kernel, places(IN), positions(out()));
    }

    /**
     * Returns each channel by itself: images (samples, channels, positions) to (samples, channels · multiplier,
     * places).
     */
    Tensor depthwise(Tensor x, Tensor kernel) {
        var out = new ArrayList<>(places(IN));
        out.add(out.indexOf(IN) + 1, out());
        Tensor apart = contract(x, kernel, positions(IN), out);
        int channel = out.indexOf(IN);
        Shape shape = apart.shape();
        return apart.reshape(
                shape.without(List.of(channel + 1)).with(channel, shape.dim(channel).times(shape.dim(channel + 1))));
    }

    private Tensor contract(Tensor x, Tensor kernel, List<Integer> in, List<Integer> out) {
        List<Integer> axesOfKernel = ordering.kernel(IN, out(), axes(2));
        Dim channels = x.shape().dim(in.indexOf(IN));
        List<Dim> extents = extents(x.shape().dim(0), channels.isKnown() ? channels : channels(kernel, ordering));
        extents.add(filters(kernel, ordering));
        DType type = x.dtype().promote(kernel.dtype());
        return new Contraction(extents, List.of(in, axesOfKernel), out, windows())
                .apply(List.of(x.cast(type), kernel.cast(type)));
    }

    /**
     * Returns the sum over each window of what lies inside: images (samples, channels, positions) to (samples,
     * channels, places).
     */
    Tensor sums(Tensor x) {
        List<Dim> extents = extents(x.shape().dim(0), x.shape().dim(ordering.channelAxis(x.rank())));
        return new Contraction(extents, List.of(positions(IN)), places(IN), windows()).apply(List.of(x));
    }

    private List<Dim> extents(Dim samples, Dim channels) {
        var extents = new ArrayList<>(List.of(samples, channels));
        spatial.forEach(s -> extents.addAll(List.of(s.positions(), s.places(), Dim.of(s.taps()))));
        return extents;
    }

    private List<Contraction.Window> windows() {
        return IntStream.range(0, spatial.size()).mapToObj(i -> {
            SpatialAxis s = spatial.get(i);
            int axis = FIRST + 3 * i;
            return new Contraction.Window(axis, axis + 1, axis + 2, s.stride(), s.dilation(), 0, s.before());
        }).toList();
    }

    private List<Integer> positions(int channels) {
        return ordering.images(SAMPLES, channels, axes(0));
    }

    private List<Integer> places(int channels) {
        return ordering.images(SAMPLES, channels, axes(1));
    }

    private int out() {
        return FIRST + 3 * spatial.size();
    }

    private List<Integer> axes(int which) {
        return IntStream.range(0, spatial.size()).mapToObj(i -> FIRST + 3 * i + which).toList();
    }

    /** Returns {@code n} times {@code value}. */
    static int[] all(int n, int value) {
        int[] values = new int[n];
        Arrays.fill(values, value);
        return values;
    }
}
