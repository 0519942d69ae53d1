package io.clarion.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.cli.Timeline.Arrows;
import io.clarion.cli.Timeline.Lane;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/** Reads a trace in the Trace Event Format: names of processes and threads, complete events, and flows. */
final class TraceReader {
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Map<Long, String> devices = new LinkedHashMap<>();
    private final Map<Thread, String> tracks = new LinkedHashMap<>();
    private final Map<Thread, List<Bar>> bars = new LinkedHashMap<>();
    private final Map<String, Integer> texts = new LinkedHashMap<>();
    private final Map<String, End> begun = new HashMap<>();
    private final List<Flow> flows = new ArrayList<>();

    /** As it is in the file, with times in microseconds. */
    private record Event(String name, String ph, long pid, long tid, double ts, double dur, String id, Args args) {}

    private record Args(String name, String what, long bytes, double flops) {}

    private record Thread(long pid, long tid) {}

    private record Bar(long start, long duration, int name, int what, long bytes, double flops) {}

    private record End(Thread thread, long time) {}

    private record Flow(int name, End from, End to) {}

    private TraceReader() {}

    /** Returns what the file tells; an {@link IOException} says what is wrong with it. */
    static Timeline read(Path file) throws IOException {
        var reader = new TraceReader();
        try (JsonParser json = MAPPER.createParser(Files.newInputStream(file))) {
            if (!reader.events(json)) {
                throw noTrace(file, "it has no list of traceEvents");
            }
        } catch (JsonMappingException e) {
            throw noTrace(file, "what stands" + place(e) + " is no event of a trace");
        } catch (JsonProcessingException e) {
            throw noTrace(file, "it is no JSON" + place(e) + ": " + e.getOriginalMessage());
        } catch (CharConversionException e) {
            throw noTrace(file, "it is no text");
        }
        if (reader.bars.isEmpty()) {
            throw noTrace(file, "it tells of nothing that ran");
        }
        return reader.timeline(file.getFileName().toString());
    }

    private static String place(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static IOException noTrace(Path file, String why) {
        return new IOException(file + ": " + why
                + "; a trace is the file that a command writes with -Dclarion.trace=FILE or CLARION_TRACE=FILE");
    }

    /** Takes all events; false if there is no list of them. */
    private boolean events(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        boolean found = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean theirs = json.currentName().equals("traceEvents");
            if (json.nextToken() == JsonToken.START_ARRAY && theirs) {
                found = true;
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    take(json.readValueAs(Event.class));
                }
            } else {
                json.skipChildren();
            }
        }
        return found;
    }

    private void take(Event e) {
        if (e == null || e.ph() == null) {
            return;
        }
        var thread = new Thread(e.pid(), e.tid());
        long time = nanos(e.ts());
        Args args = e.args() == null ? new Args(null, null, 0, 0) : e.args();
        switch (e.ph()) {
            case "M" -> {
                if ("process_name".equals(e.name()) && args.name() != null) {
                    devices.put(e.pid(), args.name());
                } else if ("thread_name".equals(e.name()) && args.name() != null) {
                    tracks.put(thread, args.name());
                }
            }
            case "X" -> bars.computeIfAbsent(thread, t -> new ArrayList<>())
                    .add(new Bar(time, nanos(e.dur()), text(e.name()), text(args.what()), args.bytes(), args.flops()));
            case "s" -> begun.put(e.name() + " " + e.id(), new End(thread, time));
            case "f" -> {
                End from = begun.remove(e.name() + " " + e.id());
                if (from != null) {
                    flows.add(new Flow(text(e.name()), from, new End(thread, time)));
                }
            }
            default -> {}
        }
    }

    private static long nanos(double micros) {
        return Math.round(micros * 1e3);
    }

    private int text(String text) {
        return texts.computeIfAbsent(text == null ? "" : text, t -> texts.size());
    }

    private Timeline timeline(String trace) {
        long first = bars.values().stream().flatMap(List::stream).mapToLong(Bar::start).min().orElseThrow();
        bars.keySet().forEach(t -> {
            devices.putIfAbsent(t.pid(), "process " + t.pid());
            tracks.putIfAbsent(t, "thread " + t.tid());
        });
        Map<Long, Integer> order = new HashMap<>();
        devices.keySet().forEach(pid -> order.put(pid, order.size()));
        List<Thread> threads = tracks.keySet().stream().filter(bars::containsKey)
                .sorted(Comparator.comparingInt((Thread t) -> order.get(t.pid())).thenComparingLong(Thread::tid))
                .toList();
        Map<Thread, Integer> places = new HashMap<>();
        threads.forEach(t -> places.put(t, places.size()));
        return new Timeline(trace, List.copyOf(devices.values()),
                threads.stream().map(t -> lane(t, order.get(t.pid()), first)).toList(),
                List.copyOf(texts.keySet()), arrows(places, first));
    }

    private Lane lane(Thread thread, int device, long first) {
        List<Bar> its = bars.get(thread);
        its.sort(Comparator.comparingLong(Bar::start));
        return new Lane(device, tracks.get(thread), longs(its, b -> b.start() - first), longs(its, Bar::duration),
                ints(its, Bar::name), ints(its, Bar::what),
                longs(its, Bar::bytes), its.stream().mapToDouble(Bar::flops).toArray());
    }

    private Arrows arrows(Map<Thread, Integer> places, long first) {
        List<Flow> drawn = flows.stream()
                .filter(f -> places.containsKey(f.from().thread()) && places.containsKey(f.to().thread())).toList();
        return new Arrows(ints(drawn, Flow::name), ints(drawn, f -> places.get(f.from().thread())),
                longs(drawn, f -> f.from().time() - first),
                ints(drawn, f -> places.get(f.to().thread())), longs(drawn, f -> f.to().time() - first));
    }

    private static <T> long[] longs(List<T> rows, ToLongFunction<T> column) {
        return rows.stream().mapToLong(column).toArray();
    }

    private static <T> int[] ints(List<T> rows, ToIntFunction<T> column) {
        return rows.stream().mapToInt(column).toArray();
    }
}
