package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of {@code clarion timeline} in a browser. */
class TimelinePageTest {
    private static final Optional<String> BROWSER = Stream.of("chromium", "chromium-browser", "google-chrome")
            .flatMap(name -> ChildJvm.found(name).stream()).findFirst();

    @TempDir
    Path folder;

    private static boolean isMissing() throws IOException {
        assertFalse(BROWSER.isEmpty() && Devices.isRequired("chromium"),
                "clarion.require names chromium, and no chromium, chromium-browser or "
                        + "google-chrome is on the PATH (Debian: chromium)");
        if (BROWSER.isEmpty()) {
            Unchecked.note("the page of a trace in a browser", "Chromium or Chrome (Debian: chromium)");
        }
        return BROWSER.isEmpty();
    }

    /** The document that a page becomes, its scripts having run. */
    private static String opened(Path page) throws Exception {
        Path profile = Path.of("target", "chromium").toAbsolutePath();
        ChildJvm end = ChildJvm.run(List.of(BROWSER.orElseThrow(), "--headless", "--no-sandbox", "--disable-gpu",
                "--user-data-dir=" + profile,
                "--virtual-time-budget=5000", "--dump-dom", page.toUri().toString()), Map.of());
        assertEquals(0, end.exit(), end::output);
        return end.output();
    }

    /** A number that the page tells of itself. */
    private static int told(String document, String name) {
        Matcher m = Pattern.compile("<body [^>]*data-" + name + "=\"(\\d+)\"").matcher(document);
        assertTrue(m.find(), () -> name + " is not told: "
                + document.substring(Math.max(0, document.indexOf("<body")), document.indexOf("<body") + 300));
        return Integer.parseInt(m.group(1));
    }

    private static String error(String document) {
        Matcher m = Pattern.compile("<p id=\"error\"[^>]*>([^<]*)</p>").matcher(document);
        assertTrue(m.find(), document);
        return m.group(1);
    }

    /** The page of a training on all devices. */
    private Path page(Path trace) throws Exception {
        Path page = folder.resolve("timeline.html");
        String[] devices = Devices.all().stream().map(d -> d.facts().id()).toArray(String[]::new);
        List<String> options = List.of("-Dclarion.cache=off", "-Dclarion.home=" + folder);
        Map<String, String> setting = Map.of("CLARION_TRACE", trace.toString());
        ChildJvm traced = ChildJvm.run(TracedTraining.class, options, setting, devices);
        assertEquals(0, traced.exit(), traced::output);
        ChildJvm made = ChildJvm.run(Main.class, options, setting, "timeline", page.toString());
        assertEquals(0, made.exit(), made::output);
        return page;
    }

    @Test
    void aBrowserShowsWhatRanOnEachDeviceAndTellsOfBarsByKeys() throws Exception {
        if (isMissing()) {
            return;
        }
        Path trace = folder.resolve("trace.json");
        Path page = page(trace);
        String document = opened(page);
        assertEquals("", error(document));
        assertTrue(document.contains("data-state=\"ready\""), document);
        JsonNode events = new ObjectMapper().readTree(trace.toFile()).get("traceEvents");
        assertEquals(Devices.all().size(), told(document, "devices"));
        assertEquals(4 * Devices.all().size(), told(document, "lanes"));
        assertEquals(count(events, "X"), told(document, "bars"));
        assertEquals(count(events, "f"), told(document, "arrows"));
        assertTrue(told(document, "drawn") > 0 && told(document, "drawn-arrows") > 0);
        assertTrue(document.contains("contract over [1] of float32("), "the table has no kernel");
        Devices.all().forEach(d -> assertTrue(document.contains("<h2>" + d.facts().id() + " "), d::toString));

        String keys = Stream.of("ArrowRight", "ArrowDown", "Enter")
                .map("canvas.dispatchEvent(new KeyboardEvent('keydown', { key: '%s' }));"::formatted)
                .reduce("", String::concat);
        Path typed = folder.resolve("typed.html");
        Files.writeString(typed,
                Files.readString(page).replace("</body>", "<script>" + keys + "draw();</script></body>"));
        String after = opened(typed);
        assertEquals("", error(after));
        assertTrue(told(after, "drawn") < told(document, "drawn"));
        assertTrue(Pattern.compile(
                "<div id=\"tip\" role=\"status\" style=[^>]*><strong>[a-z_]+[0-9a-f]{16}</strong>.*<dt>duration</dt>")
                .matcher(after).find(), after);
    }

    /** Without this, no error could mean that nobody looked. */
    @Test
    void anErrorOfThePageIsSaidOnIt() throws Exception {
        if (!isMissing()) {
            Path page = folder.resolve("broken.html");
            try (var template = Main.class.getResourceAsStream("timeline.html")) {
                Files.write(page, template.readAllBytes());
            }
            assertTrue(error(opened(page)).contains("JSON"));
        }
    }

    private static long count(JsonNode events, String phase) {
        long count = 0;
        for (JsonNode e : events) {
            count += e.get("ph").textValue().equals(phase) ? 1 : 0;
        }
        return count;
    }
}
