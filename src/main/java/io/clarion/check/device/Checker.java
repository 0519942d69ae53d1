package io.clarion.check.device;

import io.clarion.check.device.Check.Computation;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Runs checks on a device, but for those that need a dtype that it lacks.
 *
 * @param reference where results come from that no statement tells
 */
public record Checker(Device device, Device reference) {
    /** Runs the checks of a group as one graph or, if that cannot be or is not wanted, {@code apart}. */
    public void run(Check.Group all, boolean apart, Consumer<Verdict> verdicts) {
        var group = new Check.Group(all.name(), all.calls(),
                all.checks().stream().filter(c -> device.report().fp64() || !needsFloat64(c)).toList());
        if (!apart && !group.checks().isEmpty()) {
            try {
                judged(group, group.checks()).forEach(verdicts);
                return;
            } catch (RuntimeException e) {
                // One of them is the reason: it will say so for itself.
            }
        }
        group.checks().forEach(c -> verdicts.accept(alone(group, c)));
    }

    /**
     * Returns whether some tensor of a check is float64; not of one that cannot be built, which its verdict will tell.
     */
    private static boolean needsFloat64(Check check) {
        try {
            Computation c = check.graph().apply(placeholders(check));
            return new Graph(List.of(), c.outputs(), c.updates()).tensors().stream()
                    .anyMatch(t -> t.dtype() == DType.FLOAT64);
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static List<Tensor> placeholders(Check check) {
        return check.inputs().stream().map(v -> Tensor.of(new Op.Placeholder(v.dtype(), v.shape(), check.name())))
                .toList();
    }

    private Verdict alone(Check.Group group, Check check) {
        try {
            return judged(group, List.of(check)).get(0);
        } catch (RuntimeException e) {
            return Verdict.failed(group.name(), check, String.valueOf(e.getMessage()));
        }
    }

    private List<Verdict> judged(Check.Group group, List<Check> checks) {
        List<List<NDArray>> got = results(device, group.calls(), checks);
        List<List<NDArray>> want = checks.stream().allMatch(c -> c.statement().isPresent()) ? got
                : results(reference, group.calls(), checks);
        return IntStream.range(0, checks.size())
                .mapToObj(i -> verdict(group.name(), checks.get(i), got.get(i), want.get(i))).toList();
    }

    private static Verdict verdict(String group, Check check, List<NDArray> got, List<NDArray> want) {
        if (check.statement().isPresent()) {
            return Verdict.of(group, check, got.get(0), check.statement().get().apply(check.inputs()),
                    got.get(0).shape());
        }
        return IntStream.range(0, want.size())
                .mapToObj(i -> Verdict.of(group, check, got.get(i), want.get(i).toDoubles(), want.get(i).shape()))
                .reduce(Verdict::and).orElseThrow();
    }

    /** Returns the outputs of each check after the last of some calls. */
    private static List<List<NDArray>> results(Device device, int calls, List<Check> checks) {
        var inputs = new ArrayList<Tensor>();
        var values = new ArrayList<NDArray>();
        var parts = new ArrayList<Computation>();
        for (Check check : checks) {
            List<Tensor> own = placeholders(check);
            parts.add(check.graph().apply(own));
            inputs.addAll(own);
            values.addAll(check.inputs());
        }
        var graph = new Graph(inputs, parts.stream().flatMap(p -> p.outputs().stream()).toList(),
                parts.stream().flatMap(p -> p.updates().stream()).toList());
        try (var function = new Function(graph, device)) {
            List<NDArray> outputs = List.of();
            for (int i = 0; i < calls; i++) {
                outputs = function.call(values);
            }
            var results = new ArrayList<List<NDArray>>();
            for (int i = 0, at = 0; i < parts.size(); at += parts.get(i++).outputs().size()) {
                results.add(outputs.subList(at, at + parts.get(i).outputs().size()));
            }
            return results;
        }
    }
}
