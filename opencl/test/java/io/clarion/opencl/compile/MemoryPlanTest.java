package io.clarion.opencl.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Kernels and buffers of small graphs. */
class MemoryPlanTest {
    private static final Strategy CPU = Strategy.cpu(8, 2);

    private static Tensor placeholder(int... sizes) {
        return Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(sizes), "x"));
    }

    private static Variable variable(int... sizes) {
        return new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(sizes)), "v");
    }

    private static Tensor read(Variable v) {
        return Tensor.of(new Op.Read(v));
    }

    private static Compiler.Compiled compiled(List<Tensor> inputs, List<Tensor> outputs, Graph.Update... updates) {
        return Compiler.compile(new Graph(inputs, outputs, List.of(updates)), CPU);
    }

    @Test
    void whatFollowsASumElementByElementRidesInItsKernel() {
        Tensor x = placeholder(64, 32);
        Tensor sum = x.sum(List.of(0));
        var compiled = compiled(List.of(x), List.of(sum.times(2).plus(1).apply(io.clarion.graph.ScalarFn.TANH)));
        assertEquals(1, compiled.steps().size());
        assertEquals(List.of(128L), compiled.slots());
    }

    @Test
    void aChainOfSumsTakesTurnsInTheBuffersThatAreFree() {
        Tensor x = placeholder(64, 64);
        Tensor y = x;
        for (int i = 0; i < 6; i++) {
            y = y.sum(List.of(0)).broadcast(Shape.of(64, 64)).times(y.view(new Movement.Reverse(List.of(0))));
        }
        var compiled = compiled(List.of(x), List.of(y));
        assertTrue(compiled.slots().stream().mapToLong(b -> b).sum() <= 4 * (64 * 64 + 64) * 4,
                () -> compiled.slots().toString());
    }

    @Test
    void anUpdateElementByElementIsWrittenIntoItsVariable() {
        Variable v = variable(100);
        var compiled = compiled(List.of(), List.of(), new Graph.Update(v, read(v).plus(1)));
        assertEquals(List.of(), compiled.copies());
        assertEquals(List.of(), compiled.slots());
    }

    @Test
    void anUpdateThatReadsElsewhereIsCopiedAtTheEnd() {
        Variable v = variable(100);
        var compiled = compiled(List.of(), List.of(),
                new Graph.Update(v, read(v).view(new Movement.Reverse(List.of(0)))));
        assertEquals(1, compiled.copies().size());
        assertEquals(List.of(400L), compiled.slots());
    }

    @Test
    void twoVariablesThatSwapDoNotBothLieInPlace() {
        Variable a = variable(9);
        Variable b = variable(9);
        var compiled = compiled(List.of(), List.of(), new Graph.Update(a, read(b)), new Graph.Update(b, read(a)));
        assertFalse(compiled.copies().isEmpty() && compiled.steps().size() > 1);
    }

    @Test
    void oneNewValueOfTwoVariablesIsCopiedToTheSecond() {
        Variable a = variable(9);
        Variable b = variable(9);
        Tensor sum = read(a).plus(read(b));
        var compiled = compiled(List.of(), List.of(sum), new Graph.Update(a, sum), new Graph.Update(b, sum));
        assertEquals(1, compiled.copies().size());
        assertTrue(compiled.copies().get(0).from() instanceof Compiler.Binding.Value);
    }

    @Test
    void whatIsNotNeededIsNotComputed() {
        Tensor x = placeholder(9);
        x.plus(1).sum(List.of(0));
        assertEquals(1, compiled(List.of(x), List.of(x.times(2))).steps().size());
        assertEquals(0, compiled(List.of(x), List.of()).steps().size());
    }

    @Test
    void anEmptyTensorNeedsNoKernel() {
        Tensor x = placeholder(0, 3);
        assertEquals(0, compiled(List.of(x), List.of(x.plus(1))).steps().size());
    }
}
