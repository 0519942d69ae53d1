package io.clarion.model.layer.convolution;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * The window that convolutions and pools move over their input, of one to three axes.
 *
 * @param size     taps along each axis
 * @param strides  how far it moves; empty for 1 in convolutions, its size in pools
 * @param dilation how far its taps are apart; empty for 1
 * @param border   what happens at the border
 * @param ordering where channels are; (samples, steps, channels) have theirs last in any case
 */
public record Window(List<Integer> size, List<Integer> strides, List<Integer> dilation, BorderMode border,
        DimOrdering ordering) {
    private static final List<
            String> SHAPES = List.of("(samples, steps, channels)", "a batch of images", "a batch of volumes");

    public Window {
        size = List.copyOf(size);
        strides = List.copyOf(strides);
        dilation = List.copyOf(dilation);
        int axes = size.size();
        if (axes < 1 || axes > 3) {
            throw new IllegalArgumentException("a window " + size + " has " + axes + " axes; 1 to 3 are possible");
        }
        for (List<Integer> numbers : List.of(size, strides, dilation)) {
            if (!numbers.isEmpty() && numbers.size() != axes || numbers.stream().anyMatch(n -> n < 1)) {
                throw new IllegalArgumentException(
                        "window " + size + " with strides " + strides + " and dilation " + dilation
                                + ": each has to be a positive number for each axis");
            }
        }
    }

    /** Returns a window of this size that stays inside, for images as {@link K#imageDimOrdering} says. */
    public static Window of(int... size) {
        return new Window(list(size), List.of(), List.of(), BorderMode.VALID,
                size.length == 1 ? DimOrdering.TF : K.imageDimOrdering());
    }

    private static List<Integer> list(int[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    public Window strides(int... other) {
        return new Window(size, list(other), dilation, border, ordering);
    }

    public Window dilation(int... other) {
        return new Window(size, strides, list(other), border, ordering);
    }

    public Window border(BorderMode other) {
        return new Window(size, strides, dilation, other, ordering);
    }

    /** Returns this window padded, so that with strides of 1 the output is as large as the input. */
    public Window same() {
        return border(BorderMode.SAME);
    }

    public Window ordering(DimOrdering other) {
        return new Window(size, strides, dilation, border, size.size() == 1 ? DimOrdering.TF : other);
    }

    /** Returns the number of axes over which it moves. */
    int axes() {
        return size.size();
    }

    int[] sizes() {
        return array(size.stream());
    }

    int[] stridesOr(int[] otherwise) {
        return strides.isEmpty() ? otherwise : array(strides.stream());
    }

    int[] dilations() {
        return dilation.isEmpty() ? ones() : array(dilation.stream());
    }

    int[] ones() {
        return array(Collections.nCopies(axes(), 1).stream());
    }

    private static int[] array(Stream<Integer> numbers) {
        return numbers.mapToInt(n -> n).toArray();
    }

    /** Returns whether its taps are apart. */
    boolean isDilated() {
        return dilation.stream().anyMatch(d -> d != 1);
    }

    /** Refuses an input that has other axes; the axis of its channels. */
    int channelAxis(Shape input) {
        InputChecks.rank(input, axes() + 2, SHAPES.get(axes() - 1));
        return ordering == DimOrdering.TF ? axes() + 1 : 1;
    }

    /** Returns the number of channels of an input. */
    int channels(Shape input) {
        return InputChecks.size(input, channelAxis(input));
    }

    /** Returns the shape of a kernel with these taps. */
    int[] kernel(int[] taps, int channels, int filters) {
        var axes = new ArrayList<>(list(taps));
        axes.addAll(ordering == DimOrdering.TF ? axes.size() : 0,
                ordering == DimOrdering.TF ? List.of(channels, filters) : List.of(filters, channels));
        return array(axes.stream());
    }
}
