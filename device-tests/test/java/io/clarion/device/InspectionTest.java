package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.K;
import io.clarion.StepFunction;
import io.clarion.engine.Function;
import io.clarion.engine.NotFinite;
import io.clarion.graph.Graph;
import io.clarion.graph.Origin;
import io.clarion.graph.Tensor;
import io.clarion.opencl.OpenClDevice;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;

/** What a function tells of itself. */
class InspectionTest {
    private static final int STEPS = 5;

    @TempDir
    Path folder;

    private static Tensor product(Tensor x, Tensor w) {
        return K.tanh(K.dot(x, w));
    }

    @EveryDevice
    void anExplanationCountsTheOperationsOfAProduct(TestedDevice device) {
        Tensor x = K.placeholder(new int[] {64, 128}, DType.FLOAT32, "x");
        Tensor w = K.placeholder(new int[] {128, 32}, DType.FLOAT32, "w");
        try (Function f = new Function(new Graph(List.of(x, w), List.of(product(x, w)), List.of()), device.device())) {
            String text = f.explain(NDArray.zeros(DType.FLOAT32, Shape.of(64, 128)), NDArray.zeros(DType.FLOAT32, Shape.of(128, 32)));
            assertTrue(text.contains("placeholder x float32(64, 128)"), text);
            assertTrue(text.contains("contract over [1] of float32(64, 128), float32(128, 32) → tanh → float32(64, 32)"), text);
            assertTrue(text.contains("%.1f KFLOP a call".formatted((2 * 64 * 128 * 32 + 64 * 32) / 1e3)), text);
            assertTrue(text.contains("kernel "), text);
        }
    }

    @EveryDevice
    void aTraceHasEachKernelWithinItsCall(TestedDevice device) throws IOException {
        Path file = folder.resolve("trace.json");
        System.setProperty("clarion.trace", file.toString());
        System.setProperty("clarion.cache", "off");
        try (OpenClDevice traced = Devices.fresh(device)) {
            Tensor x = K.placeholder(new int[] {4, STEPS, 8}, DType.FLOAT32);
            Tensor u = K.placeholder(new int[] {8, 8}, DType.FLOAT32);
            Tensor h = K.rnn((in, states) -> {
                Tensor next = K.tanh(in.plus(K.dot(states.get(0), u)));
                return new StepFunction.Step(next, List.of(next));
            }, x, List.of(K.constant(0, DType.FLOAT32, 4, 8))).outputs();
            try (Function f = new Function(new Graph(List.of(x, u), List.of(h), List.of()), traced)) {
                f.call(NDArray.zeros(DType.FLOAT32, Shape.of(4, STEPS, 8)), NDArray.zeros(DType.FLOAT32, Shape.of(8, 8)));
            }
        } finally {
            System.clearProperty("clarion.trace");
            System.clearProperty("clarion.cache");
        }
        List<JsonNode> events = new ArrayList<>();
        new ObjectMapper().readTree(file.toFile()).get("traceEvents").forEach(events::add);
        int last = events.stream().mapToInt(e -> e.get("pid").intValue()).max().orElseThrow();
        List<JsonNode> mine = events.stream().filter(e -> e.get("pid").intValue() == last && e.get("ph").textValue().equals("X")).toList();
        JsonNode call = mine.stream().filter(e -> e.get("name").textValue().equals("call")).findFirst().orElseThrow();
        List<JsonNode> commands = mine.stream().filter(e -> e.get("tid").intValue() == 2).toList();
        assertEquals(2, commands.stream().filter(e -> e.get("name").textValue().equals("write")).count());
        // The product of each step, launched by itself or in a kernel of all steps.
        assertTrue(commands.stream().mapToDouble(e -> e.get("args").get("flops").doubleValue()).sum() >= STEPS * 2.0 * 4 * 8 * 8, commands::toString);
        for (JsonNode e : commands) {
            assertTrue(e.get("dur").doubleValue() >= 0, e::toString);
            assertTrue(end(e) <= end(call), e::toString);
        }
        List<JsonNode> compilation = mine.stream().filter(e -> e.get("tid").intValue() == 3).toList();
        assertEquals(List.of("compile", "build"), compilation.stream().map(e -> e.get("name").textValue()).toList());
        assertEquals(names(commands), Set.of(compilation.get(1).get("args").get("what").textValue().split(", ")));
        compilation.forEach(e -> assertTrue(end(e) <= Math.round(1e3 * call.get("ts").doubleValue()), e::toString));
    }

    /** Those of the kernels among commands. */
    private static Set<String> names(List<JsonNode> commands) {
        return commands.stream().map(e -> e.get("name").textValue()).filter(n -> n.contains("_")).collect(Collectors.toSet());
    }

    /** In whole nanoseconds. */
    private static long end(JsonNode event) {
        return Math.round(1e3 * event.get("ts").doubleValue()) + Math.round(1e3 * event.get("dur").doubleValue());
    }

    @EveryDevice
    void whatMakesTheFirstNanIsNamed(TestedDevice device) {
        Origin.record(true);
        try {
            Tensor x = K.placeholder(new int[] {3}, DType.FLOAT32);
            try (Function f = new Function(new Graph(List.of(x), List.of(K.sum(K.log(x))), List.of()), device.device())) {
                String said = Assertions.assertThrows(NotFinite.class, () -> f.call(NDArray.of(new float[] {1, -1, 2}, 3))).getMessage();
                assertTrue(said.contains("log made NaN of finite numbers at [1]") && said.contains("InspectionTest.java:"), said);
            }
            Tensor looped = K.foldl((sum, e) -> K.foldl((a, b) -> K.switch_(K.sum(a).greater(100),
                    () -> K.exp(K.dot(a, b).times(100)), () -> K.dot(a, b)), K.constant(2, DType.FLOAT32, 2, 3, 3), sum.times(e)), x, K.ones(3, 3));
            try (Function f = new Function(new Graph(List.of(x), List.of(looped), List.of()), device.device())) {
                String said = Assertions.assertThrows(NotFinite.class, () -> f.call(NDArray.of(new float[] {1, 1, 2}, 3))).getMessage();
                assertTrue(said.contains("exp in a branch at step 0 of a loop of 2 at step 1 of a loop of 3 made Infinity"), said);
            }
        } finally {
            Origin.record(false);
        }
    }
}
