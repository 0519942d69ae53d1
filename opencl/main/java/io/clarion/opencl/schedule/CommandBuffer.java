package io.clarion.opencl.schedule;

import io.clarion.engine.Executable;
import io.clarion.engine.Gauge;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.Compiler.Binding;
import io.clarion.opencl.compile.Compiler.Compiled;
import io.clarion.opencl.compile.Compiler.Output;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Event;
import io.clarion.opencl.driver.OutOfDeviceMemory;
import io.clarion.opencl.driver.Program;
import io.clarion.opencl.driver.Queue;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A compiled graph recorded on a device: kernels whose arguments are bound once, and the buffers they work in. A call
 * writes the inputs, enqueues all kernels, reads the outputs and waits once.
 *
 * <p>Calls on one device run one after another. Where an {@link Overlap} says so, their transfers do not wait for that: inputs
 * are written before a call has its turn, and outputs read after it.
 */
public final class CommandBuffer implements Executable {
    private final Context context;
    private final Trace trace;
    private final Object turn;
    private final Gauge gauge;
    private final Lock open;
    private final boolean isOverlapped;
    /** Held by a call of which not all is in turn, before the turn. */
    private final Object calls = new Object();
    private final Compiled compiled;
    private final Residents residents;
    private final Set<Variable> variables;
    /** Held while variables are fetched. */
    private final Lock moves;
    private final Buffers buffers;
    private final Commands commands;
    private volatile long lastUse;
    private boolean isRecorded;
    /** Whether the call at hand has queued what may update variables. */
    private boolean mayHaveUpdated;
    private boolean isClosed;
    /** Whether a call of which not all is in turn needs the buffers; guarded by them. */
    private boolean isBusy;

    /**
     * Records {@code compiled}.
     *
     * @param programs  for each kernel's name the program that holds it; they stay their maker's
     * @param turn      what a call holds while it runs
     * @param gauge     counts the calls
     * @param overlap   which of them move what they need out of turn
     * @param residents what else has memory on the device
     */
    public CommandBuffer(Compiled compiled, Map<String, Program> programs, Object turn, Gauge gauge, Overlap overlap, Residents residents) {
        this.compiled = compiled;
        this.context = residents.context();
        this.trace = residents.trace();
        this.turn = turn;
        this.gauge = gauge;
        this.open = overlap.open();
        this.isOverlapped = bytes(compiled) >= overlap.least() && compiled.outputs().stream().allMatch(o -> o.place() instanceof Binding.Slot);
        this.residents = residents;
        this.variables = compiled.graph().variables();
        this.moves = variables.stream().allMatch(Variable::isLocal) ? residents.moves() : Variable.moves();
        this.lastUse = residents.use();
        this.buffers = new Buffers(compiled, turn, context, trace, v -> residents.home(v, this), bytes -> residents.allocate(bytes, this));
        this.commands = new Commands(context, trace, buffers);
        residents.add(this);
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

    /** What a call moves at most. */
    private static long bytes(Compiled compiled) {
        return Stream.concat(compiled.inputs().stream(), compiled.outputs().stream().map(Output::tensor)).mapToLong(Buffers::bytes).sum();
    }

    @Override
    public List<NDArray> call(List<NDArray> values, long number) {
        List<NDArray> outputs = arrays(0);
        call(values, outputs, number);
        return outputs;
    }

    @Override
    public void call(List<? extends Value> values, List<NDArray> into, long number) {
        call(usable(values), List.of(), into, number);
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
            lastUse = residents.use();
            if (isOverlapped) {
                callOverlapped(values, kept, into, number);
            } else {
                inTurn(() -> {
                    withRoom(() -> runInTurn(values, kept, into, number));
                    return null;
                });
            }
        } finally {
            gauge.leave();
        }
    }

    private void callOverlapped(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        synchronized (calls) {
            setBusy(true);
            try {
                withRoom(() -> overlapped(values, kept, into, number));
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

    private void overlapped(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        int first = compiled.outputs().size() - into.size();
        try {
            whileOpen(() -> write(values, number));
            Event done = inTurn(() -> queued(values, first, kept));
            whileOpen(() -> {
                await(done);
                read(first, into);
            });
        } catch (RuntimeException e) {
            synchronized (turn) {
                leaveQueue(kept);
            }
            throw e;
        } finally {
            buffers.leave();
        }
    }

    /** Does what is done out of turn; nobody waits for a turn meanwhile. */
    private void whileOpen(Runnable action) {
        open.lock();
        try {
            action.run();
        } finally {
            open.unlock();
        }
    }

    private void write(List<? extends Value> values, long number) {
        requireOpen();
        if (buffers.haveToBeWritten(values)) {
            Queue transfers = context.transfers();
            transfers.move(() -> buffers.write(transfers, values, number));
        }
    }

    private void read(int first, List<NDArray> into) {
        if (!into.isEmpty()) {
            Queue transfers = context.transfers();
            transfers.move(() -> buffers.read(transfers, first, into));
        }
    }

    /** Queues what is done in turn; the event is of all of it. */
    private Event queued(List<? extends Value> values, int outputs, List<DeviceArray> kept) {
        gauge.start();
        try {
            long start = trace == null ? 0 : System.nanoTime();
            compute(values);
            keep(outputs, kept);
            if (trace != null) {
                trace.called("call", commands.kernels() + " kernels", start);
            }
            return context.queue().sent();
        } catch (RuntimeException e) {
            leaveQueue(kept);
            gauge.stop();
            throw e;
        }
    }

    private void await(Event done) {
        try (done) {
            done.await();
        } finally {
            gauge.stop();
        }
    }

    /** After a failure nothing that is queued may use the caller's memory any more, and nothing is kept. */
    private void leaveQueue(List<DeviceArray> kept) {
        context.drain();
        giveUp(kept);
        if (trace != null) {
            trace.forget();
        }
    }

    /** What {@code action} gives in the device's turn, with all variables where the kernels look for them. */
    private <T> T inTurn(Supplier<T> action) {
        return Variable.inTurn(turn, moves, buffers::areHere, () -> buffers.fetched(this::follow), action);
    }

    private void follow() {
        if (!isClosed) {
            commands.follow();
        }
    }

    /** Does a call; where the driver finds no memory for it, again when what is idle has left the device, unless something may have been updated. */
    private void withRoom(Runnable call) {
        while (true) {
            try {
                mayHaveUpdated = false;
                call.run();
                return;
            } catch (OutOfDeviceMemory e) {
                synchronized (turn) {
                    commands.forget();
                }
                if (e.asked() > 0) {
                    throw e;
                }
                if (mayHaveUpdated || !residents.spill(this)) {
                    throw residents.explained(e, compiled, !mayHaveUpdated);
                }
            }
        }
    }

    private void runInTurn(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        gauge.start();
        try {
            run(values, kept, into, number);
        } catch (RuntimeException e) {
            leaveQueue(kept);
            throw e;
        } finally {
            buffers.leave();
            gauge.stop();
        }
    }

    private static void giveUp(List<DeviceArray> kept) {
        while (!kept.isEmpty()) {
            kept.remove(kept.size() - 1).close();
        }
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("call: the function is closed");
        }
    }

    private void run(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        requireOpen();
        long start = trace == null ? 0 : System.nanoTime();
        buffers.write(context.queue(), values, number);
        int first = compiled.outputs().size() - into.size();
        buffers.lend(first, into);
        compute(values);
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
        mayHaveUpdated = !compiled.graph().updates().isEmpty();
        commands.enqueue(values);
        compiled.graph().updates().forEach(u -> u.variable().changed());
        buffers.copy();
    }

    private void keep(int outputs, List<DeviceArray> kept) {
        for (int i = 0; i < outputs; i++) {
            kept.add(buffers.kept(compiled.outputs().subList(i, compiled.outputs().size())));
        }
    }

    // What the device's memory is wanted for; all but what is known from the beginning in turn.

    Set<Variable> variables() {
        return variables;
    }

    long lastUse() {
        return lastUse;
    }

    /** Whether it could give up its buffers. */
    boolean isIdle() {
        synchronized (buffers) {
            return isRecorded && !isClosed && !isBusy;
        }
    }

    /** The bytes that it holds besides variables. */
    long bytes() {
        return held().stream().mapToLong(Residents.Held::bytes).sum();
    }

    List<Residents.Held> held() {
        return buffers.held(toString());
    }

    /** Gives its buffers up until the next call, unless there is one by now. */
    void spill() {
        synchronized (buffers) {
            if (!isBusy) {
                buffers.spill();
                commands.forget();
            }
        }
    }

    Compiled compiled() {
        return compiled;
    }

    @Override
    public String toString() {
        return Residents.name(compiled);
    }

    @Override
    public String explain() {
        return Explanation.of(compiled);
    }

    @Override
    public void close() {
        residents.remove(this);
        synchronized (calls) {
            synchronized (turn) {
                isClosed = true;
                commands.close();
                buffers.close();
            }
        }
    }
}
