package io.clarion.model;

import io.clarion.K;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Handwritten digits to learn from and others to test with.
 *
 * @param train what to learn from
 * @param test  what the model has never seen
 */
public record Digits(Labelled train, Labelled test) {
    private static final String FOLDER = "/io/clarion/mnist10k/";

    /**
     * Images with what they show.
     *
     * @param images float32 (samples, height, width), grey levels from 0 to 1
     * @param labels int32 (samples,)
     */
    public record Labelled(NDArray images, NDArray labels) {
        public Labelled {
            if (images.shape().rank() != 3 || labels.shape().rank() != 1
                    || images.shape().size(0) != labels.shape().size(0)) {
                throw new IllegalArgumentException("images of shape " + images.shape() + " and labels of shape "
                        + labels.shape() + "; (samples, height, width) and (samples,) would do");
            }
        }

        /** Returns the number of images. */
        public int samples() {
            return labels.elements();
        }

        /** Returns the images and labels from {@code from} to before {@code to}, in the same memory. */
        public Labelled part(int from, int to) {
            return new Labelled(images.rows(from, to), labels.rows(from, to));
        }

        /** Returns the images in the shape that the input of a model takes, with the labels as targets. */
        public Samples fitting(Model model) {
            int[] shape = K.intShape(model.placeholders().get(0));
            shape[0] = samples();
            return Samples.of(images.reshape(shape), labels);
        }
    }

    /** Returns the 8,000 and 2,000 digits of MNIST, 28 × 28, that come with Clarion. */
    public static Digits bundled() {
        return new Digits(labelled("train"), labelled("test"));
    }

    private static Labelled labelled(String part) {
        return new Labelled(scaled(resource(part + "-images-idx3-ubyte.gz")), resource(part + "-labels-idx1-ubyte.gz"));
    }

    private static NDArray resource(String file) {
        try (InputStream in = Digits.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException("the digits " + FOLDER + file + " are not on the class path");
            }
            return Idx.read(in, file);
        } catch (IOException e) {
            throw new UncheckedIOException("the digits " + file + " cannot be read", e);
        }
    }

    private static NDArray scaled(NDArray greys) {
        NDArray scaled = NDArray.zeros(DType.FLOAT32, greys.shape());
        for (int i = 0; i < scaled.elements(); i++) {
            scaled.set(i, greys.get(i) / 255);
        }
        return scaled;
    }
}
