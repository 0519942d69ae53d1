package io.clarion.opencl.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.StepFunction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What each pass gives for a small graph, as listings. */
class PassesTest {
    private static final Strategy CPU = FusionTest.CPU;

    private static Tensor placeholder(int... sizes) {
        return K.placeholder(sizes, DType.FLOAT32);
    }

    private static Map<String, List<String>> passes(List<Tensor> inputs, Tensor output) {
        return Passes.listings(new Graph(inputs, List.of(output), List.of()), CPU);
    }

    private static void assertLines(String expected, List<String> lines) {
        assertEquals(expected.strip(), String.join("\n", lines));
    }

    @Test
    void fusingPutsBiasAndActivationIntoTheKernelOfTheProduct() {
        Tensor x = placeholder(64, 128);
        Tensor w = placeholder(128, 32);
        Map<String, List<String>> passes = passes(List.of(x, w), K.relu(K.dot(x, w)));
        assertLines("""
                %0 = load in1 float32(128, 32)
                %1 = load in0 float32(64, 128)
                %2 = contract over [1] by columns of 16 float32(64, 32) of %1, %0
                %3 = relu float32(64, 32) of %2
                return %3
                """, passes.get("match"));
        assertLines("""
                kernel
                  %0 = load in1 float32(128, 32)
                  %1 = load in0 float32(64, 128)
                  %2 = contract over [1] by columns of 16 float32(64, 32) of %1, %0
                  %3 = relu float32(64, 32) of %2
                  b0 = %3
                return b0
                """, passes.get("fuse"));
    }

    @Test
    void aLoopsCarriedValueHasABufferOfTwoHalves() {
        Tensor x = placeholder(4, 6, 8);
        Tensor first = K.zerosLike(K.sum(x, 1));
        Tensor last = K.rnn((in, states) -> {
            Tensor sum = in.plus(states.get(0));
            return new StepFunction.Step(sum, List.of(sum));
        }, x, List.of(first), false, null, List.of(), false, null).lastOutput();
        Map<String, List<String>> passes = passes(List.of(x), last);
        assertLines("""
                %0 = load in0 float32(4, 6, 8)
                %1 = permute float32(6, 4, 8) of %0
                %2 = literal 0.0 float32()
                %3 = reshape float32(1, 1) of %2
                %4 = broadcast float32(4, 8) of %3
                %5 = store in b0[0] float32(4, 8) of %4
                region
                  %6 = load b0 float32(2, 4, 8)
                  %7 = element [half0] float32(4, 8) of %6
                  %8 = element [time0] float32(4, 8) of %1
                  %9 = add float32(4, 8) of %8, %7
                  %10 = store in b0[(-half0 + 1)] float32(4, 8) of %9
                %11 = repeat 6 times to b0 of %5, %1
                %12 = filled b0 float32(2, 4, 8) of %11
                %13 = slice float32(1, 4, 8) of %12
                %14 = reshape float32(4, 8) of %13
                return %14
                """, passes.get("lower"));
        assertTrue(passes.get("fuse rows").contains("  fused 4 rows"),
                () -> String.join("\n", passes.get("fuse rows")));
    }

    @Test
    void panelsOfWeightsAreMadeBeforeTheLoopThatReadsThem() {
        Tensor x = placeholder(32, 6, 64);
        var w = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(64, 600)), "w");
        Tensor u = Tensor.of(new Op.Read(w));
        Tensor back = placeholder(600, 64);
        Tensor last = K.rnn((in, states) -> {
            Tensor h = K.dot(K.tanh(K.dot(states.get(0), u)), back).plus(in);
            return new StepFunction.Step(h, List.of(h));
        }, x, List.of(K.zerosLike(K.sum(x, 1))), false, null, List.of(), false, null).lastOutput();
        List<String> fused = passes(List.of(x, back), last).get("fuse");
        int loop = fused.indexOf(fused.stream().filter(l -> l.contains("repeat 6 times")).findFirst().orElseThrow());
        int panels = fused.indexOf("kernel, once");
        assertTrue(panels >= 0 && panels < loop, String.join("\n", fused));
        assertTrue(fused.subList(loop, fused.size()).stream().noneMatch(l -> l.contains("load w ")),
                String.join("\n", fused));
    }

    @Test
    void aBranchOfLittleWorkBecomesASelection() {
        Tensor x = placeholder(5);
        Tensor condition = K.placeholder(new int[] {}, DType.BOOL);
        Tensor y = K.switch_(condition, () -> x.times(2), () -> x.plus(1));
        Map<String, List<String>> passes = passes(List.of(x, condition), y);
        assertTrue(passes.get("split").stream().anyMatch(l -> l.contains("= branch")),
                () -> String.join("\n", passes.get("split")));
        assertTrue(passes.get("select").stream().noneMatch(l -> l.contains("= branch")),
                () -> String.join("\n", passes.get("select")));
        assertTrue(passes.get("select").stream().anyMatch(l -> l.contains("= select float32(5,)")),
                () -> String.join("\n", passes.get("select")));
    }

    @Test
    void aBranchOfMuchWorkStoresEitherSideInOneBuffer() {
        Tensor x = placeholder(5, 7);
        Tensor condition = K.placeholder(new int[] {}, DType.BOOL);
        Tensor y = K.switch_(condition, () -> K.sum(x, 0), () -> K.max(x, 0));
        assertLines("""
                b0 = if in1
                  kernel
                    %0 = load in0 float32(5, 7)
                    %1 = contract over [0] float32(7,) of %0
                    b0 = %1
                else
                  kernel
                    %0 = load in0 float32(5, 7)
                    %1 = max over [0] float32(7,) of %0
                    b0 = %1
                return b0
                """, passes(List.of(x, condition), y).get("fuse"));
    }

    @Test
    void aScatterReadsSortedIndices() {
        Tensor x = placeholder(6, 3);
        Tensor indices = K.placeholder(new int[] {4}, DType.INT32);
        Tensor gradient = K.gradients(K.sum(K.square(K.gather(x, indices))), List.of(x)).get(0);
        List<String> fused = passes(List.of(x, indices), gradient).get("fuse");
        assertTrue(fused.stream().anyMatch(l -> l.matches("b\\d+, b\\d+ = sort b\\d+ into 6 rows")),
                String.join("\n", fused));
        assertTrue(fused.stream().anyMatch(l -> l.contains("= segment sum float32(6, 3) of ")),
                String.join("\n", fused));
    }

    @Test
    void smallSumsRunSideBySide() {
        Tensor x = placeholder(9, 4);
        Tensor y = placeholder(9, 5);
        Graph graph = new Graph(List.of(x, y), List.of(K.sum(x, 0), K.sum(y, 0)), List.of());
        List<String> lines = Passes.listings(graph, CPU).get("fuse side by side");
        assertEquals("side by side", lines.get(0));
        assertEquals(2, lines.stream().filter(l -> l.equals("  kernel")).count());
    }

    @Test
    void aVariableTakesOverItsNewValue() {
        var v = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(3)), "v");
        Tensor read = Tensor.of(new Op.Read(v));
        Graph graph = new Graph(List.of(), List.of(), List.of(new Graph.Update(v, read.plus(1))));
        List<String> lines = Passes.listings(graph, CPU).get("fuse");
        assertTrue(lines.stream().anyMatch(l -> l.endsWith("= load v float32(3,)")), String.join("\n", lines));
        assertTrue(lines.getLast().startsWith("update v"), lines.getLast());
    }
}
