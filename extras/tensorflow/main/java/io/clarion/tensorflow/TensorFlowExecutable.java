package io.clarion.tensorflow;

import io.clarion.engine.Executable;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.graph.Graph;
import io.clarion.graph.Listing;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.NDArray;
import io.clarion.tensorflow.runtime.EagerCall;
import io.clarion.tensorflow.runtime.TensorHandle;
import io.clarion.tensorflow.translate.TranslatedGraph;
import java.util.ArrayList;
import java.util.List;

/** A graph as one function of TensorFlow's, and a call of it for each call. */
final class TensorFlowExecutable implements Executable {
    private final Graph graph;
    private final TranslatedGraph translated;
    private final TensorFlowDevice device;
    private final DeviceMetrics metrics;
    /** Guarded by the device. */
    private boolean isClosed;

    TensorFlowExecutable(Graph graph, TranslatedGraph translated, TensorFlowDevice device) {
        this.graph = graph;
        this.translated = translated;
        this.device = device;
        this.metrics = device.metrics();
        translated.variables().forEach(device::storage);
    }

    @Override
    public List<NDArray> call(List<NDArray> inputs, long draw) {
        metrics.arrive();
        try {
            return Variable.inTurn(device, translated.variables(), device::storage, () -> run(inputs, draw));
        } finally {
            metrics.leave();
        }
    }

    private List<NDArray> run(List<NDArray> inputs, long draw) {
        if (isClosed) {
            throw new IllegalStateException("call: the function is closed");
        }
        metrics.start();
        try {
            return computed(inputs, draw);
        } finally {
            metrics.stop();
        }
    }

    private List<NDArray> computed(List<NDArray> inputs, long draw) {
        List<TensorHandle> variables = translated.variables().stream().map(v -> device.storage(v).handle()).toList();
        try (EagerCall call = device.open().call(translated.name(), device.name())) {
            return computed(call, inputs, variables, draw);
        }
    }

    private List<NDArray> computed(EagerCall call, List<NDArray> inputs, List<TensorHandle> variables, long draw) {
        var copies = new ArrayList<TensorHandle>();
        var results = new ArrayList<TensorHandle>();
        try {
            inputs.forEach(array -> copies.add(TensorHandle.of(array)));
            copies.forEach(call::input);
            variables.forEach(call::input);
            if (translated.draws()) {
                copies.add(TensorHandle.ofUnsigned(0, draw));
                call.input(copies.getLast());
            }
            results.addAll(call.run(graph.outputs().size() + (graph.updates().isEmpty() ? 0 : 1)));
            graph.updates().forEach(u -> u.variable().changed());
            var outputs = new ArrayList<NDArray>();
            for (Tensor t : graph.outputs()) {
                NDArray output = NDArray.zeros(t.dtype(), t.shape());
                results.get(outputs.size()).read(output);
                outputs.add(output);
            }
            return outputs;
        } finally {
            copies.forEach(TensorHandle::close);
            results.forEach(TensorHandle::close);
        }
    }

    @Override
    public String explain() {
        return String.join(System.lineSeparator(), Listing.of(graph)) + System.lineSeparator() + translated.describe();
    }

    @Override
    public void close() {
        synchronized (device) {
            if (!isClosed) {
                isClosed = true;
                translated.close();
            }
        }
    }
}
