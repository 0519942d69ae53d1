package io.clarion.conformance;

import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The device that is tested, and what the tests of all topics need. */
public interface TestedEngine {
    /** Returns the device that is tested, the same at each call until a test closes it; an open one then. */
    Device device();

    /**
     * Returns how many cases one function computes: more than one for an engine that compiles a large graph sooner than
     * many small ones.
     */
    default int casesAFunction() {
        return 1;
    }

    /** Returns the device that says what is right. */
    static Device reference() {
        return Engines.named("reference").orElseThrow().open("reference:0");
    }

    /** Calls a graph once on a device. */
    static List<NDArray> call(Device device, Graph graph, NDArray... values) {
        return call(device, graph, List.of(values));
    }

    /** Calls a graph once on a device. */
    static List<NDArray> call(Device device, Graph graph, List<NDArray> values) {
        try (Function function = new Function(graph, device)) {
            return function.call(values);
        }
    }

    /** Returns what a variable's value is when a call begins. */
    static Tensor read(Variable variable) {
        return Tensor.of(new Op.Read(variable));
    }

    /** Returns float32 numbers that count from {@code from}. */
    static NDArray counting(int n, double from) {
        return NDArray.of(DType.FLOAT32, IntStream.range(0, n).mapToDouble(i -> from + i).toArray(), n);
    }

    /** Returns the elements of a list in lists of {@code n}, of which the last may have fewer. */
    static <T> List<List<T>> inParts(List<T> all, int n) {
        var parts = new ArrayList<List<T>>();
        for (int i = 0; i < all.size(); i += n) {
            parts.add(all.subList(i, Math.min(i + n, all.size())));
        }
        return parts;
    }
}
