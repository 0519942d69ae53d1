package io.clarion.opencl.schedule;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.clarion.config.Environment;
import io.clarion.opencl.compile.Compiler.Step;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Event;
import io.clarion.opencl.driver.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The commands of a device's calls with their times, in the Trace Event Format, which Perfetto and chrome://tracing open:
 * written to the file that {@code -Dclarion.trace} or {@code CLARION_TRACE} names when the device closes and when the
 * program ends. A process is a device; its threads are the calls and the compilation on the host, and the queue.
 */
public final class Trace {
    /** Commands after these are not kept: some 200 bytes each. */
    static final int MOST = 1_000_000;

    private static final List<Trace> ALL = new ArrayList<>();

    private final String device;
    private final Context context;
    private final int number;
    private final List<Done> done = new ArrayList<>();
    private final List<Open> open = new ArrayList<>();
    private long dropped;

    /** A command that has run; times in nanoseconds of the host's clock. */
    private record Done(String name, String what, Track track, long start, long end, long bytes, double flops) {}

    /** The threads of a device, in the order of their numbers from 1. */
    private enum Track { CALLS, QUEUE, COMPILATION }

    /** A command that is queued: all between two events, or one event alone. */
    private record Open(String name, String what, Event from, Event to, long bytes, double flops) {}

    private Trace(String device, Context context, int number) {
        this.device = device;
        this.context = context;
        this.number = number;
    }

    /** Where traces go; empty if none are wanted. */
    private static Optional<Path> file() {
        return Environment.value("clarion.trace", "CLARION_TRACE").map(Path::of);
    }

    /** Whether devices that are opened now have to time their commands. */
    public static boolean isWanted() {
        return file().isPresent();
    }

    /** The trace of a device that was opened to time its commands; null for one that was not. */
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
        Event event = context.queue().enqueueTimed(kernel, step.global(), step.local());
        open.add(new Open(step.kernel(), step.what(), null, event, step.cost().bytes(), step.cost().flops()));
        if (open.size() >= 4096) {
            collect(System.nanoTime(), "");
        }
    }

    /** Queues something else, such as a transfer. */
    void around(String name, long bytes, Runnable queueing) {
        Event before = context.queue().mark();
        queueing.run();
        open.add(new Open(name, bytes + " bytes", before, context.queue().mark(), bytes, 0));
    }

    /** Waits for what was queued and keeps its times; {@code call} names what the host did since {@code start}, if anything. */
    void collect(long start, String call) {
        context.queue().finish();
        long now = System.nanoTime();
        long last = open.stream().mapToLong(o -> o.to().span().end()).max().orElse(0);
        for (Open o : open) {
            Span to = o.to().span();
            long from = o.from() == null ? to.start() : o.from().span().end();
            // The last command ended as the queue was found finished: so the device's clock and the host's meet.
            keep(new Done(o.name(), o.what(), Track.QUEUE, now - (last - from), now - (last - to.end()), o.bytes(), o.flops()));
            o.to().close();
            if (o.from() != null) {
                o.from().close();
            }
        }
        open.clear();
        if (!call.isEmpty()) {
            keep(new Done("call", call, Track.CALLS, start, now, 0, 0));
        }
    }

    /** Keeps what has been done since {@code start}, of {@link System#nanoTime}, to have programs. */
    public void compiled(String name, String what, long start) {
        keep(new Done(name, what, Track.COMPILATION, start, System.nanoTime(), 0, 0));
    }

    private synchronized void keep(Done d) {
        if (done.size() < MOST) {
            done.add(d);
        } else {
            dropped++;
        }
    }

    /** Writes what all devices have done so far, replacing what is in the file. */
    public static void write() {
        Optional<Path> file = file();
        if (file.isEmpty()) {
            return;
        }
        synchronized (ALL) {
            try {
                Path unfinished = file.get().resolveSibling(file.get().getFileName() + ".unfinished");
                try (JsonGenerator json = new JsonFactory().createGenerator(unfinished.toFile(), JsonEncoding.UTF8)) {
                    json.writeStartObject();
                    json.writeStringField("displayTimeUnit", "ms");
                    json.writeArrayFieldStart("traceEvents");
                    for (Trace trace : ALL) {
                        trace.write(json);
                    }
                    json.writeEndArray();
                    json.writeEndObject();
                }
                Files.move(unfinished, file.get(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException("the trace cannot be written to " + file.get(), e);
            }
        }
    }

    private synchronized void write(JsonGenerator json) throws IOException {
        name(json, "process_name", 0, device + (dropped == 0 ? "" : ", " + dropped + " later commands left out"));
        for (Track track : Track.values()) {
            name(json, "thread_name", track.ordinal() + 1, track.name().toLowerCase(Locale.ROOT));
        }
        for (Done d : done) {
            json.writeStartObject();
            json.writeStringField("name", d.name());
            json.writeStringField("ph", "X");
            json.writeNumberField("pid", number);
            json.writeNumberField("tid", d.track().ordinal() + 1);
            json.writeNumberField("ts", d.start() / 1e3);
            json.writeNumberField("dur", (d.end() - d.start()) / 1e3);
            json.writeObjectFieldStart("args");
            json.writeStringField("what", d.what());
            if (d.bytes() > 0) {
                json.writeNumberField("bytes", d.bytes());
                json.writeNumberField("flops", d.flops());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private void name(JsonGenerator json, String kind, int thread, String name) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", kind);
        json.writeStringField("ph", "M");
        json.writeNumberField("pid", number);
        json.writeNumberField("tid", thread);
        json.writeObjectFieldStart("args");
        json.writeStringField("name", name);
        json.writeEndObject();
        json.writeEndObject();
    }
}
