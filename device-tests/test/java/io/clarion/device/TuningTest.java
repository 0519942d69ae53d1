package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.conformance.ForwardingDevice;
import io.clarion.conformance.TestedEngine;
import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.opencl.compile.strategy.TuningTable;
import io.clarion.tensor.NDArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tables of tiles: how they are found, kept, used and refused. */
class TuningTest {
    @TempDir
    Path home;
    private String before;

    @BeforeEach
    void liveInAFolderOfItsOwn() {
        Devices.all();
        before = System.setProperty("clarion.home", home.toString());
    }

    @AfterEach
    void moveOut() {
        System.setProperty("clarion.home", before);
    }

    /** A reference engine that is wrong about everything. */
    private static final class Wrong extends ForwardingDevice {
        Wrong(Device right) {
            super(right);
        }

        @Override
        protected List<NDArray> called(Executable executable, List<NDArray> inputs, long draw) {
            return executable.call(inputs, draw).stream().map(v -> NDArray.zeros(v.dtype(), v.shape())).toList();
        }
    }

    private static Path keep(TestedDevice device, Strategy strategy) throws IOException {
        return TuningTable.of(device.facts(), strategy).keep(device.facts());
    }

    /** Some strategy that is not the one that facts tell. */
    private static Strategy other(TestedDevice device) {
        Strategy own = Strategy.of(device.facts());
        return own.cpu() ? own.with(own.tile().others(2).get(0), List.of())
                : own.with(null, io.clarion.opencl.compile.strategy.GpuTile.space(device.facts()).stream()
                        .filter(t -> !own.tiles().contains(t)).limit(2).toList());
    }

    private static String said(Runnable action) {
        PrintStream err = System.err;
        var said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setErr(err);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @EveryDevice
    void aKeptTableIsUsed(TestedDevice device) throws IOException {
        Strategy tuned = other(device);
        assertNotEquals(Strategy.of(device.facts()), tuned);
        keep(device, tuned);
        assertEquals(tuned, TuningTable.strategy(device.facts()));
    }

    @EveryDevice
    void aDamagedTableIsSaidInALineAndIgnored(TestedDevice device) throws IOException {
        Path file = keep(device, other(device));
        String sound = Files.readString(file);
        for (String damaged : List.of("", "\0\1\2", sound.replaceAll("(?m)^(cpu|gpu)=.*$", "$1=0 0"),
                sound.replaceAll("(?m)^(cpu|gpu)=\\d+", "$1=7777"),
                sound.replaceAll("(?m)^driver=.*$", "driver=another"))) {
            Files.writeString(file, damaged);
            String said = said(() -> assertEquals(Strategy.of(device.facts()), TuningTable.strategy(device.facts())));
            assertEquals(1, said.lines().count(), said);
            assertTrue(said.contains(file.toString()) && said.contains("not used"), said);
        }
    }

    @EveryDevice
    void whatGivesWrongResultsIsThrownOut(TestedDevice device) throws IOException {
        var said = new ArrayList<String>();
        Path kept = device.device().tune(new Wrong(TestedEngine.reference()), Duration.ofMillis(1), said::add);
        assertTrue(said.stream().allMatch(s -> s.endsWith("wrong results, thrown out")), said::toString);
        assertTrue(!said.isEmpty() && Files.exists(kept), said::toString);
    }

    @EveryDevice
    void whatGivesTheReferencesResultsIsTimed(TestedDevice device) {
        var said = new ArrayList<String>();
        device.device().tune(TestedEngine.reference(), Duration.ofMillis(1), said::add);
        assertTrue(said.stream().noneMatch(s -> s.contains("thrown out"))
                && said.stream().anyMatch(s -> s.contains("best one's time")), said::toString);
    }
}
