package io.clarion.opencl.schedule;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/**
 * A file in the Trace Event Format, in which a process is a device: commands are complete events, arrows are flows.
 *
 * @see <a href="https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU">Trace Event Format</a>
 */
final class TraceEvents implements Closeable {
    private final JsonGenerator json;
    private int flows;

    /** The threads of a device, in the order of their numbers from 1. */
    enum Track {
        CALLS, QUEUE, TRANSFERS, COMPILATION
    }

    record Command(Track track, String name, String what, long bytes, double flops) {}

    /** A command that has run; times in nanoseconds of the host's clock. */
    record Done(Command command, long start, long end) {
        /** Returns the last time that lies within it. */
        long last() {
            return Math.max(start, end - 1);
        }
    }

    /** A time on a device's track, within a command there. */
    record End(int device, Track track, long time) {}

    /** From one command to another that has to do with it, be they of one device or of two. */
    record Arrow(String name, End from, End to) {}

    /** Begins the file; to close it writes its end and leaves {@code out} open. */
    TraceEvents(OutputStream out) throws IOException {
        json = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).createGenerator(out,
                JsonEncoding.UTF8);
        json.writeStartObject();
        json.writeStringField("displayTimeUnit", "ms");
        json.writeArrayFieldStart("traceEvents");
    }

    /** Names a device and its tracks. */
    void process(int device, String name) throws IOException {
        name("process_name", device, 0, name);
        for (Track track : Track.values()) {
            name("thread_name", device, thread(track), track.name().toLowerCase(Locale.ROOT));
        }
    }

    private void name(String kind, int device, int thread, String name) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", kind);
        json.writeStringField("ph", "M");
        json.writeNumberField("pid", device);
        json.writeNumberField("tid", thread);
        json.writeObjectFieldStart("args");
        json.writeStringField("name", name);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static int thread(Track track) {
        return track.ordinal() + 1;
    }

    void command(int device, Done d) throws IOException {
        Command command = d.command();
        begin(command.name(), "X", new End(device, command.track(), d.start()));
        json.writeNumberField("dur", micros(d.end() - d.start()));
        json.writeObjectFieldStart("args");
        json.writeStringField("what", command.what());
        if (command.bytes() > 0) {
            json.writeNumberField("bytes", command.bytes());
            json.writeNumberField("flops", command.flops());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /**
     * Writes a flow between commands. Both ends belong to the commands that run there then, which stand in the file
     * before them.
     */
    void flow(Arrow arrow) throws IOException {
        flow(arrow.name(), "s", arrow.from());
        flow(arrow.name(), "f", arrow.to());
        flows++;
    }

    private void flow(String name, String phase, End end) throws IOException {
        begin(name, phase, end);
        json.writeStringField("cat", "transfer");
        json.writeNumberField("id", flows);
        json.writeStringField("bp", "e");
        json.writeEndObject();
    }

    private void begin(String name, String phase, End at) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("ph", phase);
        json.writeNumberField("pid", at.device());
        json.writeNumberField("tid", thread(at.track()));
        json.writeNumberField("ts", micros(at.time()));
    }

    private static double micros(long nanos) {
        return nanos / 1e3;
    }

    @Override
    public void close() throws IOException {
        json.writeEndArray();
        json.writeEndObject();
        json.close();
    }
}
