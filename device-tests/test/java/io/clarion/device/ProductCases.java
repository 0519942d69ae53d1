package io.clarion.device;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.List;

/** Products and convolutions that tiles compute. */
final class ProductCases {
    private ProductCases() {}

    /** A result and the placeholders it is made of; {@code terms} in a sum. */
    record Case(String what, List<Tensor> inputs, Tensor result, int terms) {}

    /** Products of m × k by k × n numbers, as they are and turned. */
    static List<Case> products(int m, int k, int n) {
        Tensor a = placeholder(m, k);
        Tensor b = placeholder(k, n);
        Tensor turned = placeholder(k, m);
        return List.of(new Case("product", List.of(a, b), K.dot(a, b), k),
                new Case("turned product", List.of(turned, b), K.dot(K.transpose(turned), b), k));
    }

    /** A convolution of 3 × 3, its gradient by the weights, and the same with channels first. */
    static List<Case> convolutions(int images, int size, int channels, int filters) {
        Tensor w = placeholder(3, 3, channels, filters);
        Tensor x = placeholder(images, size, size, channels);
        Tensor y = K.conv2d(x, w, new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF);
        Tensor dy = placeholder(images, size, size, filters);
        Tensor gradient = K.gradients(K.sum(y.times(dy)), List.of(w)).get(0);
        Tensor first = placeholder(images, channels, size, size);
        Tensor turned = placeholder(filters, channels, 3, 3);
        Tensor other = K.conv2d(first, turned, new int[] {1, 1}, BorderMode.SAME, DimOrdering.TH);
        return List.of(new Case("convolution", List.of(x, w), y, 9 * channels),
                new Case("its gradient by the weights", List.of(x, dy), gradient, images * size * size),
                new Case("convolution, channels first", List.of(first, turned), other, 9 * channels));
    }

    private static Tensor placeholder(int... sizes) {
        return Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(sizes), "x"));
    }
}
