package io.clarion;

import java.util.ArrayList;
import java.util.List;

/** The place of the channels of images and kernels, Keras's dim_ordering; n is the number of spatial axes. */
public enum DimOrdering implements Word {
    /** Channels last: images (samples, …, channels), kernels (…, channels, filters). */
    TF("tf"),
    /** Channels first: images (samples, channels, …), kernels (filters, channels, …). */
    TH("th");

    private final String word;

    DimOrdering(String word) {
        this.word = word;
    }

    @Override
    public String word() {
        return word;
    }

    /** Parses Keras's word: "tf" or "th". */
    public static DimOrdering of(String word) {
        return Word.parse(DimOrdering.class, "dim_ordering", word);
    }

    /** Returns the axis of the channels in images of that rank. */
    int channelAxis(int rank) {
        return this == TF ? rank - 1 : 1;
    }

    /** Returns the first spatial axis of images. */
    int firstSpatialAxis() {
        return this == TF ? 1 : 2;
    }

    /** Returns what belongs to the axes of images, in this order. */
    <T> List<T> images(T samples, T channels, List<T> spatial) {
        var axes = new ArrayList<>(spatial);
        axes.add(0, samples);
        axes.add(channelAxis(spatial.size() + 2), channels);
        return axes;
    }

    /** Returns what belongs to the axes of a kernel, in this order. */
    <T> List<T> kernel(T channels, T filters, List<T> taps) {
        var axes = new ArrayList<>(taps);
        axes.addAll(this == TF ? taps.size() : 0, this == TF ? List.of(channels, filters) : List.of(filters, channels));
        return axes;
    }
}
