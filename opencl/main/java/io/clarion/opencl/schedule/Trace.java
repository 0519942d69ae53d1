package io.clarion.opencl.schedule;

import io.clarion.config.Home;
import io.clarion.opencl.compile.Compiler.Step;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Event;
import io.clarion.opencl.driver.Queue;
import io.clarion.opencl.driver.Span;
import io.clarion.opencl.schedule.TraceEvents.Arrow;
import io.clarion.opencl.schedule.TraceEvents.Command;
import io.clarion.opencl.schedule.TraceEvents.Done;
import io.clarion.opencl.schedule.TraceEvents.End;
import io.clarion.opencl.schedule.TraceEvents.Track;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/**
 * The commands of a device's calls with their times, in the Trace Event Format, which Perfetto and chrome://tracing
 * open: written to the file that {@code -Dclarion.trace} or {@code CLARION_TRACE} names when the device closes and when
 * the program ends. A process is a device; its threads are the calls on the host, the queue's kernels and its
 * transfers, and the compilation. Flows lead from calls to writes and from reads to calls, and from the read of an
 * array to what takes it next.
 */
public final class Trace {
    /** Commands after these are not kept: some 200 bytes each. */
    static final int MOST = 1_000_000;

    private static final List<Trace> ALL = new ArrayList<>();
    /** Where arrays come from that a device has given: each from its last read. */
    private static final Map<NDArray, End> READ = Collections.synchronizedMap(new WeakHashMap<>());

    private final String device;
    private final Context context;
    private final int number;
    private final List<Done> done = new ArrayList<>();
    private final List<Arrow> arrows = new ArrayList<>();
    private final List<Open> open = new ArrayList<>();
    private long dropped;

    /** The direction of a transfer: from the host, to it, or on the device. */
    enum Transfer { WRITE, READ, COPY }

    /** A command that is queued: all between two events, or one event alone. */
    private record Open(Command command, Event from, Event to, Moved moved) {
        void close() {
            to.close();
            if (from != null) {
                from.close();
            }
        }
    }

    /**
     * The host's side of a transfer.
     *
     * @param array  null if the host has none that others could take
     * @param read   where a device gave what is in the array; null if none did
     * @param queued when the host asked for it
     */
    private record Moved(Transfer kind, NDArray array, End read, long queued) {}

    private Trace(String device, Context context, int number) {
        this.device = device;
        this.context = context;
        this.number = number;
    }

    /** Returns whether devices that are opened now have to time their commands. */
    public static boolean isWanted() {
        return Home.trace().isPresent();
    }

    /** Returns the trace of a device that was opened to time its commands; null for one that was not. */
    public static Trace of(String device, Context context) {
        if (!context.profiling()) {
            return null;
        }
        synchronized (ALL) {
            if (ALL.isEmpty()) {
                Runtime.getRuntime().addShutdownHook(new Thread(Trace::write));
            }
            var trace = new Trace(device, context, ALL.size() + 1);
            ALL.add(trace);
            return trace;
        }
    }

    /** Queues a kernel. */
    void launch(io.clarion.opencl.driver.Kernel kernel, Step.Kernel step) {
        var command = new Command(Track.QUEUE, step.kernel(), step.what(), step.cost().bytes(), step.cost().flops());
        if (!context.device().timesCommands()) {
            run(command, null, () -> context.queue().enqueue(kernel, step.global(), step.local()));
            return;
        }
        open.add(new Open(command, null, context.queue().enqueueTimed(kernel, step.global(), step.local()), null));
        if (open.size() >= 4096) {
            collect();
        }
    }

    /**
     * Queues a transfer of {@code bytes}, from or to {@code array} if it is not null; it is timed if {@code trace} is
     * not null.
     */
    static void transfer(Trace trace, Queue queue, Transfer kind, long bytes, NDArray array, Runnable queueing) {
        if (trace == null) {
            queueing.run();
        } else if (queue == trace.context.queue()) {
            trace.around(kind, bytes, array, queueing);
        } else {
            trace.beside(queue, kind, bytes, array, queueing);
        }
    }

    private void around(Transfer kind, long bytes, NDArray array, Runnable queueing) {
        var moved = new Moved(kind, array, READ.get(array), System.nanoTime());
        Command command = command(kind, bytes, array);
        if (!context.device().timesCommands()) {
            run(command, moved, queueing);
            return;
        }
        Event before = context.queue().mark();
        try {
            queueing.run();
            open.add(new Open(command, before, context.queue().mark(), moved));
        } catch (RuntimeException e) {
            before.close();
            throw e;
        }
    }

    /** Queues a transfer on a queue beside that of the kernels, by one thread at a time, and waits for it. */
    private void beside(Queue queue, Transfer kind, long bytes, NDArray array, Runnable queueing) {
        var moved = new Moved(kind, array, READ.get(array), System.nanoTime());
        queueing.run();
        queue.finish();
        var d = new Done(command(kind, bytes, array), moved.queued(), System.nanoTime());
        keep(d);
        link(d, moved);
    }

    private static Command command(Transfer kind, long bytes, NDArray array) {
        String what = array == null ? bytes + " bytes" : array.dtype().word() + array.shape();
        return new Command(Track.TRANSFERS, kind.name().toLowerCase(Locale.ROOT), what, bytes, 0);
    }

    /** Queues a command and waits for it, as the host has to time it where the device does not. */
    private void run(Command command, Moved moved, Runnable queueing) {
        long start = System.nanoTime();
        queueing.run();
        context.queue().finish();
        long now = System.nanoTime();
        ran(new Done(command, start, now), moved, now);
    }

    /** Moves an array outside of any call, as {@link #transfer} would, and waits; {@code what} says what it is. */
    static void alone(Trace trace, Transfer kind, NDArray array, String what, Runnable moving) {
        if (trace == null) {
            moving.run();
        } else {
            trace.move(kind, array, what, moving);
        }
    }

    private void move(Transfer kind, NDArray array, String what, Runnable moving) {
        long start = System.nanoTime();
        try {
            around(kind, array.bytes().remaining(), array, moving);
            called("move", what, start);
        } catch (RuntimeException e) {
            forget();
            throw e;
        }
    }

    /** Drops what was queued, as is to be done where it has failed. */
    void forget() {
        open.forEach(Open::close);
        open.clear();
    }

    /** Tells that the call at hand uses an array where it lies. */
    void uses(NDArray array) {
        End read = READ.get(array);
        if (read != null) {
            keep(new Arrow("use", read, new End(number, Track.CALLS, System.nanoTime())));
        }
    }

    /** Waits for what was queued, and keeps its times and what the host did since {@code start} to have it done. */
    void called(String name, String what, long start) {
        keep(new Done(new Command(Track.CALLS, name, what, 0, 0), start, collect()));
    }

    /** Waits for what was queued and keeps its times; gives the time when it was found done. */
    private long collect() {
        context.queue().finish();
        long now = System.nanoTime();
        long last = open.stream().mapToLong(o -> o.to().span().end()).max().orElse(0);
        for (Open o : open) {
            Span to = o.to().span();
            long from = o.from() == null ? to.start() : o.from().span().end();
            // The last command ended as the queue was found finished: so the device's clock and the host's meet.
            ran(new Done(o.command(), now - (last - from), now - (last - to.end())), o.moved(), now);
        }
        forget();
        return now;
    }

    /**
     * Keeps a command, that the host found done at {@code now}, and whence its bytes come and where they go if it moved
     * some.
     */
    private void ran(Done d, Moved moved, long now) {
        keep(d);
        if (moved == null) {
            return;
        }
        if (moved.kind() == Transfer.WRITE) {
            keep(new Arrow("write", new End(number, Track.CALLS, moved.queued()), within(d, moved.queued())));
        } else if (moved.kind() == Transfer.READ) {
            End end = within(d, d.last());
            keep(new Arrow("read", end, new End(number, Track.CALLS, Math.min(end.time(), now - 1))));
        }
        link(d, moved);
    }

    /** Leads from the read of an array to its next write. */
    private void link(Done d, Moved moved) {
        if (moved.kind() == Transfer.WRITE && moved.read() != null) {
            keep(new Arrow("use", moved.read(), within(d, moved.read().time())));
        } else if (moved.kind() == Transfer.READ && moved.array() != null) {
            READ.put(moved.array(), within(d, d.last()));
        }
    }

    /** Returns the time within a command that is nearest to {@code time}. */
    private End within(Done d, long time) {
        return new End(number, d.command().track(), Math.clamp(time, d.start(), d.last()));
    }

    /** Keeps what has been done since {@code start}, of {@link System#nanoTime}, to have programs. */
    public void compiled(String name, String what, long start) {
        keep(new Done(new Command(Track.COMPILATION, name, what, 0, 0), start, System.nanoTime()));
    }

    private synchronized void keep(Done d) {
        if (done.size() < MOST) {
            done.add(d);
        } else {
            dropped++;
        }
    }

    private synchronized void keep(Arrow a) {
        if (dropped == 0) {
            arrows.add(a);
        }
    }

    /** Writes what all devices have done so far, replacing what is in the file. */
    public static void write() {
        Optional<Path> file = Home.trace();
        if (file.isEmpty()) {
            return;
        }
        synchronized (ALL) {
            try {
                WholeFile.write(file.get(), out -> {
                    try (var events = new TraceEvents(out)) {
                        for (Trace trace : ALL) {
                            trace.write(events);
                        }
                    }
                });
            } catch (IOException e) {
                throw new UncheckedIOException("the trace cannot be written to " + file.get(), e);
            }
        }
    }

    private synchronized void write(TraceEvents events) throws IOException {
        events.process(number, device + (dropped == 0 ? "" : ", " + dropped + " later commands left out"));
        for (Done d : done) {
            events.command(number, d);
        }
        for (Arrow a : arrows) {
            events.flow(a);
        }
    }
}
