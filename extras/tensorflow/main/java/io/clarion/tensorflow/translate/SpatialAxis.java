package io.clarion.tensorflow.translate;

/**
 * An axis along which a window moves over images.
 *
 * @param pad       how many positions the first window begins before the first element
 * @param positions the elements of the images, {@code places} those of the maps and {@code taps} those of the kernel
 */
record SpatialAxis(int stride, int dilation, int pad, int positions, int places, int taps) {
    /** Returns an axis of one element, for an operation that has an axis more than its images. */
    static SpatialAxis single(int stride) {
        return new SpatialAxis(stride, 1, 0, 1, 1, 1);
    }

    /**
     * Returns how many elements are missing after the last for all windows to fit; below 0 if no window reaches the
     * last ones and one more would fit.
     */
    int after() {
        int reach = (places - 1) * stride + (taps - 1) * dilation + 1;
        int missing = reach - positions - pad;
        return missing < 0 && missing > -stride ? 0 : missing;
    }
}
