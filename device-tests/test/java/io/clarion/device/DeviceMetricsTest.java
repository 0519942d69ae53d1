package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.cli.Main;
import io.clarion.engine.Device;
import io.clarion.engine.metrics.MetricsRegistry;
import io.clarion.engine.metrics.MetricsRegistry.Sight;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;

/** What devices do as other processes see it. */
class DeviceMetricsTest {
    private static Sight seen(Device device, Path home) throws IOException {
        List<Sight> sights = new MetricsRegistry(home.resolve("running")).look().sights();
        assertEquals(List.of(device.report().id()), sights.stream().map(Sight::device).toList());
        return sights.get(0);
    }

    @EveryDevice
    void callsAndMemoryOfADeviceAreCounted(TestedDevice tested, @TempDir Path home) throws IOException {
        String before = System.getProperty("clarion.home");
        System.setProperty("clarion.home", home.toString());
        try (Device device = Devices.fresh(tested)) {
            var variable = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(1000)), "v");
            var graph = new Graph(List.of(), List.of(Tensor.of(new Op.Read(variable)).times(2)), List.of());
            try (Function f = new Function(graph, device)) {
                f.call();
                f.callAsync().join();
                Sight now = seen(device, home);
                assertEquals(2, now.reading().ended());
                assertEquals(0, now.reading().queued());
                assertTrue(now.reading().busy() > 0);
                assertTrue(now.reading().held() >= 8000, now::toString);
                assertEquals(device.memoryHeld(), now.reading().held());
            }
            variable.close();
            assertEquals(device.memoryHeld(), seen(device, home).reading().held());
            device.restart();
            assertEquals(0, seen(device, home).reading().held());
        } finally {
            System.setProperty("clarion.home", before);
        }
        assertEquals(List.of(), new MetricsRegistry(home.resolve("running")).look().sights());
    }

    @EveryDevice
    void aProcessThatComputesIsSeenByAnother(TestedDevice tested, @TempDir Path home) throws Exception {
        String id = tested.facts().id();
        List<String> options = List.of("-Dclarion.home=" + home);
        Path end = home.resolve("end");
        var registry = new MetricsRegistry(home.resolve("running"));
        try (var thread = Executors.newSingleThreadExecutor()) {
            Future<ChildJvm> busy = thread
                    .submit(() -> ChildJvm.run(Busy.class, options, Map.of(), id, end.toString()));
            try {
                while (!busy.isDone() && registry.look().sights().stream().allMatch(s -> s.reading().ended() == 0)) {
                    Thread.sleep(20);
                }
                assertFalse(busy.isDone(), () -> busy.resultNow().output());
                ChildJvm watch = ChildJvm.run(Main.class, options, Map.of(), "devices", "--watch=0.5", "--times=1");
                String[] row = watch.output().lines().filter(l -> l.startsWith(id + " ")).findFirst()
                        .orElseThrow(() -> new AssertionError(watch))
                        .split(" {2,}");
                assertEquals("1", row[2], watch::output);
                assertTrue(Double.parseDouble(row[3]) > 0, watch::output);
                assertTrue(Double.parseDouble(row[4].split(" ")[0]) > 0, watch::output);
                assertTrue(Integer.parseInt(row[5]) <= 1, watch::output);
                assertTrue(Double.parseDouble(row[6]) > 0, watch::output);
            } finally {
                Files.createFile(end);
            }
            ChildJvm ended = busy.get();
            assertEquals(0, ended.exit(), ended::output);
        }
        assertEquals(List.of(), registry.look().sights());
    }
}
