package io.clarion.engine;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes outputs from inputs on a device and applies updates; compiled once for each signature of input shapes.
 *
 * <p>Calls may come from several threads; they run one after another.
 */
public final class Function implements AutoCloseable {
    private final Graph graph;
    private final Device device;
    private final Map<List<Shape>, Executable> executables = new HashMap<>();
    private long calls;

    /** A function on {@code device}; every input of {@code graph} is a placeholder. */
    public Function(Graph graph, Device device) {
        for (Tensor in : graph.inputs()) {
            if (!(in.op() instanceof Op.Placeholder)) {
                throw new IllegalArgumentException("function: " + in + " is not a placeholder; only placeholders can be inputs");
            }
        }
        for (Tensor t : graph.tensors()) {
            if (t.op() instanceof Op.Placeholder p && !graph.inputs().contains(t)) {
                throw new IllegalArgumentException("function: the outputs need the placeholder " + p.name()
                        + " of shape " + p.shape() + ", which is not among the inputs");
            }
        }
        this.graph = graph;
        this.device = device;
    }

    /** The graph as it was written. */
    public Graph graph() {
        return graph;
    }

    public Device device() {
        return device;
    }

    /** Calls with one value for each input, in their order; returns the outputs. */
    public List<NDArray> call(NDArray... values) {
        return call(List.of(values));
    }

    /** Calls with one value for each input, in their order; returns the outputs. */
    public synchronized List<NDArray> call(List<NDArray> values) {
        List<NDArray> fed = checked(values);
        return executable(fed).call(fed, calls++);
    }

    /** What the function became for inputs of these shapes: kernels, buffers, bytes. */
    public synchronized String explain(NDArray... values) {
        return executable(checked(List.of(values))).explain();
    }

    private Executable executable(List<NDArray> fed) {
        List<Shape> signature = fed.stream().map(NDArray::shape).toList();
        Executable known = executables.get(signature);
        if (known == null) {
            known = device.compile(graph.specialise(sizes(fed)));
            executables.put(signature, known);
        }
        return known;
    }

    private List<NDArray> checked(List<NDArray> values) {
        if (values.size() != graph.inputs().size()) {
            throw new IllegalArgumentException("call: the function has " + graph.inputs().size() + " inputs, "
                    + values.size() + " values were given");
        }
        var fed = new ArrayList<NDArray>();
        for (int i = 0; i < values.size(); i++) {
            var in = (Op.Placeholder) graph.inputs().get(i).op();
            NDArray value = values.get(i);
            if (!in.shape().accepts(value.shape())) {
                throw new IllegalArgumentException("call: input " + i + " (" + in.name() + ") has shape " + in.shape()
                        + ", the value given has " + value.shape());
            }
            if (value.dtype() != in.dtype() && !converts(value.dtype(), in.dtype())) {
                throw new IllegalArgumentException("call: input " + i + " (" + in.name() + ") has dtype "
                        + in.dtype().word() + ", the value given has " + value.dtype().word()
                        + "; cast it first: this conversion could lose something");
            }
            fed.add(value.cast(in.dtype()));
        }
        return fed;
    }

    private static boolean converts(DType from, DType to) {
        return from.promote(to) == to || from.isFloating() && to.isFloating();
    }

    private Map<Dim.Symbol, Integer> sizes(List<NDArray> fed) {
        var sizes = new HashMap<Dim.Symbol, Integer>();
        for (int i = 0; i < fed.size(); i++) {
            Shape declared = graph.inputs().get(i).shape();
            for (int a = 0; a < declared.rank(); a++) {
                int size = fed.get(i).shape().size(a);
                if (declared.dim(a) instanceof Dim.Symbol symbol && sizes.putIfAbsent(symbol, size) instanceof Integer other
                        && other != size) {
                    throw new IllegalArgumentException("call: axis " + a + " of input " + i + " has " + size
                            + " elements where another input has " + other);
                }
            }
        }
        return sizes;
    }

    @Override
    public synchronized void close() {
        executables.values().forEach(Executable::close);
        executables.clear();
    }
}
