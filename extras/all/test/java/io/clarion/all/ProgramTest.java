package io.clarion.all;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.engine.Engines;
import io.clarion.engine.PlatformReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code clarion-all.jar}, run by a plain {@code java -jar}. */
@Tag("jar")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ProgramTest {
    private static String run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dclarion.home=" + System.getProperty("clarion.home"), "-jar", System.getProperty("clarion.jar")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    @Test
    void theDevicesOfEveryEngineAreListed() throws Exception {
        String said = run("devices");
        Engines.all().stream().flatMap(e -> e.survey().stream()).map(PlatformReport::devices).flatMap(List::stream)
                .forEach(d -> assertTrue(said.contains(d.id()), said));
    }

    @Test
    void tensorFlowComputes() throws Exception {
        assertTrue(run("check", "--sample", "--device", "tensorflow:0").contains("PASS"));
    }
}
