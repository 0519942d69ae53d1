package io.clarion.tensorflow;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.conformance.TestedEngine;
import io.clarion.engine.Engines;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes one operation of TensorFlow's: a convolution that is computed by patches would be right, and slow. */
class OperationsTest {
    @BeforeEach
    void useTheReferenceForWhatIsComputedAtOnce() {
        K.useDevice(TestedEngine.reference());
    }

    private static String operations(List<Tensor> inputs, List<Tensor> outputs) {
        try (Executable executable = Engines.named("tensorflow").orElseThrow().open("tensorflow:0")
                .compile(new Graph(inputs, outputs, List.of()))) {
            return executable.explain().lines().reduce((a, b) -> b).orElseThrow();
        }
    }

    private static void uses(String said, String... operations) {
        for (String operation : operations) {
            assertTrue(said.contains(" " + operation + " "), said);
        }
        assertFalse(said.contains("GatherV2"), said);
    }

    private static void convolution(DimOrdering ordering, BorderMode mode, int stride) {
        Tensor x = ordering == DimOrdering.TF ? K.placeholder(2, 9, 8, 3) : K.placeholder(2, 3, 9, 8);
        Tensor w = ordering == DimOrdering.TF ? K.placeholder(3, 2, 3, 5) : K.placeholder(5, 3, 3, 2);
        Tensor y = K.conv2d(x, w, new int[] {stride, stride}, mode, ordering);
        List<Tensor> slopes = K.gradients(K.sum(K.square(y)), List.of(x, w));
        uses(operations(List.of(x, w), List.of(y, slopes.get(0), slopes.get(1))), "Conv2D", "Conv2DBackpropInput",
                "Conv2DBackpropFilter");
    }

    @Test
    void convolutionsAndTheirGradients() {
        for (DimOrdering ordering : DimOrdering.values()) {
            for (BorderMode mode : BorderMode.values()) {
                convolution(ordering, mode, 1);
                convolution(ordering, mode, 2);
            }
        }
    }

    @Test
    void convolutionsOfOneAndThreeAxes() {
        Tensor x = K.placeholder(2, 9, 3);
        Tensor w = K.placeholder(3, 3, 5);
        uses(operations(List.of(x, w), List.of(K.conv1d(x, w))), "Conv2D");
        Tensor volumes = K.placeholder(2, 5, 6, 7, 3);
        Tensor kernel = K.placeholder(3, 2, 2, 3, 4);
        uses(operations(List.of(volumes, kernel),
                List.of(K.conv3d(volumes, kernel, new int[] {1, 1, 1}, BorderMode.SAME, DimOrdering.TF))), "Conv3D");
    }

    /** TensorFlow has no dilated depthwise convolution, and a single tap is dilated in word only. */
    @Test
    void aDepthwiseConvolutionOfOneTap() {
        Tensor x = K.placeholder(2, 3, 4, 5);
        Tensor w = K.placeholder(2, 3, 1, 1);
        uses(operations(List.of(x, w),
                List.of(K.depthwiseConv2d(x, w, new int[] {1, 1}, BorderMode.SAME, DimOrdering.TH, new int[] {2, 2}))),
                "DepthwiseConv2dNative");
    }

    @Test
    void productsOfMatrices() {
        Tensor x = K.placeholder(4, 5);
        Tensor w = K.placeholder(5, 6);
        List<Tensor> slopes = K.gradients(K.sum(K.square(K.dot(x, w))), List.of(x, w));
        String said = operations(List.of(x, w), slopes);
        uses(said, "MatMul");
        assertFalse(said.contains("Transpose"), said);
    }

    @Test
    void poolsAreComputedTapByTap() {
        Tensor x = K.placeholder(16, 20, 20, 32);
        Tensor y = K.pool2d(x, new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID, DimOrdering.TF, PoolMode.MAX);
        String said = operations(List.of(x), List.of(y, K.gradients(K.sum(K.square(y)), List.of(x)).get(0)));
        uses(said, "Unpack", "Maximum", "Pack");
        assertFalse(said.contains("ArgMax"), said);
    }
}
