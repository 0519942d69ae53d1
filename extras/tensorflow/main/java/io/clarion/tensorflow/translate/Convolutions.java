package io.clarion.tensorflow.translate;

import io.clarion.graph.Contraction;
import io.clarion.graph.Contraction.Window;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensorflow.runtime.Node;
import io.clarion.tensorflow.runtime.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Contractions that TensorFlow has as one operation: convolutions of one to three spatial axes, depthwise ones of one
 * or two, and the gradients of both by the images and by the kernel.
 *
 * <p>Images have the positions, maps the places, the kernel the taps; two of the three are given, and the third is the
 * result. An axis of images and maps is a sample, of images and kernel a channel, of maps and kernel a filter, and one
 * of all three the channel of a depthwise one.
 */
final class Convolutions {
    private final Nodes tf;
    private final Contraction c;
    private final DType dtype;
    private final List<Integer> extents;
    private final Product product;

    Convolutions(Nodes tf, Contraction c, DType dtype) {
        this.tf = tf;
        this.dtype = dtype;
        this.c = c;
        this.extents = c.extents().stream().map(Dim::size).toList();
        this.product = new Product(tf, extents);
    }

    /** Which of the three arrays are axes of what. */
    private record Roles(List<Integer> images, List<Integer> maps, List<Integer> kernel) {
        /** Returns the axes that are in exactly the given arrays, in the order of the first. */
        List<Integer> shared(boolean inImages, boolean inMaps, boolean inKernel) {
            return (inImages ? images : maps).stream()
                    .filter(a -> images.contains(a) == inImages && maps.contains(a) == inMaps
                            && kernel.contains(a) == inKernel)
                    .toList();
        }
    }

    /** Returns the result of the one operation that computes this contraction; empty if there is none. */
    Optional<Output> of(List<Output> in) {
        return in.size() != 2 || c.windows().isEmpty() || c.windows().size() > 3 || extents.contains(0)
                ? Optional.empty()
                : roles().filter(this::isSupported).map(r -> emitted(r, in));
    }

    private Optional<Roles> roles() {
        List<List<Integer>> all = List.of(c.operands().get(0), c.operands().get(1), c.out());
        List<Integer> positions = c.windows().stream().map(Window::position).toList();
        List<Integer> places = c.windows().stream().map(Window::place).toList();
        List<Integer> taps = c.windows().stream().map(Window::tap).toList();
        Optional<List<Integer>> images = only(all, positions);
        Optional<List<Integer>> maps = only(all, places);
        Optional<List<Integer>> kernel = only(all, taps);
        boolean isConvolution = images.isPresent() && maps.isPresent() && kernel.isPresent()
                && images.get() != maps.get() && maps.get() != kernel.get() && images.get() != kernel.get()
                && IntStream.range(0, extents.size())
                        .filter(a -> !positions.contains(a) && !places.contains(a) && !taps.contains(a))
                        .allMatch(a -> all.stream().filter(axes -> axes.contains(a)).count() >= 2);
        return isConvolution ? Optional.of(new Roles(images.get(), maps.get(), kernel.get())) : Optional.empty();
    }

    /** Returns the one array that has all of {@code axes}, if no other has any. */
    private static Optional<List<Integer>> only(List<List<Integer>> all, List<Integer> axes) {
        List<List<Integer>> having = all.stream().filter(a -> axes.stream().anyMatch(a::contains)).toList();
        return having.size() == 1 && having.get(0).containsAll(axes) ? Optional.of(having.get(0)) : Optional.empty();
    }

    /**
     * Returns whether TensorFlow has a kernel for the convolution. Its kernels for CPUs dilate in forward convolutions
     * of images alone, and have depthwise ones of one stride.
     */
    private boolean isSupported(Roles r) {
        boolean isDilated = c.windows().stream().anyMatch(this::isDilated);
        boolean isDepthwise = !r.shared(true, true, true).isEmpty();
        int spatial = c.windows().size();
        boolean dilates = r.maps == c.out() && spatial < 3 && !isDepthwise;
        boolean fitsDepthwise = spatial < 3 && r.shared(true, false, true).isEmpty()
                && c.windows().stream().map(Window::stride).distinct().count() == 1;
        return (!isDilated || dilates) && (!isDepthwise || fitsDepthwise);
    }

    /** Returns whether a window is dilated. A single tap is so in word only. */
    private boolean isDilated(Window w) {
        return w.dilation() > 1 && extents.get(w.tap()) > 1;
    }

    private Output emitted(Roles r, List<Output> in) {
        List<SpatialAxis> axes = frame();
        List<Integer> channels = r.shared(true, false, true);
        List<Integer> filters = r.shared(false, true, true);
        List<Integer> depth = r.shared(true, true, true);
        boolean isDepthwise = !depth.isEmpty();
        List<Integer> samples = r.shared(true, true, false);
        List<List<Integer>> images = grouped(samples, spatial(Window::position), isDepthwise ? depth : channels);
        List<List<Integer>> maps = grouped(samples, spatial(Window::place),
                isDepthwise ? concat(depth, filters) : filters);
        List<List<Integer>> kernel = new ArrayList<>(spatial(Window::tap));
        kernel.addAll(List.of(isDepthwise ? depth : channels, filters));
        var frame = new Frame(tf, axes, isDepthwise || axes.size() == 3, sizes(images), dtype);
        String name = isDepthwise ? "DepthwiseConv2dNative" : axes.size() == 3 ? "Conv3D" : "Conv2D";
        String suffix = axes.size() == 3 ? "V2" : "";
        if (r.maps == c.out()) {
            Node node = tf.node(name).inputs(frame.framed(given(r.images, images, in)), given(r.kernel, kernel, in));
            return result(frame.described(node, true).output(), maps);
        }
        if (r.images == c.out()) {
            Node node = tf.node(name + "BackpropInput" + suffix).inputs(tf.ints(frame.sizes()),
                    given(r.kernel, kernel, in), given(r.maps, maps, in));
            return result(frame.unframed(frame.described(node, false).output()), images);
        }
        Node node = tf.node(name + "BackpropFilter" + suffix)
                .inputs(frame.framed(given(r.images, images, in)), tf.ints(sizes(kernel)), given(r.maps, maps, in));
        return result(frame.described(node, false).output(), kernel);
    }

    /** Returns the spatial axes of images; a lone one has one of a single element before it. */
    private List<SpatialAxis> frame() {
        List<SpatialAxis> axes = c.windows().stream()
                .map(w -> new SpatialAxis(w.stride(), isDilated(w) ? w.dilation() : 1, w.pad(),
                        extents.get(w.position()), extents.get(w.place()), extents.get(w.tap())))
                .toList();
        return axes.size() > 1 ? axes : List.of(SpatialAxis.single(axes.get(0).stride()), axes.get(0));
    }

    private List<List<Integer>> spatial(ToIntFunction<Window> which) {
        List<List<Integer>> axes = c.windows().stream().map(w -> List.of(which.applyAsInt(w))).toList();
        return axes.size() > 1 ? axes : List.of(List.of(), axes.get(0));
    }

    private static List<List<Integer>> grouped(List<Integer> first, List<List<Integer>> middle, List<Integer> last) {
        var groups = new ArrayList<List<Integer>>();
        groups.add(first);
        groups.addAll(middle);
        groups.add(last);
        return groups;
    }

    private static List<Integer> concat(List<Integer> a, List<Integer> b) {
        return Stream.concat(a.stream(), b.stream()).toList();
    }

    /** Returns the size of each group of axes. */
    private int[] sizes(List<List<Integer>> groups) {
        return groups.stream().mapToInt(g -> g.stream().mapToInt(extents::get).reduce(1, (a, b) -> a * b)).toArray();
    }

    private Output given(List<Integer> which, List<List<Integer>> groups, List<Output> in) {
        int i = c.operands().get(0) == which ? 0 : 1;
        return tf.reshape(product.arranged(new Term(in.get(i), which), flat(groups)), sizes(groups));
    }

    private Output result(Output y, List<List<Integer>> groups) {
        List<Integer> axes = flat(groups);
        return product.ordered(new Term(tf.reshape(y, axes.stream().mapToInt(extents::get).toArray()), axes), c.out());
    }

    private static List<Integer> flat(List<List<Integer>> groups) {
        return groups.stream().flatMap(List::stream).toList();
    }
}
