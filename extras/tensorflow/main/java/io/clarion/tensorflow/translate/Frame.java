package io.clarion.tensorflow.translate;

import io.clarion.tensor.DType;
import io.clarion.tensorflow.runtime.Node;
import io.clarion.tensorflow.runtime.Output;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * The padding or cropping of images before the operation, and the padding that it does itself.
 *
 * @param padsBefore whether the operation cannot pad
 * @param images     the sizes of samples, spatial axes and channels
 */
record Frame(Nodes tf, List<SpatialAxis> axes, boolean padsBefore, int[] images, DType dtype) {
    private int[] ends(ToIntFunction<SpatialAxis> of) {
        return IntStream.concat(IntStream.concat(IntStream.of(0), axes.stream().mapToInt(of)), IntStream.of(0))
                .toArray();
    }

    private int[] cut(boolean first) {
        return ends(a -> Math.max(0, -(first ? a.pad() : a.after())));
    }

    private int[] padded(boolean first) {
        return ends(a -> Math.max(0, first ? a.pad() : a.after()));
    }

    private int[] less() {
        return IntStream.range(0, images.length).map(i -> images[i] - cut(true)[i] - cut(false)[i]).toArray();
    }

    /** Returns the sizes of the images as the operation gets them. */
    int[] sizes() {
        int[] less = less();
        return padsBefore
                ? IntStream.range(0, less.length).map(i -> less[i] + padded(true)[i] + padded(false)[i]).toArray()
                : less;
    }

    Output framed(Output x) {
        Output inner = Arrays.equals(less(), images) ? x
                : tf.slice(x, cut(true), Movements.ones(images.length), less());
        return padsBefore ? tf.pad(inner, padded(true), padded(false), tf.scalar(dtype, 0)) : inner;
    }

    Output unframed(Output x) {
        Output inner = padsBefore && !Arrays.equals(sizes(), less())
                ? tf.slice(x, padded(true), Movements.ones(images.length), less()) : x;
        return tf.pad(inner, cut(true), cut(false), tf.scalar(dtype, 0));
    }

    Node described(Node node, boolean isForward) {
        int[] ones = Movements.ones(images.length);
        int[] strides = ends(SpatialAxis::stride);
        strides[0] = strides[strides.length - 1] = 1;
        int[] dilations = ends(SpatialAxis::dilation);
        dilations[0] = dilations[dilations.length - 1] = 1;
        node.ints("strides", strides).ints("dilations", isForward ? dilations : ones);
        boolean pads = !padsBefore && (Arrays.stream(padded(true)).anyMatch(n -> n > 0)
                || Arrays.stream(padded(false)).anyMatch(n -> n > 0));
        if (pads) {
            node.ints("explicit_paddings", IntStream.range(0, images.length)
                    .flatMap(i -> IntStream.of(padded(true)[i], padded(false)[i])).toArray());
        }
        return node.set("padding", pads ? "EXPLICIT" : "VALID");
    }
}
