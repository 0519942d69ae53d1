package io.clarion.runtime.debug;

import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for what makes results infinite or no numbers, before a call that would have such: computes the results without
 * updating anything and, if one is bad, all that leads to them.
 */
public final class FiniteCheck {
    private final Graph results;
    private final Device device;
    private final Map<Map<Dim.Symbol, Integer>, Executable> executables = new HashMap<>();

    /** Returns a check of the calls of {@code graph}, whose inputs are placeholders. */
    public FiniteCheck(Graph graph, Device device) {
        this.results = new Graph(graph.inputs(), graph.results(), List.of());
        this.device = device;
    }

    /** Throws {@link NotFinite} if a call with these inputs, of these sizes, would have a bad result. */
    public void before(List<NDArray> inputs, Map<Dim.Symbol, Integer> sizes, long draw) {
        Executable executable = executables.computeIfAbsent(sizes, s -> device.compile(results.specialise(s)));
        if (executable.call(inputs, draw).stream().anyMatch(v -> NanTracer.badElements(v).length > 0)) {
            throw new NotFinite("call: " + NanTracer.of(results, device, inputs, sizes, draw));
        }
    }

    public void close() {
        executables.values().forEach(Executable::close);
        executables.clear();
    }
}
