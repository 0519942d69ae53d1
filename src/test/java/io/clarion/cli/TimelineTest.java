package io.clarion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.cli.terminal.Children.End;
import io.clarion.hostile.Format;
import io.clarion.hostile.Sweep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code clarion timeline}: the page of a trace. */
class TimelineTest {
    private static final String NAMES = """
            {"name": "process_name", "ph": "M", "pid": 1, "tid": 0, "args": {"name": "pocl:0 Some CPU"}},
            {"name": "thread_name", "ph": "M", "pid": 1, "tid": 1, "args": {"name": "calls"}},
            {"name": "thread_name", "ph": "M", "pid": 1, "tid": 2, "args": {"name": "queue"}},
            {"name": "thread_name", "ph": "M", "pid": 1, "tid": 3, "args": {"name": "transfers"}},
            """;
    private static final String TRACE = """
            {"displayTimeUnit": "ms", "traceEvents": [%s
            {"name": "write", "ph": "X", "pid": 1, "tid": 3, "ts": 1000.5, "dur": 2, "args": {"what": "float32(2,)", "bytes": 8, "flops": 0.0}},
            {"name": "map_0123456789abcdef", "ph": "X", "pid": 1, "tid": 2, "ts": 1003, "dur": 4.25, "args": {"what": "add", "bytes": 24, "flops": 2.0}},
            {"name": "call", "ph": "X", "pid": 1, "tid": 1, "ts": 1000, "dur": 9, "args": {"what": "1 kernels"}},
            {"name": "write", "ph": "s", "pid": 1, "tid": 1, "ts": 1000.1, "cat": "transfer", "id": 0, "bp": "e"},
            {"name": "write", "ph": "f", "pid": 1, "tid": 3, "ts": 1000.5, "cat": "transfer", "id": 0, "bp": "e"},
            {"name": "an instant of another program's", "ph": "i", "pid": 1, "tid": 1, "ts": 1000}
            ]}"""
            .formatted(NAMES);

    @TempDir
    Path folder;

    private final Terminal terminal = new Terminal(List.of(), new End.Done());

    private Path trace(String text) throws IOException {
        return Files.writeString(folder.resolve("trace.json"), text);
    }

    private String page(String trace) throws IOException {
        Path out = folder.resolve("out.html");
        assertEquals(0, terminal.run("timeline", "--trace", trace(trace).toString(), out.toString()), terminal.err());
        return Files.readString(out);
    }

    private static JsonNode data(String page) throws IOException {
        String begin = "<script type=\"application/json\" id=\"data\">";
        int from = page.indexOf(begin) + begin.length();
        return new ObjectMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
    }

    @Test
    void thePageHasWhatTheTraceTellsInNanosecondsFromTheFirstCommandOn() throws IOException {
        JsonNode data = data(page(TRACE));
        assertEquals("[\"pocl:0 Some CPU\"]", data.get("devices").toString());
        JsonNode calls = data.get("lanes").get(0);
        JsonNode queue = data.get("lanes").get(1);
        assertEquals(List.of("calls", "queue", "transfers"), data.get("lanes").findValuesAsText("track"));
        assertEquals("[0] [9000]", calls.get("start") + " " + calls.get("duration"));
        assertEquals("[3000] [4250] [24] [2.0]",
                queue.get("start") + " " + queue.get("duration") + " " + queue.get("bytes") + " " + queue.get("flops"));
        assertEquals("map_0123456789abcdef, add",
                data.get("texts").get(queue.get("name").get(0).intValue()).textValue() + ", "
                        + data.get("texts").get(queue.get("what").get(0).intValue()).textValue());
        JsonNode arrows = data.get("arrows");
        assertEquals("[0] [100] [2] [500]", arrows.get("fromLane") + " " + arrows.get("from") + " "
                + arrows.get("toLane") + " " + arrows.get("to"));
        assertTrue(terminal.out().endsWith("out.html: 3 commands on 1 device in 0.000 s, to be opened in a browser\n"),
                terminal.out());
    }

    @Test
    void thePageRefersToNothingElse() throws IOException {
        String page = page(TRACE).toLowerCase(Locale.ROOT);
        for (String reference : List.of("http:", "https:", "src=", "href=", "url(", "@import", "fetch(", "import(",
                "xmlhttprequest")) {
            assertFalse(page.contains(reference), reference);
        }
        assertTrue(page.contains("default-src 'none'"));
    }

    @Test
    void noNameEndsTheScriptThatHoldsIt() throws IOException {
        String name = "</script><script>alert(1)</script><!--";
        String page = page(TRACE.replace("map_0123456789abcdef", name));
        assertFalse(page.contains("<script>alert"));
        assertTrue(data(page).get("texts").toString().contains(name));
    }

    @Test
    void withoutATraceItTakesTheOneThatTheSettingNames() throws IOException {
        System.setProperty("clarion.trace", trace(TRACE).toString());
        try {
            assertEquals(0, terminal.run("timeline", folder.resolve("out.html").toString()), terminal.err());
        } finally {
            System.clearProperty("clarion.trace");
        }
        assertEquals(3, data(Files.readString(folder.resolve("out.html"))).get("lanes").size());
    }

    static final class TraceFile implements Format {
        @Override
        public List<byte[]> valid() {
            return List.of(TRACE.getBytes(StandardCharsets.UTF_8),
                    "{\"traceEvents\": [{\"ph\": \"X\", \"pid\": 3, \"ts\": 5}]}".getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Path file(Path folder) {
            return folder.resolve("trace.json");
        }

        @Override
        public void read(Path file) throws IOException {
            Timeline timeline = TraceReader.read(file);
            if (timeline.bars() == 0 || timeline.devices().isEmpty() || !(timeline.seconds() >= 0)) {
                throw new AssertionError(timeline);
            }
        }

        @Override
        public boolean isDocumented(Exception e) {
            return e.getClass() == IOException.class && e.getMessage().contains("trace.json: ")
                    && e.getMessage().length() < 800;
        }
    }

    @Test
    void damagedTracesAreReadOrRefused() throws Exception {
        Sweep.of(TraceFile.class, folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nesting", "number", "name"})
    void whatIsBeyondTheLimitsOfJsonIsAnErrorThatNamesTheTrace(String beyond) throws IOException {
        String text = "{\"traceEvents\": [{\"ph\": \"X\", " + switch (beyond) {
            case "nesting" -> "\"args\": " + "[".repeat(3000);
            case "number" -> "\"ts\": 0." + "1".repeat(3000) + "}]}";
            default -> "\"" + "n".repeat(100_000) + "\": 1}]}";
        };
        Path file = trace(text);
        String message = assertThrows(IOException.class, () -> TraceReader.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
    }

    /** To find each device's place among them one by one would take minutes. */
    @Test
    void aTraceMayHaveManyDevices() throws IOException {
        String events = IntStream.range(0, 30_000)
                .mapToObj(i -> "{\"ph\": \"X\", \"pid\": " + i + ", \"tid\": 1, \"ts\": 5, \"dur\": 1}")
                .collect(Collectors.joining(",\n"));
        assertEquals(30_000, TraceReader.read(trace("{\"traceEvents\": [" + events + "]}")).lanes().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "an epoch | it is no JSON at line 1, column 1: Unrecognized token 'an'",
            "{'traceEvents': [{'ph': 'X' | it is no JSON at line 1, column 28: Unexpected end-of-input",
            "[] | it has no list of traceEvents",
            "{} | it has no list of traceEvents",
            "{'traceEvents': 3} | it has no list of traceEvents",
            "{'traceEvents': [7]} | what stands at line 1, column 18 is no event of a trace",
            "{'traceEvents': [{'ph': 'X', 'ts': 'noon'}]} | what stands at line 1, column 36 is no event of a trace",
            "{'traceEvents': [null, {}, {'name': 'process_name', 'ph': 'M'}]} | it tells of nothing that ran"})
    void whatIsNoTraceIsRefusedWithWhyAndWhatWouldBeOne(String text, String why) throws IOException {
        Path file = trace(text.replace('\'', '"'));
        assertEquals(1, terminal.run("timeline", "--trace", file.toString(), folder.resolve("out.html").toString()));
        assertTrue(terminal.err().startsWith(file + ": ") && terminal.err().contains(why)
                && terminal.err().contains("CLARION_TRACE=FILE"), terminal.err());
        assertFalse(Files.exists(folder.resolve("out.html")));
    }

    @Test
    void aTraceThatIsNotThereIsSaidSo() {
        assertEquals(1, terminal.run("timeline", "--trace", folder.resolve("none.json").toString(),
                folder.resolve("out.html").toString()));
        assertTrue(terminal.err().endsWith("none.json: there is no such file\n"), terminal.err());
    }

    @Test
    void aFolderThatIsNotThereIsSaidSo() throws IOException {
        assertEquals(1, terminal.run("timeline", "--trace", trace(TRACE).toString(),
                folder.resolve("none/out.html").toString()));
        assertTrue(terminal.err().contains("out.html: there is no folder " + folder.resolve("none")), terminal.err());
    }

    @Test
    void thePageDoesNotReplaceTheTrace() throws IOException {
        Path file = trace(TRACE);
        assertEquals(2, terminal.run("timeline", "--trace", file.toString(), file.toString()));
        assertEquals(TRACE, Files.readString(file));
    }

    @Property(tries = 50)
    void everyCommandIsABarInTheOrderOfTheStartsWhateverTheOrderInTheFile(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 0, max = 1_000_000_000) Integer> starts)
            throws IOException {
        Path file = Files.createTempFile("trace", ".json");
        try {
            Files.writeString(file, starts.stream()
                    .map(ns -> "{\"name\": \"k\", \"ph\": \"X\", \"pid\": %d, \"tid\": %d, \"ts\": %s, \"dur\": 1}"
                            .formatted(ns % 2, ns % 3, ns / 1e3))
                    .collect(Collectors.joining(",", "{\"traceEvents\": [", "]}")));
            Timeline timeline = TraceReader.read(file);
            int first = starts.stream().mapToInt(Integer::intValue).min().orElseThrow();
            var told = new ArrayList<Long>();
            for (Timeline.Lane lane : timeline.lanes()) {
                long[] sorted = lane.start().clone();
                Arrays.sort(sorted);
                assertArrayEquals(sorted, lane.start());
                Arrays.stream(lane.start()).forEach(told::add);
            }
            assertEquals(starts.stream().map(s -> (long) s - first).sorted().toList(), told.stream().sorted().toList());
        } finally {
            Files.delete(file);
        }
    }
}
