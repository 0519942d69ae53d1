package io.clarion.theano;

import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Executable;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.graph.Graph;
import io.clarion.graph.Listing;
import io.clarion.graph.Variable;
import io.clarion.tensor.NDArray;
import io.clarion.theano.translate.TranslatedGraph;
import io.clarion.theano.worker.Worker;
import java.util.List;

/** A graph as one function of the worker's, and a message for each call. */
final class TheanoExecutable implements Executable {
    private final Graph graph;
    private final TranslatedGraph translated;
    private final TheanoDevice device;
    private final Worker worker;
    private final long function;
    private final DeviceMetrics metrics;
    private final String operations;
    private volatile boolean isClosed;

    TheanoExecutable(Graph graph, TheanoDevice device, Worker worker, long function) {
        this.graph = graph;
        this.translated = new TranslatedGraph(graph);
        this.device = device;
        this.worker = worker;
        this.function = function;
        this.metrics = device.metrics();
        this.operations = translated.compile(worker, function);
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
            if (device.open() != worker) {
                throw new DeviceFailure(device + " has begun anew since this function was compiled; compile it again");
            }
            List<Long> storages = translated.variables().stream().map(v -> device.storage(v).numberIn(worker, v.name()))
                    .toList();
            List<NDArray> outputs = graph.outputs().stream().map(t -> NDArray.zeros(t.dtype(), t.shape())).toList();
            translated.call(worker, function, storages, inputs, draw, outputs);
            graph.updates().forEach(u -> u.variable().changed());
            return outputs;
        } finally {
            metrics.stop();
        }
    }

    @Override
    public String explain() {
        return String.join(System.lineSeparator(), Listing.of(graph)) + System.lineSeparator() + worker.library() + ": "
                + operations;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            worker.sendIfAlive(Worker.message("forget").put("function", function));
        }
    }
}
