package io.clarion.opencl.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a loop becomes: what is compiled does not grow with its steps. */
class LoopKernelsTest {
    private static final Strategy CPU = Strategy.cpu(8, 2);
    private static final Strategy GPU = Strategy.gpu(8, 32, 64, GpuTile.WIDE);
    private static final int UNITS = 16;

    /** An LSTM over so many steps, its loss and all gradients. */
    private static Graph lstm(int steps) {
        Tensor x = K.placeholder(new int[] {4, steps, 8}, DType.FLOAT32);
        Tensor w = K.placeholder(new int[] {8, 4 * UNITS}, DType.FLOAT32);
        Tensor u = K.placeholder(new int[] {UNITS, 4 * UNITS}, DType.FLOAT32);
        Tensor h = K.placeholder(new int[] {4, UNITS}, DType.FLOAT32);
        Tensor c = K.placeholder(new int[] {4, UNITS}, DType.FLOAT32);
        RnnOutputs out = K.rnn((now, state) -> {
            Tensor gates = K.dot(now, w).plus(K.dot(state.get(0), u));
            List<Tensor> gate = Stream.iterate(0, g -> g + 1).limit(4)
                    .map(g -> gates.slice(1, g * UNITS, Dim.of(UNITS))).toList();
            Tensor cell = K.sigmoid(gate.get(0)).times(state.get(1))
                    .plus(K.sigmoid(gate.get(1)).times(K.tanh(gate.get(2))));
            Tensor output = K.sigmoid(gate.get(3)).times(K.tanh(cell));
            return new StepFunction.Step(output, List.of(output, cell));
        }, x, List.of(h, c));
        List<Tensor> inputs = List.of(x, w, u, h, c);
        var results = new ArrayList<>(List.of(out.outputs(), out.lastOutput()));
        results.addAll(K.gradients(K.sum(K.square(out.outputs())), inputs));
        return new Graph(inputs, results, List.of());
    }

    /** The kernels in the order of their launches, in loops and out of them. */
    private static Stream<Compiler.Step.Kernel> launches(List<Compiler.Step> steps) {
        return steps.stream().flatMap(s -> switch (s) {
            case Compiler.Step.Kernel k -> Stream.of(k);
            case Compiler.Step.Repeat r -> launches(r.steps());
            case Compiler.Step.Choice c -> Stream.concat(launches(c.then()), launches(c.otherwise()));
        });
    }

    /**
     * How often the loops are gone through, those launched step by step and those that are a kernel, whose last size it
     * is.
     */
    private static List<Integer> times(Compiler.Compiled compiled) {
        return compiled.steps().stream().flatMap(s -> switch (s) {
            case Compiler.Step.Repeat r -> Stream.of(r.times());
            case Compiler.Step.Kernel k when k.kernel().startsWith("fused_rows") ->
                    Stream.of(k.sizes()[k.sizes().length - 1]);
            default -> Stream.<Integer>of();
        }).toList();
    }

    /**
     * The texts of launches, without the numbers in them, which sizes are among, and the names that they make; all but
     * those that do one of {@code left}.
     */
    private static List<String> texts(Compiler.Compiled compiled, Set<String> left) {
        return launches(compiled.steps()).filter(k -> works(k).noneMatch(left::contains))
                .map(k -> withoutNumbers(compiled.kernels().get(k.kernel()).replaceAll("_[0-9a-f]{16}", ""))).toList();
    }

    private static String withoutNumbers(String text) {
        return text.replaceAll("\\d+", "0");
    }

    /** What a launch does, side by side if several. */
    private static Stream<String> works(Compiler.Step.Kernel launch) {
        return Stream.of(launch.what().split(" \\| ")).map(LoopKernelsTest::withoutNumbers);
    }

    private static List<String> works(Compiler.Compiled compiled) {
        return launches(compiled.steps()).flatMap(LoopKernelsTest::works).sorted().toList();
    }

    /** What is done beside other works. */
    private static Stream<String> joined(Compiler.Compiled compiled) {
        return launches(compiled.steps()).filter(k -> works(k).count() > 1).flatMap(LoopKernelsTest::works);
    }

    @Test
    void moreStepsAreTheSameKernelsButForSizes() {
        // The weights' gradients, sums over all steps, are cut in parts of each number of steps, or of neither.
        assertSameKernels(GPU, 10, 100);
        assertSameKernels(GPU, 128, 200);
    }

    /**
     * On a CPU a sum over few steps may be small enough to be done beside other works: the works are the same then,
     * too, and the kernels of all others.
     */
    @Test
    void moreStepsAreTheSameWorksButForSizes() {
        Compiler.Compiled less = Compiler.compile(lstm(10), CPU);
        Compiler.Compiled more = Compiler.compile(lstm(1000), CPU);
        assertEquals(List.of(10, 10), times(less));
        assertEquals(List.of(1000, 1000), times(more));
        assertEquals(works(less), works(more));
        Set<String> joined = Stream.concat(joined(less), joined(more)).collect(Collectors.toSet());
        assertEquals(texts(less, joined), texts(more, joined));
    }

    private static void assertSameKernels(Strategy strategy, int few, int many) {
        Compiler.Compiled less = Compiler.compile(lstm(few), strategy);
        Compiler.Compiled more = Compiler.compile(lstm(many), strategy);
        assertEquals(List.of(few, few), times(less));
        assertEquals(List.of(many, many), times(more));
        assertEquals(less.kernels().size(), more.kernels().size());
        assertEquals(texts(less, Set.of()), texts(more, Set.of()));
    }
}
