package io.clarion.schedule;

import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A graph on several devices, each of which has some rows of the batch. */
final class SplitExecutable implements Executable {
    private final Cut cut;
    private final Map<Dim.Symbol, Integer> sizes;
    private final SplitDevice devices;
    private final Shares shares;
    private int[] compiledFor;
    private List<Piece> pieces = List.of();
    private Piece.Step end;
    private boolean isWarm;

    SplitExecutable(Cut cut, Map<Dim.Symbol, Integer> sizes, SplitDevice devices) {
        this.cut = cut;
        this.sizes = sizes;
        this.devices = devices;
        this.shares = new Shares(cut.rows(), devices.speeds());
    }

    @Override
    public List<NDArray> call(List<NDArray> inputs, long draw) {
        synchronized (devices) {
            compile(shares.now());
            Map<Piece.Part, NDArray> parts = new HashMap<>();
            Map<Tensor, NDArray> outputs = new HashMap<>();
            // Before any device is busy: a copy is made of what the first device holds.
            devices.each(pieces, piece -> {
                piece.steps().forEach(step -> devices.refresh(piece.device(), step.reads()));
                return null;
            });
            double[] seconds = new double[devices.count()];
            for (int level = 0; level < cut.levels(); level++) {
                int at = level;
                List<List<NDArray>> results = devices.each(pieces, piece -> {
                    Piece.Step step = piece.steps().get(at);
                    var given = new ArrayList<>(piece.inputs(step, inputs));
                    step.parts().forEach(p -> given.add(parts.get(p)));
                    long start = System.nanoTime();
                    List<NDArray> result = step.executable().call(given, draw);
                    seconds[devices.number(piece.device())] += (System.nanoTime() - start) * 1e-9;
                    return result;
                });
                collect(level, results, parts, outputs);
            }
            if (isWarm) {
                shares.took(seconds);
            }
            isWarm = true;
            var given = new ArrayList<>(end.inputs().stream().map(inputs::get).toList());
            end.parts().forEach(p -> given.add(parts.get(p)));
            List<NDArray> whole = end.executable().call(given, draw);
            IntStream.range(0, whole.size()).forEach(i -> outputs.put(end.outputs().get(i), whole.get(i)));
            return cut.graph().outputs().stream().map(outputs::get).toList();
        }
    }

    private void collect(int level, List<List<NDArray>> results, Map<Piece.Part, NDArray> parts, Map<Tensor, NDArray> outputs) {
        Piece.Step step = pieces.get(0).steps().get(level);
        int joins = step.joins().size();
        for (int i = 0; i < joins; i++) {
            for (int p = 0; p < pieces.size(); p++) {
                parts.put(new Piece.Part(step.joins().get(i), p), results.get(p).get(i));
            }
        }
        for (int i = 0; i < step.outputs().size(); i++) {
            int at = joins + i;
            Tensor output = step.outputs().get(i);
            outputs.put(output, joined(output.shape().resolve(sizes), cut.axis(output).orElseThrow(), results.stream().map(r -> r.get(at)).toList()));
        }
    }

    /** Arrays one after another along an axis. */
    private static NDArray joined(Shape shape, int axis, List<NDArray> rows) {
        NDArray all = NDArray.zeros(rows.get(0).dtype(), shape);
        int outer = shape.part(0, axis).elements();
        ByteBuffer to = all.bytes();
        List<ByteBuffer> from = rows.stream().map(NDArray::bytes).toList();
        for (int o = 0; o < outer; o++) {
            for (ByteBuffer source : from) {
                int run = source.capacity() / outer;
                to.put(source.slice(o * run, run));
            }
        }
        return all;
    }

    /** Has a piece for each device that has rows. */
    private void compile(int[] now) {
        if (Arrays.equals(now, compiledFor)) {
            return;
        }
        close();
        isWarm = false;
        List<Device> having = IntStream.range(0, now.length).filter(i -> now[i] > 0).mapToObj(devices::device).toList();
        var made = new ArrayList<Piece>();
        int from = 0;
        for (Device device : having) {
            int share = now[devices.number(device)];
            made.add(new Piece(cut, device, made.size(), having.size(), from, share, sizes, v -> devices.replica(device, v)));
            from += share;
        }
        pieces = made;
        Device first = having.get(0);
        end = made.get(0).end(having.size(), v -> devices.replica(first, v));
        compiledFor = now;
    }

    @Override
    public String explain() {
        var text = new StringBuilder();
        synchronized (devices) {
            compile(shares.now());
            for (Piece piece : pieces) {
                text.append(piece.device().report().id()).append(", ").append(compiledFor[devices.number(piece.device())]).append(" of ")
                        .append(cut.rows()).append(" rows:\n");
                piece.steps().forEach(s -> text.append(s.executable().explain()).append('\n'));
            }
            return text.append("at the end:\n").append(end.executable().explain()).toString();
        }
    }

    @Override
    public void close() {
        synchronized (devices) {
            pieces.forEach(Piece::close);
            if (end != null) {
                end.executable().close();
            }
            pieces = List.of();
            end = null;
            compiledFor = null;
        }
    }
}
