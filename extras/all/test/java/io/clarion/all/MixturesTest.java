package io.clarion.all;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.conformance.TestedEngine;
import io.clarion.conformance.cases.SharedTraining;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engine;
import io.clarion.engine.Engines;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Devices of different engines as one train as the reference engine alone does: one device of each engine on the class
 * path, and each two of them; those of one engine and the reference have tests of their own.
 */
class MixturesTest {
    /** The first usable device of each engine. */
    private static List<Device> devices() {
        return Engines.all().stream().filter(MixturesTest::isUsable).map(e -> DeviceChoice.first(e).open()).toList();
    }

    private static boolean isUsable(Engine engine) {
        return engine.survey().stream().flatMap(p -> p.devices().stream()).anyMatch(d -> d.isUsable());
    }

    private static List<List<Device>> mixtures() {
        List<Device> all = devices();
        List<Device> fast = all.stream().filter(d -> d != TestedEngine.reference()).toList();
        var mixtures = new ArrayList<List<Device>>(List.of(all));
        for (int i = 0; i < fast.size(); i++) {
            for (Device other : fast.subList(i + 1, fast.size())) {
                mixtures.add(List.of(fast.get(i), other));
            }
        }
        return mixtures;
    }

    @Test
    void everyEngineHasADevice() {
        var names = new ArrayList<>(List.of("opencl", "reference"));
        if (!Boolean.getBoolean("tensorflow.isAbsent")) {
            names.add("tensorflow");
        }
        if (List.of(System.getProperty("clarion.require", "").split(",")).contains("theano")) {
            names.add("theano");
        }
        names.removeAll(Engines.all().stream().filter(MixturesTest::isUsable).map(Engine::name).toList());
        assertTrue(names.isEmpty(), "engines without a usable device: " + names);
    }

    @TestFactory
    Stream<DynamicTest> everyMixtureTrainsAsOneDeviceDoes() {
        var training = new SharedTraining(TestedEngine.reference());
        return mixtures().stream().flatMap(some -> Stream.of(
                DynamicTest.dynamicTest(names(some) + ", split", () -> training.checkSplit(some)),
                DynamicTest.dynamicTest(names(some) + ", placed", () -> training.checkPlaced(some))));
    }

    private static List<String> names(List<Device> devices) {
        return devices.stream().map(d -> d.report().id()).toList();
    }
}
