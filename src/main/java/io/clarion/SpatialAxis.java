package io.clarion;

import io.clarion.tensor.Dim;

/**
 * One spatial axis of a convolution or a pool: {@code position = stride·place + dilation·tap − before}.
 *
 * @param positions the elements of the larger side, what a convolution reads
 * @param places    the elements of the smaller side, what a convolution writes
 * @param before    the padding in front of the first position
 * @param after     the padding behind the last position
 */
record SpatialAxis(Dim positions, Dim places, int taps, int stride, int dilation, Dim before, Dim after) {

    /**
     * Returns the axis for a window of {@code taps} over {@code positions}; "same" is TensorFlow's rule, the odd
     * padding last.
     */
    static SpatialAxis of(Dim positions, int taps, int stride, int dilation, BorderMode mode) {
        if (taps < 1 || stride < 1 || dilation < 1) {
            throw new IllegalArgumentException("a window of " + taps + " with stride " + stride + " and dilation "
                    + dilation + " is none: each has to be at least 1");
        }
        int span = Dim.of(dilation).times(Dim.of(taps - 1)).plus(1).size();
        if (mode == BorderMode.VALID) {
            if (positions.isKnown() && positions.size() < span) {
                throw new IllegalArgumentException("a window of " + span + " elements does not fit an axis of "
                        + positions.size() + "; border mode \"same\" or a smaller window would do");
            }
            return new SpatialAxis(positions, positions.plus(-span).dividedBy(Dim.of(stride)).plus(1), taps, stride,
                    dilation,
                    Dim.of(0), Dim.of(0));
        }
        Dim places = positions.plus(stride - 1).dividedBy(Dim.of(stride));
        Dim padding = stride == 1 || span == 1 ? Dim.of(span - 1)
                : places.times(Dim.of(stride)).plus(span).excess(positions.plus(stride));
        Dim before = padding.dividedBy(Dim.of(2));
        return new SpatialAxis(positions, places, taps, stride, dilation, before, padding.minus(before));
    }

    /** Returns the number of taps at {@code place} that lie inside. */
    int inside(int place) {
        int count = 0;
        for (int tap = 0; tap < taps; tap++) {
            int position = stride * place + dilation * tap - before.size();
            count += position >= 0 && position < positions.size() ? 1 : 0;
        }
        return count;
    }

    boolean isPadded() {
        return !before.is(0) || !after.is(0);
    }
}
