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
        return Devices.everyLayout().stream().map(d -> DynamicContainer.dynamicContainer(d.title(), batches(d, chosen(d, all))));
    }

    /** All cases; of a device that is used as what it is not, each fifth where {@code clarion.samples} asks for no more. */
    private static List<GoldenCase> chosen(TestedDevice device, List<GoldenCase> all) {
        int step = device.forced() && Integer.getInteger("clarion.samples", 1) == 1 ? 5 : 1;
        return IntStream.iterate(0, i -> i < all.size(), i -> i + step).mapToObj(all::get).toList();
    }

    private static Stream<DynamicTest> batches(TestedDevice device, List<GoldenCase> cases) {
        return IntStream.iterate(0, i -> i < cases.size(), i -> i + TOGETHER)
                .mapToObj(i -> new Batch(device, cases.subList(i, Math.min(i + TOGETHER, cases.size()))))
                .flatMap(Batch::tests);
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
