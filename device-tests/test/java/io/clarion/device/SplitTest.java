package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.conformance.TestedEngine;
import io.clarion.conformance.cases.SharedTraining;
import io.clarion.engine.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every mixture of the devices that are there, the reference engine's among them, trains as one device does. */
class SplitTest {
    private final SharedTraining training = new SharedTraining(TestedEngine.reference());

    @Test
    void everyMixtureTrainsAsOneDeviceDoes() {
        forEachMixture(training::checkSplit);
    }

    @Test
    void everyMixtureHasEachLayerWhereItIsPlaced() {
        forEachMixture(training::checkPlaced);
    }

    private static void forEachMixture(Consumer<List<Device>> check) {
        var all = new ArrayList<Device>(Devices.all().stream().map(TestedDevice::device).toList());
        all.add(TestedEngine.reference());
        for (int mixture = 1; mixture < 1 << all.size(); mixture++) {
            int chosen = mixture;
            check.accept(
                    IntStream.range(0, all.size()).filter(i -> (chosen >> i & 1) != 0).mapToObj(all::get).toList());
        }
        assertTrue(all.size() > 1);
    }
}
