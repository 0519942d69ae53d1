package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.GoldenCase;
import io.clarion.GoldenCases;
import io.clarion.K;
import io.clarion.engine.Function;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.opencl.OpenClDevice;
import io.clarion.tensor.NDArray;
import java.io.IOException;
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

    /** The norm of one number leaves its sign alone, so that the gradient is 0: a difference of terms of the size of 1 divided by the number. */
    @EveryDevice
    void noiseOfTheTermsIsNoError(OpenClDevice device) throws IOException {
        var json = new ObjectMapper().readTree("""
                {"fn": "l2_normalize", "args": [{"tensor": 0}], "kwargs": {"axis": -1},
                 "tensors": [{"dtype": "float32", "shape": [4, 1], "data": [0.3, -1.7, 0.011, 5.3]}],
                 "expect": [{"dtype": "float32", "shape": [4, 1], "data": [1, -1, 1, 1]}],
                 "w": [{"dtype": "float32", "shape": [4, 1], "data": [0.7, -0.3, 1.1, 0.9]}],
                 "grads": {"0": {"dtype": "float32", "shape": [4, 1], "data": [0, 0, 0, 0]}}}""");
        GoldenCase.Trial trial = new GoldenCase("nn", 0, json).trial();
        try (Function function = new Function(new Graph(trial.inputs(), trial.results(), List.of()), device)) {
            trial.check(function.call(trial.values()));
        }
        NDArray signs = NDArray.of(new float[] {1, -1, 1, 1}, 4, 1);
        trial.check(List.of(signs, NDArray.of(new float[] {0, 1e-8f, -1e-6f, 0}, 4, 1)));
        assertThrows(AssertionError.class, () -> trial.check(List.of(signs, NDArray.of(new float[] {0, 0, 1e-2f, 0}, 4, 1))));
        assertThrows(AssertionError.class, () -> trial.check(List.of(signs, NDArray.of(new float[] {1e-4f, 0, 0, 0}, 4, 1))));
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
