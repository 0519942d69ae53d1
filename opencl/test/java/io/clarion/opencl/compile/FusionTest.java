package io.clarion.opencl.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.Compiler.Compiled;
import io.clarion.opencl.compile.Compiler.Step;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many kernels small graphs become. */
class FusionTest {
    static final Strategy CPU = Strategy.cpu(8, 2);

    private static Tensor placeholder(int... sizes) {
        return K.placeholder(sizes, DType.FLOAT32);
    }

    private static final Strategy GPU = Strategy.gpu(8, 32, 64, GpuTile.WIDE);

    private static Compiled compiled(List<Tensor> inputs, List<Tensor> outputs) {
        return compiled(inputs, outputs, CPU);
    }

    private static Compiled compiled(List<Tensor> inputs, List<Tensor> outputs, Strategy strategy) {
        return Compiler.compile(new Graph(inputs, outputs, List.of()), strategy);
    }

    @Test
    void biasAndActivationRideInTheKernelOfTheProduct() {
        Tensor x = placeholder(64, 128);
        Tensor w = placeholder(128, 32);
        Tensor b = placeholder(32);
        assertEquals(1, compiled(List.of(x, w, b), List.of(K.relu(K.dot(x, w).plus(b)))).steps().size());
    }

    @Test
    void panelsOfAVariableAreMadeOnceUnlessTheGraphUpdatesIt() {
        var w = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(64, 600)), "w");
        Tensor x = placeholder(32, 64);
        Tensor read = Tensor.of(new Op.Read(w));
        Tensor y = K.dot(x, read);
        assertEquals(List.of(true, false), once(new Graph(List.of(x), List.of(y), List.of())));
        assertEquals(List.of(false, false, false),
                once(new Graph(List.of(x), List.of(y), List.of(new Graph.Update(w, read.times(2))))));
    }

    private static List<Boolean> once(Graph graph) {
        return Compiler.compile(graph, CPU).steps().stream().map(s -> assertInstanceOf(Step.Kernel.class, s).once())
                .toList();
    }

    /** The parts' sums and squared deviations are one kernel; what joins them and the result three more. */
    @Test
    void batchNormalizationReadsItsInputOnceForTheMeanAndTheVariance() {
        for (int[] axes : new int[][] {{0, 1, 2}, {0, 2, 3}}) {
            Tensor x = placeholder(64, 64, 32, 32);
            var kernels = compiled(List.of(x), List.of(K.normalizeBatchInTraining(x, null, null, axes).normalized()))
                    .steps();
            assertEquals(4, kernels.size());
            assertTrue(assertInstanceOf(Step.Kernel.class, kernels.getFirst()).kernel().startsWith("fused_rows"));
        }
    }

    /** What the gradient sums over the input and what comes back to it is one kernel more, and one the result. */
    @Test
    void theGradientOfBatchNormalizationReadsBothTwice() {
        Tensor x = placeholder(64, 28, 28, 64);
        Tensor above = placeholder(64, 28, 28, 64);
        Tensor gamma = placeholder(64);
        Tensor beta = placeholder(64);
        Tensor y = K.normalizeBatchInTraining(x, gamma, beta, new int[] {0, 1, 2}).normalized();
        assertEquals(7,
                compiled(List.of(x, gamma, beta, above), K.gradients(K.sum(y.times(above)), List.of(x, gamma, beta)))
                        .steps().size());
    }

    @Test
    void outputsOfTheSameElementsShareAKernel() {
        Tensor x = placeholder(100);
        assertEquals(1, compiled(List.of(x), List.of(K.exp(x), K.exp(x).times(2))).steps().size());
    }

    /** A step of an RNN with a product of its inputs and one of its state. */
    private static StepFunction step(Tensor w, Tensor u) {
        return (in, states) -> {
            Tensor h = K.tanh(K.dot(in, w).plus(K.dot(states.get(0), u)));
            return new StepFunction.Step(h, List.of(h));
        };
    }

    private static Compiled rnn(int steps, Strategy strategy) {
        Tensor x = placeholder(32, steps, 24);
        Tensor w = placeholder(24, 40);
        Tensor u = placeholder(40, 40);
        RnnOutputs r = K.rnn(step(w, u), x, List.of(K.constant(0, DType.FLOAT32, 32, 40)));
        return compiled(List.of(x, w, u), List.of(r.outputs()), strategy);
    }

    private static Step.Repeat loop(Compiled compiled) {
        return assertInstanceOf(Step.Repeat.class,
                compiled.steps().stream().filter(Step.Repeat.class::isInstance).findFirst().orElseThrow());
    }

    private static List<Step.Kernel> chains(Compiled compiled) {
        return compiled.steps().stream().filter(s -> s instanceof Step.Kernel k && k.kernel().startsWith("fused_rows"))
                .map(Step.Kernel.class::cast).toList();
    }

    @Test
    void anRnnWhoseSamplesDoNotMixIsOneKernel() {
        for (Strategy strategy : List.of(CPU, GPU)) {
            assertEquals(1, chains(rnn(10, strategy)).size());
            assertTrue(rnn(10, strategy).steps().stream().noneMatch(Step.Repeat.class::isInstance));
        }
    }

    @Test
    void aLoopOfMoreRoundsThanAGpuMayGoIsCutInLaunches() {
        List<Step.Kernel> launches = chains(rnn(9000, GPU));
        assertTrue(launches.size() > 1);
        assertEquals(1, launches.stream().map(Step.Kernel::kernel).distinct().count());
        assertEquals(9000, launches.stream().mapToInt(k -> k.sizes()[4] - k.sizes()[3]).sum());
    }

    @Test
    void anRnnWhoseSamplesMixIsLaunchedStepByStep() {
        Tensor x = placeholder(32, 10, 24);
        RnnOutputs r = K.rnn((in, states) -> {
            Tensor h = K.tanh(in.plus(K.mean(states.get(0), 0, true)));
            return new StepFunction.Step(h, List.of(h));
        }, x, List.of(K.constant(0, DType.FLOAT32, 32, 24)));
        Compiled compiled = compiled(List.of(x), List.of(r.outputs()));
        assertEquals(10, loop(compiled).times());
        assertEquals(List.of(), chains(compiled));
    }

    @Test
    void theProductWithTheInputsIsOneForAllSteps() {
        List<Step> before = rnn(10, CPU).steps();
        assertTrue(before.stream().filter(Step.Kernel.class::isInstance).map(s -> ((Step.Kernel) s).what())
                .anyMatch(w -> w.endsWith("float32(10, 32, 40)")));
    }

    @Test
    void weightsThatAreTheSameInAllStepsArePackedOnce() {
        assertFalse(chains(rnn(10, GPU)).get(0).what().contains("permute"));
        assertFalse(chains(rnn(10, CPU)).get(0).what().contains("permute"));
    }

    /**
     * Weights that outnumber the states are packed before the loop; the gates are read, not computed again; nothing is
     * stored between the loops.
     */
    @Test
    void theGradientOfAnLstmIsOneKernelForAllSteps() {
        int units = 48;
        Tensor z = placeholder(16, 10, 4 * units);
        Tensor u = placeholder(units, 4 * units);
        Tensor zeros = K.constant(0, DType.FLOAT32, 16, units);
        RnnOutputs r = K.rnn((in, states) -> {
            Tensor all = in.plus(K.dot(states.get(0), u));
            List<Tensor> gates = IntStream.range(0, 4).mapToObj(g -> all.slice(1, g * units, Dim.of(units))).toList();
            Tensor c = K.sigmoid(gates.get(1)).times(states.get(1))
                    .plus(K.sigmoid(gates.get(0)).times(K.tanh(gates.get(2))));
            Tensor h = K.sigmoid(gates.get(3)).times(K.tanh(c));
            return new StepFunction.Step(h, List.of(h, c));
        }, z, List.of(zeros, zeros));
        Compiled compiled = compiled(List.of(z, u), K.gradients(K.sum(K.square(r.lastOutput())), List.of(z, u)));
        List<Step.Kernel> chains = chains(compiled);
        assertEquals(2, chains.size());
        assertFalse(chains.get(1).what().contains("tanh") || chains.get(1).what().contains("sigmoid"));
        int between = compiled.steps().indexOf(chains.get(1)) - compiled.steps().indexOf(chains.get(0)) - 1;
        List<String> large = compiled.steps().stream().skip(compiled.steps().indexOf(chains.get(0)) + 1).limit(between)
                .map(s -> ((Step.Kernel) s).what()).filter(w -> w.contains("float32(10, 16, ")).toList();
        assertEquals(List.of(), large);
    }

    @Test
    void moreStepsAreNoMoreKernels() {
        for (Strategy strategy : List.of(CPU, GPU)) {
            Compiled few = rnn(10, strategy);
            Compiled many = rnn(500, strategy);
            assertEquals(few.kernels().size(), many.kernels().size());
            assertEquals(few.steps().size(), many.steps().size());
        }
    }

    @Test
    void stacksThatNobodyReadsAreNotKept() {
        Tensor x = placeholder(8, 50, 40);
        Tensor u = placeholder(40, 40);
        RnnOutputs r = K.rnn((in, states) -> {
            Tensor h = K.tanh(in.plus(K.dot(states.get(0), u)));
            return new StepFunction.Step(h, List.of(h));
        }, x, List.of(K.constant(0, DType.FLOAT32, 8, 40)));
        long bytes = compiled(List.of(x, u), List.of(r.lastOutput())).slots().stream().mapToLong(b -> b).sum();
        assertTrue(bytes < 50 * 8 * 40 * 4, () -> bytes + " bytes");
    }

    @Test
    void aBranchOfLittleWorkIsASelection() {
        Tensor c = K.placeholder(new int[0], DType.INT32);
        Tensor x = placeholder(100);
        assertEquals(1,
                compiled(List.of(c, x), List.of(K.switch_(c, () -> K.exp(x), () -> x.times(2)).apply(ScalarFn.NEG)))
                        .steps().size());
    }

    @Test
    void aBranchOfProductsHasKernelsOnBothSides() {
        Tensor c = K.placeholder(new int[0], DType.INT32);
        Tensor x = placeholder(40, 40);
        Compiled compiled = compiled(List.of(c, x), List.of(K.switch_(c, () -> K.dot(x, x), () -> x)));
        Step.Choice choice = (Step.Choice) compiled.steps().stream().filter(Step.Choice.class::isInstance).findFirst()
                .orElseThrow();
        assertTrue(choice.then().size() >= 1 && choice.otherwise().size() == 1);
    }

    @Test
    void scattersOfTheSameIndicesSortThemOnce() {
        Tensor table = placeholder(50, 8);
        Tensor other = placeholder(50, 8);
        Tensor i = K.placeholder(new int[] {30}, DType.INT32);
        Tensor sum = K.sum(K.gather(table, i).times(K.gather(other, i)));
        Compiled compiled = compiled(List.of(table, other, i), K.gradients(sum, List.of(table, other)));
        assertEquals(1, compiled.steps().stream()
                .filter(s -> s instanceof Step.Kernel k && k.kernel().startsWith("sort")).count());
    }
}
