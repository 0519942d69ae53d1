package io.clarion.device;

import io.clarion.GoldenCase;
import io.clarion.GoldenCases;
import io.clarion.K;
import io.clarion.engine.Function;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What Keras gives, values and gradients, on every device. */
class GoldenTest {
    /** Cases that are computed by one function: a driver builds one large program sooner than many small ones. */
    private static final int TOGETHER = 32;

    @TestFactory
    Stream<DynamicContainer> goldenCases() {
        List<GoldenCase> all = GoldenCases.all().toList();
        return Devices.both().stream().map(d -> DynamicContainer.dynamicContainer(d.title(),
                IntStream.iterate(0, i -> i < all.size(), i -> i + TOGETHER)
                        .mapToObj(i -> new Batch(d, all.subList(i, Math.min(i + TOGETHER, all.size()))))
                        .flatMap(Batch::tests)));
    }

    /** Cases that are computed when the first of them is tested. */
    private static final class Batch {
        private final TestedDevice device;
        private final List<GoldenCase.Trial> trials;
        private List<NDArray> results;

        Batch(TestedDevice device, List<GoldenCase> cases) {
            this.device = device;
            this.trials = cases.stream().map(GoldenCase::trial).toList();
        }

        Stream<DynamicTest> tests() {
            var tests = new ArrayList<DynamicTest>();
            int start = 0;
            for (GoldenCase.Trial trial : trials) {
                int from = start;
                int to = start + trial.results().size();
                tests.add(DynamicTest.dynamicTest(device.facts().id() + " " + trial.of().name(),
                        () -> check(trial, from, to)));
                start = to;
            }
            return tests.stream();
        }

        /** A case that cannot be computed fails alone: the others of its batch are then computed one by one. */
        private void check(GoldenCase.Trial trial, int from, int to) {
            if (results == null) {
                results = computed();
            }
            if (results.isEmpty()) {
                K.useDevice(device.device());
                trial.of().check();
            } else {
                trial.check(results.subList(from, to));
            }
        }

        private List<NDArray> computed() {
            List<Tensor> inputs = trials.stream().flatMap(t -> t.inputs().stream()).toList();
            List<NDArray> values = trials.stream().flatMap(t -> t.values().stream()).toList();
            List<Tensor> wanted = trials.stream().flatMap(t -> t.results().stream()).toList();
            try (Function function = new Function(new Graph(inputs, wanted, List.of()), device.device())) {
                return function.call(values);
            } catch (RuntimeException e) {
                return List.of();
            }
        }
    }
}
