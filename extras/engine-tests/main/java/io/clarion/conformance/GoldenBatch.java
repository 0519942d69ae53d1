package io.clarion.conformance;

import io.clarion.conformance.cases.GoldenCase;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Golden cases that one function computes, when the first of them is tested. */
final class GoldenBatch {
    private final Supplier<Device> device;
    private final List<GoldenCase.Trial> trials;
    private List<NDArray> results;

    GoldenBatch(Supplier<Device> device, List<GoldenCase> cases) {
        this.device = device;
        this.trials = cases.stream().map(GoldenCase::trial).toList();
    }

    /** Returns a test a case. */
    Stream<DynamicTest> tests() {
        var tests = new ArrayList<DynamicTest>();
        int start = 0;
        for (GoldenCase.Trial trial : trials) {
            int from = start;
            int to = start + trial.results().size();
            tests.add(DynamicTest.dynamicTest(trial.of().name(), () -> check(trial, from, to)));
            start = to;
        }
        return tests.stream();
    }

    /** Checks a case. One that cannot be computed fails alone: the others of its batch are then computed one by one. */
    private void check(GoldenCase.Trial trial, int from, int to) {
        if (results == null) {
            results = computed();
        }
        trial.check(results.isEmpty() ? alone(trial) : results.subList(from, to));
    }

    private List<NDArray> alone(GoldenCase.Trial trial) {
        return TestedEngine.call(device.get(), new Graph(trial.inputs(), trial.results(), List.of()), trial.values());
    }

    /** Returns the results of all cases; none if they cannot be computed together. */
    private List<NDArray> computed() {
        var graph = new Graph(trials.stream().flatMap(t -> t.inputs().stream()).toList(),
                trials.stream().flatMap(t -> t.results().stream()).toList(), List.of());
        try {
            return TestedEngine.call(device.get(), graph, trials.stream().flatMap(t -> t.values().stream()).toList());
        } catch (RuntimeException e) {
            return List.of();
        }
    }
}
