package io.clarion.opencl.schedule;

import io.clarion.engine.Executable;
import io.clarion.engine.Gauge;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.Compiler.Compiled;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Program;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A compiled graph recorded on a device: kernels whose arguments are bound once, and the buffers they work in. A call
 * writes the inputs, enqueues all kernels, reads the outputs and waits once.
 *
 * <p>Calls on one device run one after another.
 */
public final class CommandBuffer implements Executable {
    private final Context context;
    private final Trace trace;
    private final Object turn;
    private final Gauge gauge;
    private final Compiled compiled;
    private final Buffers buffers;
    private final Commands commands;
    private boolean isClosed;

    /**
     * Records {@code compiled}.
     *
     * @param programs for each kernel's name the program that holds it; they stay their maker's
     * @param trace    keeps the times of commands; null if none are wanted
     * @param turn     what a call holds while it runs
     * @param gauge    counts the calls
     * @param home     gives the buffer of a variable on this device
     */
    public CommandBuffer(Compiled compiled, Map<String, Program> programs, Context context, Trace trace, Object turn, Gauge gauge,
            Function<Variable, VariableBuffer> home) {
        this.compiled = compiled;
        this.context = context;
        this.trace = trace;
        this.turn = turn;
        this.gauge = gauge;
        this.buffers = new Buffers(compiled, context, trace, turn, home);
        this.commands = new Commands(context, trace, buffers);
        try {
            buffers.allocate();
            Variable.inTurn(turn, () -> false, () -> buffers.fetched(() -> { }), () -> {
                commands.record(compiled.steps(), programs);
                return null;
            });
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public List<NDArray> call(List<NDArray> values, long number) {
        List<NDArray> outputs = arrays(0);
        call(values, outputs, number);
        return outputs;
    }

    @Override
    public void call(List<NDArray> values, List<NDArray> into, long number) {
        call(values, List.of(), into, number);
    }

    @Override
    public Outputs call(List<? extends Value> values, int kept, long number) {
        var outputs = new Outputs(kept == 0 ? List.of() : new ArrayList<>(kept), arrays(kept));
        call(usable(values), outputs.kept(), outputs.read(), number);
        return outputs;
    }

    /** For the outputs from one on. */
    private List<NDArray> arrays(int first) {
        return compiled.outputs().stream().skip(first).map(o -> NDArray.zeros(o.tensor().dtype(), o.tensor().shape())).toList();
    }

    /** The values, of which those that another device has are read; to be asked for out of turn. */
    private List<? extends Value> usable(List<? extends Value> values) {
        for (Value value : values) {
            if (isElsewhere(value)) {
                return values.stream().map(v -> isElsewhere(v) ? ((DeviceArray) v).value() : v).toList();
            }
        }
        return values;
    }

    private boolean isElsewhere(Value value) {
        return value instanceof DeviceArray && !(value instanceof KeptBuffer kept && kept.isOn(context));
    }

    /** Reads the last outputs into arrays; those before them are added to {@code kept}. */
    private void call(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        gauge.arrive();
        try {
            inTurn(() -> {
                runInTurn(values, kept, into, number);
                return null;
            });
        } finally {
            gauge.leave();
        }
    }

    /** What {@code action} gives in the device's turn, with all variables on the device. */
    private <T> T inTurn(Supplier<T> action) {
        return Variable.inTurn(turn, buffers::areHere, () -> buffers.fetched(this::follow), action);
    }

    private void follow() {
        if (!isClosed) {
            commands.follow();
        }
    }

    private void runInTurn(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        gauge.start();
        try {
            run(values, kept, into, number);
        } catch (RuntimeException e) {
            // Nothing that is queued may use the caller's memory any more.
            context.drain();
            kept.forEach(DeviceArray::close);
            if (trace != null) {
                trace.forget();
            }
            throw e;
        } finally {
            buffers.leave();
            gauge.stop();
        }
    }

    private void run(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        if (isClosed) {
            throw new IllegalStateException("call: the function is closed");
        }
        long start = trace == null ? 0 : System.nanoTime();
        buffers.write(context.queue(), values, number);
        compute(values);
        int first = compiled.outputs().size() - into.size();
        buffers.read(context.queue(), first, into);
        keep(first, kept);
        if (trace != null) {
            trace.called("call", commands.kernels() + " kernels", start);
        }
        context.queue().finish();
    }

    /** Queues the kernels, and what becomes of variables. */
    private void compute(List<? extends Value> values) {
        buffers.use(values);
        commands.enqueue(values);
        compiled.graph().updates().forEach(u -> u.variable().changed());
        buffers.copy();
    }

    private void keep(int outputs, List<DeviceArray> kept) {
        for (int i = 0; i < outputs; i++) {
            kept.add(buffers.kept(compiled.outputs().subList(i, outputs)));
        }
    }

    @Override
    public String explain() {
        return Explanation.of(compiled);
    }

    @Override
    public void close() {
        synchronized (turn) {
            isClosed = true;
            commands.close();
            buffers.close();
        }
    }
}
