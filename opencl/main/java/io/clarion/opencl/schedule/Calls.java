package io.clarion.opencl.schedule;

import io.clarion.engine.TransferStream;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.opencl.compile.Compiler.Compiled;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Event;
import io.clarion.opencl.driver.Queue;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The execution of a command buffer's calls on the device: all of it in the device's turn, or the transfers before and
 * after it.
 */
final class Calls {
    private final Context context;
    private final Trace trace;
    private final Object turn;
    private final DeviceMetrics metrics;
    private final Overlap overlap;
    private final TransferChunks atOnce;
    private final Compiled compiled;
    private final Buffers buffers;
    private final Commands commands;
    private boolean mayHaveUpdated;
    private boolean isClosed;

    /**
     * The outputs that a call asks for: the first are added to {@code kept}, the others are read.
     *
     * @param into   arrays for those that are read
     * @param number of the call
     * @param stream where arrays of the host go to other devices, or come from them, meanwhile
     */
    record Request(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number,
            Optional<TransferStream> stream) {}

    /** In the device's turn, with all variables on the device. */
    interface Turn {
        Event give(Supplier<Event> action);
    }

    /**
     * Makes the calls of a command buffer.
     *
     * @param turn what is held in the device's turn
     */
    Calls(Compiled compiled, Context context, Trace trace, Object turn, DeviceMetrics metrics, Overlap overlap,
            Buffers buffers, Commands commands) {
        this.compiled = compiled;
        this.context = context;
        this.trace = trace;
        this.turn = turn;
        this.metrics = metrics;
        this.overlap = overlap;
        this.atOnce = TransferChunks.whole(context.queue());
        this.buffers = buffers;
        this.commands = commands;
    }

    /** Returns whether the last call has queued what may update variables. */
    boolean mayHaveUpdated() {
        return mayHaveUpdated;
    }

    boolean isClosed() {
        return isClosed;
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("call: the function is closed");
        }
    }

    /** Does all of a call; to be asked for in turn. */
    void run(Request call) {
        mayHaveUpdated = false;
        metrics.start();
        try {
            requireOpen();
            long start = trace == null ? 0 : System.nanoTime();
            buffers.write(atOnce, call.values());
            buffers.writeDraw(context.queue(), call.number());
            buffers.lend(outputs(call), call.into());
            compute(call);
            buffers.read(atOnce, outputs(call), call.into());
            keep(call);
            context.queue().finish();
            called(start);
        } catch (RuntimeException e) {
            leaveQueue(call);
            throw e;
        } finally {
            buffers.leave();
            metrics.stop();
        }
    }

    /** Does a call whose transfers wait for no turn; to be asked for out of turn, by one thread at a time. */
    void runOverlapped(Request call, Turn inTurn) {
        mayHaveUpdated = false;
        try {
            requireOpen();
            write(call);
            Event done = inTurn.give(() -> queued(call));
            whileOpen(() -> await(done));
            read(call);
        } catch (RuntimeException e) {
            synchronized (turn) {
                leaveQueue(call);
            }
            throw e;
        } finally {
            buffers.leave();
        }
    }

    private void whileOpen(Runnable action) {
        overlap.open().lock();
        try {
            action.run();
        } finally {
            overlap.open().unlock();
        }
    }

    private void write(Request call) {
        TransferStream stream = call.stream().orElse(null);
        if (stream != null) {
            buffers.write(new TransferChunks(transfers(), overlap.chunk(), (array, end, queueing) -> {
                // While others may transfer, and the device may close: whoever fills the array may need that.
                stream.await(array, end);
                moved(queueing);
            }), call.values());
        }
        if (stream == null && buffers.haveToBeWritten(call.values()) || buffers.hasDraw()) {
            moved(() -> {
                if (stream == null) {
                    buffers.write(TransferChunks.whole(transfers()), call.values());
                }
                buffers.writeDraw(transfers(), call.number());
            });
        }
    }

    private void read(Request call) {
        TransferStream stream = call.stream().orElse(null);
        if (stream != null) {
            buffers.read(new TransferChunks(transfers(), overlap.chunk(), (array, end, queueing) -> {
                moved(queueing);
                stream.filled(array, end);
            }), outputs(call), call.into());
        } else if (!call.into().isEmpty()) {
            moved(() -> buffers.read(TransferChunks.whole(transfers()), outputs(call), call.into()));
        }
    }

    /** Has something moved while the device stays open. */
    private void moved(Runnable queueing) {
        whileOpen(() -> transfers().move(queueing));
    }

    private Queue transfers() {
        return context.transfers();
    }

    /** Queues what is done in turn; the event is of all of it. */
    private Event queued(Request call) {
        metrics.start();
        try {
            long start = trace == null ? 0 : System.nanoTime();
            compute(call);
            keep(call);
            called(start);
            return context.queue().sent();
        } catch (RuntimeException e) {
            leaveQueue(call);
            metrics.stop();
            throw e;
        }
    }

    private void await(Event done) {
        try (done) {
            done.await();
        } finally {
            metrics.stop();
        }
    }

    /** Queues the kernels, and what becomes of variables. */
    private void compute(Request call) {
        buffers.use(call.values());
        mayHaveUpdated = !compiled.graph().updates().isEmpty();
        commands.enqueue(call.values());
        compiled.graph().updates().forEach(u -> u.variable().changed());
        buffers.copy();
    }

    /** Returns how many outputs stay on the device, the first ones. */
    private int outputs(Request call) {
        return compiled.outputs().size() - call.into().size();
    }

    private void keep(Request call) {
        for (int i = 0; i < outputs(call); i++) {
            call.kept().add(buffers.kept(compiled.outputs().subList(i, compiled.outputs().size())));
        }
    }

    private void called(long start) {
        if (trace != null) {
            trace.called("call", commands.kernels() + " kernels", start);
        }
    }

    /**
     * Drains the queue after a failure: nothing that is queued may use the caller's memory any more, and nothing is
     * kept.
     */
    private void leaveQueue(Request call) {
        context.drain();
        List<DeviceArray> kept = call.kept();
        while (!kept.isEmpty()) {
            kept.remove(kept.size() - 1).close();
        }
        if (trace != null) {
            trace.forget();
        }
    }

    void close() {
        isClosed = true;
        commands.close();
        buffers.close();
    }
}
