package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.Edges;
import io.clarion.K;
import io.clarion.KerasForms;
import io.clarion.OpenSizes;
import io.clarion.engine.Function;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What K's functions give at the edges, on every device; many in a function, since drivers build a large program soonest. */
class EdgesTest {
    private static final int TOGETHER = 64;

    @TestFactory
    Stream<DynamicTest> edges() {
        K.useDevice(Comparison.reference());
        List<Edges.Expectation> all = Edges.all();
        return Devices.everyLayout().stream().flatMap(d -> IntStream.iterate(0, i -> i < all.size(), i -> i + TOGETHER)
                .mapToObj(i -> all.subList(i, Math.min(i + TOGETHER, all.size())))
                .map(some -> DynamicTest.dynamicTest(d.facts().id() + " " + some.getFirst().subject() + " to " + some.getLast().subject(),
                        () -> assertEquals(List.of(), faults(d, some)))));
    }

    @EveryDevice(inEveryLayout = true)
    void stridedWindowsOverAxesThatACallTells(TestedDevice device) {
        OpenSizes.stridedWindows(device.device(), 6, 2, 3);
    }

    @EveryDevice(inEveryLayout = true)
    void formsOfKerasGiveWhatNumpyGives(TestedDevice device) {
        KerasForms.check(device.device());
    }

    private static List<String> faults(TestedDevice device, List<Edges.Expectation> some) {
        var outputs = new ArrayList<Tensor>();
        some.forEach(e -> {
            outputs.add(e.tensor());
            outputs.add(e.like() == null ? e.tensor() : e.like());
        });
        var faults = new ArrayList<String>();
        try (Function f = new Function(new Graph(List.of(), outputs, List.of()), device.device())) {
            List<NDArray> got = f.call();
            for (int i = 0; i < some.size(); i++) {
                String fault = some.get(i).fault(got.get(2 * i), got.get(2 * i + 1));
                if (fault != null) {
                    faults.add(fault);
                }
            }
        }
        return faults;
    }
}
