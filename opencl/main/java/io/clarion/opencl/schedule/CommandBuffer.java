package io.clarion.opencl.schedule;

import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Executable;
import io.clarion.engine.TransferStream;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.Compiler.Binding;
import io.clarion.opencl.compile.Compiler.Compiled;
import io.clarion.opencl.compile.Compiler.Output;
import io.clarion.opencl.compile.Passes;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Program;
import io.clarion.opencl.driver.device.OutOfDeviceMemory;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A compiled graph recorded on a device: kernels whose arguments are bound once, and the buffers they work in. A call
 * writes the inputs, enqueues all kernels, reads the outputs and waits once.
 *
 * <p>Calls on one device run one after another. Where an {@link Overlap} says so, their transfers do not wait for that:
 * inputs are written before a call has its turn, and outputs read after it.
 */
public final class CommandBuffer implements Executable {
    private final Context context;
    private final Object turn;
    private final DeviceMetrics metrics;
    private final boolean isOverlapped;
    /** Held by a call of which not all is in turn, before the turn. */
    private final Object overlapped = new Object();
    private final Compiled compiled;
    private final DeviceMemory memory;
    private final Set<Variable> variables;
    /** Held while variables are fetched. */
    private final Lock moves;
    private final Buffers buffers;
    private final Commands commands;
    private final Calls calls;
    private volatile long lastUse;
    private boolean isRecorded;
    /** Whether a call of which not all is in turn needs the buffers; guarded by them. */
    private boolean isBusy;

    /**
     * Records {@code compiled}.
     *
     * @param programs for each kernel's name the program that holds it; they stay their maker's
     * @param turn     what a call holds while it runs
     * @param metrics  counts the calls
     * @param overlap  which of them move what they need out of turn
     * @param memory   what else has memory on the device
     */
    public CommandBuffer(Compiled compiled, Map<String, Program> programs, Object turn, DeviceMetrics metrics,
            Overlap overlap, DeviceMemory memory) {
        this.compiled = compiled;
        this.context = memory.context();
        Trace trace = memory.trace();
        this.turn = turn;
        this.metrics = metrics;
        this.isOverlapped = bytes(compiled) >= overlap.least()
                && compiled.outputs().stream().allMatch(o -> o.place() instanceof Binding.Slot);
        this.memory = memory;
        this.variables = compiled.graph().variables();
        this.moves = variables.stream().allMatch(Variable::isLocal) ? memory.moves() : Variable.moves();
        this.lastUse = memory.use();
        this.buffers = new Buffers(compiled, turn, context, trace, v -> memory.home(v, this),
                bytes -> memory.allocate(bytes, this));
        this.commands = new Commands(context, trace, buffers);
        this.calls = new Calls(compiled, context, trace, turn, metrics, overlap, buffers, commands);
        memory.add(this);
        try {
            buffers.allocate();
            inTurn(() -> {
                commands.record(compiled.steps(), programs);
                return isRecorded = true;
            });
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Returns what a call moves at most. */
    private static long bytes(Compiled compiled) {
        return Stream.concat(compiled.inputs().stream(), compiled.outputs().stream().map(Output::tensor))
                .mapToLong(Buffers::bytes).sum();
    }

    @Override
    public List<NDArray> call(List<NDArray> values, long number) {
        List<NDArray> outputs = arrays(0);
        call(values, outputs, number);
        return outputs;
    }

    @Override
    public void call(List<? extends Value> values, List<NDArray> into, long number) {
        call(new Calls.Request(usable(values), List.of(), into, number, Optional.empty()));
    }

    @Override
    public void call(List<NDArray> values, List<NDArray> into, long number, TransferStream stream) {
        if (isOverlapped) {
            call(new Calls.Request(values, List.of(), into, number, Optional.of(stream)));
        } else {
            Executable.super.call(values, into, number, stream);
        }
    }

    @Override
    public Outputs call(List<? extends Value> values, int kept, long number) {
        var outputs = new Outputs(kept == 0 ? List.of() : new ArrayList<>(kept), arrays(kept));
        call(new Calls.Request(usable(values), outputs.kept(), outputs.read(), number, Optional.empty()));
        return outputs;
    }

    /** Makes arrays for the outputs from {@code first} on. */
    private List<NDArray> arrays(int first) {
        return compiled.outputs().stream().skip(first).map(o -> NDArray.zeros(o.tensor().dtype(), o.tensor().shape()))
                .toList();
    }

    /** Returns the values, of which those that another device has are read; to be asked for out of turn. */
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

    private void call(Calls.Request request) {
        metrics.arrive();
        try {
            lastUse = memory.use();
            if (isOverlapped) {
                overlapped(request);
            } else {
                inTurn(() -> {
                    withRoom(() -> calls.run(request));
                    return null;
                });
            }
        } catch (IllegalStateException e) {
            throw context.isClosed()
                    ? new DeviceFailure(
                            context.device().id() + " has been closed, or begun anew, since the function was compiled")
                    : e;
        } finally {
            metrics.leave();
        }
    }

    private void overlapped(Calls.Request request) {
        synchronized (overlapped) {
            setBusy(true);
            try {
                withRoom(() -> calls.runOverlapped(request, this::inTurn));
            } finally {
                setBusy(false);
            }
        }
    }

    private void setBusy(boolean now) {
        synchronized (buffers) {
            isBusy = now;
        }
    }

    /** Returns what {@code action} gives in the device's turn, with all variables where the kernels look for them. */
    private <T> T inTurn(Supplier<T> action) {
        return Variable.inTurn(turn, moves, buffers::areHere, () -> buffers.fetched(this::follow), action);
    }

    private void follow() {
        if (!calls.isClosed()) {
            commands.follow();
        }
    }

    /**
     * Does a call; where the driver finds no memory for it, again when what is idle has left the device, unless
     * something may have been updated.
     */
    private void withRoom(Runnable call) {
        while (true) {
            try {
                call.run();
                return;
            } catch (OutOfDeviceMemory e) {
                synchronized (turn) {
                    commands.forget();
                }
                if (e.asked() > 0) {
                    throw e;
                }
                if (calls.mayHaveUpdated() || !memory.evict(this)) {
                    throw memory.explained(e, compiled, !calls.mayHaveUpdated());
                }
            }
        }
    }

    // What the device's memory is wanted for; all but what is known from the beginning in turn.

    Set<Variable> variables() {
        return variables;
    }

    long lastUse() {
        return lastUse;
    }

    /** Returns whether it could give up its buffers. */
    boolean isIdle() {
        synchronized (buffers) {
            return isRecorded && !calls.isClosed() && !isBusy;
        }
    }

    /** Returns the bytes that it holds besides variables. */
    long bytes() {
        return held().stream().mapToLong(DeviceMemory.Held::bytes).sum();
    }

    List<DeviceMemory.Held> held() {
        return buffers.held(toString());
    }

    /** Gives its buffers up until the next call, unless there is one by now. */
    void evict() {
        synchronized (buffers) {
            if (!isBusy) {
                buffers.evict();
                commands.forget();
            }
        }
    }

    Compiled compiled() {
        return compiled;
    }

    @Override
    public String toString() {
        return DeviceMemory.name(compiled);
    }

    @Override
    public String explain() {
        return Explanation.of(compiled);
    }

    @Override
    public String explain(String pass) {
        return String.join("\n", Passes.listing(compiled.graph(), compiled.strategy(), pass)) + "\n";
    }

    @Override
    public void close() {
        memory.remove(this);
        synchronized (overlapped) {
            synchronized (turn) {
                calls.close();
            }
        }
    }
}
