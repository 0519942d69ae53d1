package io.clarion.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.Gauge;
import io.clarion.engine.Speed;
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
import java.util.stream.LongStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomCheckTest {
    private static final int SEEDS = 6;

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

    /** A device whose tangents are off. */
    private record Wrong(Device right) implements Device {
        @Override
        public DeviceReport report() {
            return right.report();
        }

        @Override
        public Executable compile(Graph graph) {
            return right.compile(graph.rewrite((t, in) -> t.op() instanceof Op.Elementwise(ScalarFn fn) && fn == ScalarFn.TANH ? t.with(in).times(1.001) : t.with(in)));
        }

        @Override
        public Gauge gauge() {
            return right.gauge();
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

    @Test
    void whatADeviceDoesWrongIsFoundAndShrunkToAFewLines() {
        try (var check = new RandomCheck(new Wrong(Programs.reference()), Programs.reference())) {
            RandomCheck.Result wrong = LongStream.range(1, 100).mapToObj(seed -> check.run(seed, 0)).filter(r -> r.failed() != null).findFirst().orElseThrow();
            assertNotNull(wrong.program());
            List<String> lines = wrong.program().lines().toList();
            assertTrue(lines.size() <= 5 && wrong.program().contains("K."), wrong.program());
        }
    }

    @Test
    void theLinesOfAProgramAreJava() throws IOException {
        var methods = new StringBuilder();
        for (long seed = 1; seed <= SEEDS; seed++) {
            methods.append("static void run").append(seed).append("() {\n").append(RandomCheck.text(seed, RandomCheck.ALL, Programs.reference(), true)).append("\n}\n");
        }
        Path source = folder.resolve("Lines.java");
        Files.writeString(source, "import io.clarion.*;\nimport io.clarion.check.Values;\nimport io.clarion.tensor.*;\nimport java.util.List;\nclass Lines {\n" + methods + "}\n");
        String library = Path.of(URI.create(K.class.getProtectionDomain().getCodeSource().getLocation().toString())).toString();
        var complaints = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        assertTrue(compiler.getTask(complaints, null, null, List.of("-d", folder.toString(), "-cp", library, "-proc:none"), null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source)).call(), complaints.toString());
    }
}
