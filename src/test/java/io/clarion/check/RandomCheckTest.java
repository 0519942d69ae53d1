package io.clarion.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.reference.ReferenceEngine;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomCheckTest {
    private static final int SEEDS = 4;

    @TempDir
    private Path folder;

    @Test
    void aDeviceWithRoundingErrorsPassesAndLittleIsIllConditioned() {
        long elements = 0;
        long ill = 0;
        try (var check = new RandomCheck(ReferenceEngine.withRoundingErrors(7), Programs.reference())) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                RandomCheck.Result result = check.run(seed, RandomCheck.ALL);
                assertNull(result.failed(), () -> result.failed() + "\n" + result.program());
                assertNull(result.refused(), result.refused());
                elements += result.elements();
                ill += result.ill();
            }
        }
        assertTrue(ill < 0.1 * elements, ill + " of " + elements);
    }

    @Test
    void aSeedIsTheSameProgramEachTime() {
        String first = RandomCheck.text(3, RandomCheck.ALL, Programs.reference(), true);
        assertEquals(first, RandomCheck.text(3, RandomCheck.ALL, Programs.reference(), true));
    }

    /** A device that computes other graphs than it is given. */
    private record Faulty(Device right, UnaryOperator<Graph> change) implements Device {
        @Override
        public DeviceReport report() {
            return right.report();
        }

        @Override
        public Executable compile(Graph graph) {
            return right.compile(change.apply(graph));
        }

        @Override
        public DeviceMetrics metrics() {
            return right.metrics();
        }

        @Override
        public Speed probe() {
            return right.probe();
        }

        @Override
        public void close() {
            right.close();
        }
    }

    private static boolean isTangent(Tensor t) {
        return t.op() instanceof Op.Elementwise(ScalarFn fn) && fn == ScalarFn.TANH;
    }

    private static Graph wrongTangents(Graph graph) {
        return graph.rewrite((t, in) -> isTangent(t) ? t.with(in).times(1.001) : t.with(in));
    }

    /** The end of a process. */
    private static final class End extends Error {}

    private static Graph end(Graph graph) {
        if (Graph.allTensors(graph.results()).stream().anyMatch(RandomCheckTest::isTangent)) {
            throw new End();
        }
        return graph;
    }

    @Test
    void whatEndsAProcessIsShrunkByOneProcessAfterAnother() {
        Device reference = Programs.reference();
        long seed = LongStream.range(1, 100).filter(s -> RandomCheck.text(s, 0, reference, true).contains("K.tanh("))
                .findFirst().orElseThrow();
        var ended = new StringBuilder();
        String program = null;
        for (int process = 0; program == null && process < 200; process++) {
            try (var check = new RandomCheck(new Faulty(reference, RandomCheckTest::end), reference)) {
                program = check.shrunk(seed, 0, ended.toString(), begins -> ended.append(begins ? "" : "0"));
            } catch (End e) {
                ended.append("1");
            }
        }
        assertTrue(program.lines().count() <= 16 && program.contains("K.tanh("), program);
    }

    @Test
    void whatADeviceDoesWrongIsFoundAndShrunkToAFewLines() {
        try (var check = new RandomCheck(new Faulty(Programs.reference(), RandomCheckTest::wrongTangents),
                Programs.reference())) {
            RandomCheck.Result wrong = LongStream.range(1, 100).mapToObj(seed -> check.run(seed, 0))
                    .filter(r -> r.failed() != null).findFirst().orElseThrow();
            assertNotNull(wrong.program());
            List<String> lines = wrong.program().lines().toList();
            assertTrue(lines.size() <= 16 && wrong.program().contains("K."), wrong.program());
        }
    }

    @Test
    void theLinesOfAProgramAreJava() throws IOException {
        var methods = new StringBuilder();
        for (long seed = 1; seed <= SEEDS; seed++) {
            methods.append("static void run").append(seed).append("() {\n")
                    .append(RandomCheck.text(seed, RandomCheck.ALL, Programs.reference(), true)).append("\n}\n");
        }
        Path source = folder.resolve("Lines.java");
        Files.writeString(source,
                "import io.clarion.*;\nimport io.clarion.check.Values;\nimport io.clarion.graph.Index;\nimport io.clarion.tensor.*;\nimport java.util.List;\nclass Lines {\n"
                        + methods + "}\n");
        String library = Path.of(URI.create(K.class.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
        var complaints = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        assertTrue(
                compiler.getTask(complaints, null, null, List.of("-d", folder.toString(), "-cp", library, "-proc:none"),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source)).call(),
                complaints.toString());
    }
}
