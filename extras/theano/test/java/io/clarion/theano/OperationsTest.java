package io.clarion.theano;

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

/**
 * Checks which operations graphs become: a product that is multiplied and summed element by element would be right, and
 * slow.
 */
class OperationsTest {
    @BeforeEach
    void useTheReferenceForWhatIsComputedAtOnce() {
        K.useDevice(TestedEngine.reference());
    }

    private static String operations(List<Tensor> inputs, List<Tensor> outputs) {
        try (Executable executable = Engines.named("theano").orElseThrow().open("theano:0")
                .compile(new Graph(inputs, outputs, List.of()))) {
            return executable.explain().lines().reduce((a, b) -> b).orElseThrow();
        }
    }

    private static void uses(String said, String operation, int times) {
        assertTrue((said + ",").contains(" " + operation + " " + times + ","), said);
    }

    @Test
    void productsOfMatricesAndTheirGradients() {
        Tensor x = K.placeholder(4, 5);
        Tensor w = K.placeholder(5, 6);
        uses(operations(List.of(x, w), K.gradients(K.sum(K.square(K.dot(x, w))), List.of(x, w))), "Dot", 3);
    }

    @Test
    void convolutionsAndTheirGradientsAreProductsOfPatches() {
        for (DimOrdering ordering : DimOrdering.values()) {
            Tensor x = ordering == DimOrdering.TF ? K.placeholder(2, 9, 8, 3) : K.placeholder(2, 3, 9, 8);
            Tensor w = ordering == DimOrdering.TF ? K.placeholder(3, 2, 3, 5) : K.placeholder(5, 3, 3, 2);
            Tensor y = K.conv2d(x, w, new int[] {1, 1}, BorderMode.SAME, ordering);
            List<Tensor> slopes = K.gradients(K.sum(K.square(y)), List.of(x, w));
            String said = operations(List.of(x, w), List.of(y, slopes.get(0), slopes.get(1)));
            uses(said, "Dot", 3);
            assertFalse(said.contains("Scan"), said);
        }
    }

    @Test
    void poolsAreReductions() {
        Tensor x = K.placeholder(2, 8, 8, 3);
        String said = operations(List.of(x), List
                .of(K.pool2d(x, new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID, DimOrdering.TF, PoolMode.MAX)));
        assertTrue(said.contains("Max"), said);
        assertFalse(said.contains("Advanced"), said);
    }

    @Test
    void sumsOfAllBeforeNeedNoLoop() {
        Tensor x = K.placeholder(5, 7);
        String said = operations(List.of(x), List.of(K.cumsum(x, 1)));
        uses(said, "CumOp", 1);
        assertFalse(said.contains("Scan"), said);
    }

    @Test
    void onlyTheChosenSideOfABranchIsComputed() {
        Tensor x = K.placeholder(3);
        Tensor y = K.inTrainPhase(x.times(2), x);
        uses(operations(List.of(x, K.learningPhase()), List.of(y)), "IfElse", 1);
    }
}
