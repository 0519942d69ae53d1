package io.clarion.opencl.compile.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.opencl.compile.Compiler.Step;
import io.clarion.opencl.compile.Compiler;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read along one axis and written along another. */
class TransposeKernelTest {
    private static final String TURNED = "transpose";
    private static final String IN_ORDER = "map";

    /** The file of the kernel that {@code turned} becomes. */
    private static String file(Strategy strategy, Tensor x, Tensor turned) {
        Compiler.Compiled compiled = Compiler.compile(new Graph(List.of(x), List.of(turned), List.of()), strategy);
        return assertInstanceOf(Step.Kernel.class, compiled.steps().getFirst()).kernel().replaceFirst("_[0-9a-f]+$",
                "");
    }

    private static String permuted(Strategy strategy, int[] sizes, int... order) {
        Tensor x = K.placeholder(sizes, DType.FLOAT32);
        return file(strategy, x, K.permuteDimensions(x, order));
    }

    @Test
    void vectorsAreExchangedWhereBothAxesAreLongEnough() {
        for (int width : new int[] {4, 8, 16}) {
            assertEquals(TURNED, permuted(Strategy.cpu(width, 2), new int[] {50, 33}, 1, 0));
            assertEquals(TURNED, permuted(Strategy.cpu(width, 2), new int[] {8, 26, 26, 32}, 0, 3, 1, 2));
            assertEquals(TURNED, permuted(Strategy.cpu(width, 2), new int[] {8, 32, 26, 26}, 0, 2, 3, 1));
        }
    }

    @Test
    void narrowerVectorsServeShorterAxes() {
        assertEquals(TURNED, permuted(Strategy.cpu(16, 2), new int[] {64, 8}, 1, 0));
        assertEquals(IN_ORDER, permuted(Strategy.cpu(16, 2), new int[] {64, 7}, 1, 0));
    }

    @Test
    void imagesInARowAreToldApart() {
        Tensor x = K.placeholder(new int[] {4, 32, 26, 26}, DType.FLOAT32);
        assertEquals(TURNED,
                file(Strategy.cpu(16, 2), x, K.reshape(K.permuteDimensions(x, 0, 2, 3, 1), 4 * 26 * 26, 32)));
    }

    @Test
    void whatIsReadInOrderStaysInOrder() {
        assertEquals(IN_ORDER, permuted(Strategy.cpu(8, 2), new int[] {20, 30, 40}, 1, 0, 2));
        Tensor x = K.placeholder(new int[] {64, 64}, DType.FLOAT32);
        assertEquals(IN_ORDER, file(Strategy.cpu(8, 2), x, x.plus(K.transpose(x))));
    }
}
