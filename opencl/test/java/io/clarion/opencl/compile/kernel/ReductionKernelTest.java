package io.clarion.opencl.compile.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.opencl.compile.Compiler.Step;
import io.clarion.opencl.compile.Compiler;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How reductions are laid out on a GPU whose work-groups have 64 work-items. */
class ReductionKernelTest {
    private static long[] workItems(UnaryOperator<Tensor> reduction, int... sizes) {
        Tensor x = K.placeholder(sizes, DType.FLOAT32);
        Compiler.Compiled compiled = Compiler.compile(new Graph(List.of(x), List.of(reduction.apply(x)), List.of()),
                Strategy.gpu(8, 32, 64, GpuTile.WIDE));
        return assertInstanceOf(Step.Kernel.class, compiled.steps().getFirst()).global();
    }

    @Test
    void aWorkGroupSharesAResultWhereNeighboursLieAlongTheSum() {
        assertArrayEquals(new long[] {128 * 64}, workItems(x -> K.sum(x, 1), 128, 1000));
        assertArrayEquals(new long[] {128 * 64}, workItems(x -> K.max(x, 1), 128, 1000));
        assertArrayEquals(new long[] {128 * 64}, workItems(x -> K.argmax(x, 1), 128, 1000));
    }

    @Test
    void fewTermsAreSharedByFew() {
        assertArrayEquals(new long[] {128 * 16}, workItems(x -> K.sum(x, 1), 128, 100));
        assertArrayEquals(new long[] {128}, workItems(x -> K.sum(x, 1), 128, 5));
    }

    @Test
    void aWorkItemTakesAResultWhereNeighboursLieSideBySide() {
        assertArrayEquals(new long[] {1024}, workItems(x -> K.sum(x, 0), 128, 1000));
    }
}
