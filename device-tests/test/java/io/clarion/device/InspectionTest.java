package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.K;
import io.clarion.StepFunction;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Origin;
import io.clarion.graph.Tensor;
import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.driver.Faults;
import io.clarion.opencl.driver.device.OpenClException;
import io.clarion.runtime.Function;
import io.clarion.runtime.debug.NotFinite;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;

/** What a function tells of itself. */
class InspectionTest {
    private static final int STEPS = 5;
    private static final int ELEMENTS = 1 << 15;
    private static final int OUT_OF_RESOURCES = -5;

    /** The tracks of a trace. */
    private static final int CALLS = 1;
    private static final int QUEUE = 2;
    private static final int TRANSFERS = 3;
    private static final int COMPILATION = 4;

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
            String text = f.explain(NDArray.zeros(DType.FLOAT32, Shape.of(64, 128)),
                    NDArray.zeros(DType.FLOAT32, Shape.of(128, 32)));
            assertTrue(text.contains("placeholder x float32(64, 128)"), text);
            assertTrue(
                    text.contains("contract over [1] of float32(64, 128), float32(128, 32) → tanh → float32(64, 32)"),
                    text);
            assertTrue(text.contains("%.1f KFLOP a call".formatted((2 * 64 * 128 * 32 + 64 * 32) / 1e3)), text);
            assertTrue(text.contains("kernel "), text);
        }
    }

    @EveryDevice
    void anExplanationTellsWhatAPassGave(TestedDevice device) {
        Tensor x = K.placeholder(new int[] {3, 4}, DType.FLOAT32, "x");
        NDArray value = NDArray.zeros(DType.FLOAT32, Shape.of(3, 4));
        try (Function f = new Function(new Graph(List.of(x), List.of(K.tanh(x)), List.of()), device.device())) {
            assertEquals("""
                    kernel
                      %0 = load in0 float32(3, 4)
                      %1 = tanh float32(3, 4) of %0
                      b0 = %1
                    return b0
                    """, f.explain("fuse", value));
            String message = assertThrows(IllegalArgumentException.class, () -> f.explain("fusion", value))
                    .getMessage();
            assertTrue(message.startsWith("explain: there is no pass \"fusion\"; there are simplify, "), message);
        }
    }

    @EveryDevice
    void aTraceHasEachKernelWithinItsCall(TestedDevice device) throws IOException {
        Path file = folder.resolve("trace.json");
        System.setProperty("clarion.trace", file.toString());
        System.setProperty("clarion.cache", "off");
        try (Device traced = Devices.fresh(device)) {
            Tensor x = K.placeholder(new int[] {4, STEPS, 8}, DType.FLOAT32);
            Tensor u = K.placeholder(new int[] {8, 8}, DType.FLOAT32);
            Tensor h = K.rnn((in, states) -> {
                Tensor next = K.tanh(in.plus(K.dot(states.get(0), u)));
                return new StepFunction.Step(next, List.of(next));
            }, x, List.of(K.constant(0, DType.FLOAT32, 4, 8))).outputs();
            try (Function f = new Function(new Graph(List.of(x, u), List.of(h), List.of()), traced)) {
                f.call(unaligned(4, STEPS, 8), unaligned(8, 8));
            }
        } finally {
            System.clearProperty("clarion.trace");
            System.clearProperty("clarion.cache");
        }
        List<JsonNode> all = events(file);
        int last = all.stream().mapToInt(e -> e.get("pid").intValue()).max().orElseThrow();
        List<JsonNode> mine = all.stream().filter(e -> e.get("pid").intValue() == last).toList();
        JsonNode call = on(mine, CALLS).stream().filter(e -> e.get("name").textValue().equals("call")).findFirst()
                .orElseThrow();
        List<JsonNode> kernels = on(mine, QUEUE);
        List<JsonNode> transfers = on(mine, TRANSFERS);
        assertEquals(List.of("write", "write", "read"),
                transfers.stream().map(e -> e.get("name").textValue()).toList());
        // The product of each step, launched by itself or in a kernel of all steps.
        assertTrue(kernels.stream().mapToDouble(e -> e.get("args").get("flops").doubleValue()).sum()
                >= STEPS * 2.0 * 4 * 8 * 8, kernels::toString);
        Stream.concat(kernels.stream(), transfers.stream()).forEach(e -> {
            assertTrue(e.get("dur").doubleValue() >= 0, e::toString);
            assertTrue(end(e) <= end(call), e::toString);
        });
        List<JsonNode> compilation = on(mine, COMPILATION);
        assertEquals(List.of("compile", "build"), compilation.stream().map(e -> e.get("name").textValue()).toList());
        assertEquals(kernels.stream().map(e -> e.get("name").textValue()).collect(Collectors.toSet()),
                Set.of(compilation.get(1).get("args").get("what").textValue().split(", ")));
        compilation.forEach(e -> assertTrue(end(e) <= start(call), e::toString));
        List<JsonNode> ends = mine.stream().filter(e -> "sf".contains(e.get("ph").textValue())).toList();
        assertEquals(
                List.of("write from call", "write to write", "write from call", "write to write", "read from read",
                        "read to call"),
                ends.stream()
                        .map(e -> e.get("name").textValue() + (e.get("ph").textValue().equals("s") ? " from " : " to ")
                                + at(mine, e).get("name").textValue())
                        .toList());
    }

    /** Zeros that lie where no device uses them in place. */
    private static NDArray unaligned(int... shape) {
        int elements = Shape.of(shape).elements();
        return NDArray.zeros(DType.FLOAT32, Shape.of(1 + elements)).rows(1, 1 + elements).reshape(shape);
    }

    @EveryDevice
    void aTraceLeadsFromADeviceToTheOneThatUsesWhatItGave(TestedDevice device) throws IOException {
        Path file = folder.resolve("trace.json");
        System.setProperty("clarion.trace", file.toString());
        try (Device giving = Devices.fresh(device); Device taking = Devices.fresh(device)) {
            Tensor x = K.placeholder(new int[] {ELEMENTS}, DType.FLOAT32);
            try (Function twice = new Function(new Graph(List.of(x), List.of(x.times(2)), List.of()), giving);
                    Function sum = new Function(new Graph(List.of(x), List.of(K.sum(x)), List.of()), taking)) {
                sum.call(twice.call(NDArray.zeros(DType.FLOAT32, Shape.of(ELEMENTS))).get(0));
                sum.call(twice.call(NDArray.zeros(DType.FLOAT32, Shape.of(ELEMENTS))).get(0));
            }
        } finally {
            System.clearProperty("clarion.trace");
        }
        List<JsonNode> all = events(file);
        int last = all.stream().mapToInt(e -> e.get("pid").intValue()).max().orElseThrow();
        List<JsonNode> starts = uses(all, "s").filter(e -> e.get("pid").intValue() == last - 1).toList();
        List<JsonNode> ends = uses(all, "f").filter(e -> e.get("pid").intValue() == last).toList();
        assertEquals(2, starts.size());
        assertEquals(starts.stream().map(e -> e.get("id").intValue()).toList(),
                ends.stream().map(e -> e.get("id").intValue()).toList());
        starts.forEach(e -> assertEquals("read", at(all, e).get("name").textValue()));
        // A device that works in the host's memory has nothing to write.
        String taker = device.facts().worksInHostMemory() ? "call" : "write";
        ends.forEach(e -> assertEquals(taker, at(all, e).get("name").textValue()));
    }

    @EveryDevice
    void aTraceHasThePermissionsOfTheOneItReplacesAndTakesLeftoversAway(TestedDevice device) throws IOException {
        Set<PosixFilePermission> secret = PosixFilePermissions.fromString("rw-------");
        Path file = Files.createFile(folder.resolve("trace.json"), PosixFilePermissions.asFileAttribute(secret));
        Files.writeString(folder.resolve(".clarion-of-a-killed-process.unfinished"), "{");
        System.setProperty("clarion.trace", file.toString());
        try {
            Devices.fresh(device).close();
        } finally {
            System.clearProperty("clarion.trace");
        }
        events(file);
        assertEquals(secret, Files.getPosixFilePermissions(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @EveryDevice
    void aCallThatFailsLeavesNothingInATrace(TestedDevice device) throws IOException {
        Path file = folder.resolve("trace.json");
        System.setProperty("clarion.trace", file.toString());
        try (OpenClDevice traced = Devices.fresh(device)) {
            Tensor x = K.placeholder(new int[] {2}, DType.FLOAT32);
            try (Function twice = new Function(new Graph(List.of(x), List.of(x.times(2)), List.of()), traced)) {
                NDArray two = NDArray.of(new float[] {1, 2}, 2);
                twice.call(two);
                int handles = traced.liveHandles();
                for (String call : List.of("clFinish", "clEnqueueReadBuffer", "clEnqueueNDRangeKernel")) {
                    Faults.inject((id, name) -> name.equals(call) ? OUT_OF_RESOURCES : 0);
                    Assertions.assertThrows(OpenClException.class, () -> twice.call(two), call);
                    Faults.inject(null);
                    assertEquals(handles, traced.liveHandles(), call);
                }
                assertEquals(4, twice.call(two).get(0).get(1));
            }
        } finally {
            Faults.inject(null);
            System.clearProperty("clarion.trace");
        }
        List<JsonNode> all = events(file);
        int last = all.stream().mapToInt(e -> e.get("pid").intValue()).max().orElseThrow();
        List<JsonNode> mine = all.stream().filter(e -> e.get("pid").intValue() == last).toList();
        assertEquals(2, on(mine, CALLS).size());
        List<JsonNode> reads = on(mine, TRANSFERS).stream().filter(e -> e.get("name").textValue().equals("read"))
                .toList();
        assertEquals(2, reads.size(), reads::toString);
    }

    private static Stream<JsonNode> uses(List<JsonNode> events, String phase) {
        return events.stream()
                .filter(e -> e.get("ph").textValue().equals(phase) && e.get("name").textValue().equals("use"));
    }

    private static List<JsonNode> events(Path trace) throws IOException {
        var events = new ArrayList<JsonNode>();
        new ObjectMapper().readTree(trace.toFile()).get("traceEvents").forEach(events::add);
        return events;
    }

    /** The commands on a track. */
    private static List<JsonNode> on(List<JsonNode> events, int track) {
        return events.stream().filter(e -> e.get("ph").textValue().equals("X") && e.get("tid").intValue() == track)
                .toList();
    }

    /** The command to which an end of a flow belongs: the one that began last of those that run then on its track. */
    private static JsonNode at(List<JsonNode> events, JsonNode end) {
        return on(events, end.get("tid").intValue()).stream()
                .filter(e -> e.get("pid").equals(end.get("pid")) && start(e) <= start(end)
                        && start(end) < Math.max(end(e), start(e) + 1))
                .reduce((a, b) -> start(a) > start(b) ? a : b)
                .orElseThrow(() -> new AssertionError("nothing runs at " + end));
    }

    /** In whole nanoseconds. */
    private static long start(JsonNode event) {
        return Math.round(1e3 * event.get("ts").doubleValue());
    }

    /** In whole nanoseconds. */
    private static long end(JsonNode event) {
        return start(event) + Math.round(1e3 * event.get("dur").doubleValue());
    }

    @EveryDevice
    void whatMakesTheFirstNanIsNamed(TestedDevice device) {
        Origin.record(true);
        try {
            Tensor x = K.placeholder(new int[] {3}, DType.FLOAT32);
            try (Function f = new Function(new Graph(List.of(x), List.of(K.sum(K.log(x))), List.of()),
                    device.device())) {
                String said = Assertions
                        .assertThrows(NotFinite.class, () -> f.call(NDArray.of(new float[] {1, -1, 2}, 3)))
                        .getMessage();
                assertTrue(
                        said.contains("log made NaN of finite numbers at [1]") && said.contains("InspectionTest.java:"),
                        said);
            }
            Tensor looped = K.foldl((sum, e) -> K.foldl((a, b) -> K.switch_(K.sum(a).greater(100),
                    () -> K.exp(K.dot(a, b).times(100)), () -> K.dot(a, b)), K.constant(2, DType.FLOAT32, 2, 3, 3),
                    sum.times(e)), x, K.ones(3, 3));
            try (Function f = new Function(new Graph(List.of(x), List.of(looped), List.of()), device.device())) {
                String said = Assertions
                        .assertThrows(NotFinite.class, () -> f.call(NDArray.of(new float[] {1, 1, 2}, 3))).getMessage();
                assertTrue(
                        said.contains(
                                "exp in a branch at step 0 of a loop of 2 at step 1 of a loop of 3 made Infinity"),
                        said);
            }
        } finally {
            Origin.record(false);
        }
    }
}
