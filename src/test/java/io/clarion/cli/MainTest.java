package io.clarion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.check.RandomCheck;
import io.clarion.check.device.Verdict;
import io.clarion.cli.terminal.Children.End;
import io.clarion.config.TestHome;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engine;
import io.clarion.engine.Engines;
import io.clarion.engine.Finding;
import io.clarion.engine.Finding.Severity;
import io.clarion.engine.Speed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private static final List<Engine> FAKE = List.of(new FakeEngine(List.of()));
    private static final End DONE = new End.Done();

    @TempDir
    Path home;
    private String userHome;
    private TestHome clarionHome;

    @BeforeEach
    void liveInAFolderOfItsOwn() {
        userHome = System.getProperty("user.home");
        System.setProperty("user.home", home.toString());
        clarionHome = new TestHome(home.resolve("clarion"));
    }

    @AfterEach
    void moveOut() {
        System.setProperty("user.home", userHome);
        clarionHome.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version", "help train", "devices --help", "train mnist --help",
            "cache clear --help",
            "timeline --help", "generate-completion"})
    void whatOnlyTellsIsDone(String line) {
        var terminal = new Terminal(FAKE, DONE);
        assertEquals(0, terminal.run(line.split(" ")), terminal.err());
        assertFalse(terminal.out().isBlank());
        assertEquals("", terminal.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fly", "--fly", "check --device", "check --device=9", "train", "train cifar",
            "train mnist --epochs many",
            "train mnist --epochs 0", "train mnist --model vgg", "train mnist --optimizer lion",
            "train mnist --device none", "train mnist --sharing place", "train mnist --devices all --sharing rows",
            "cache",
            "devices extra", "timeline", "timeline a.html b.html", "tune --minutes 0", "tune --minutes long",
            "train mnist --model mlp --epochs 1 --save /nowhere/w.npz"})
    void wrongUseIsTwoAndOneSentence(String line) {
        var terminal = new Terminal(FAKE, DONE);
        assertEquals(2, terminal.run(line.split(" ")), terminal.out());
        assertFalse(terminal.err().isBlank());
        assertFalse(terminal.err().contains("\tat "), terminal.err());
    }

    @Test
    void everyCommandIsInTheHelpAndOnItsPage() throws IOException {
        String page = Files.readString(Path.of("../docs/reference/command-line.md"));
        var help = new Terminal(FAKE, DONE);
        help.run("--help");
        for (String command : Main.commandLine(help.context()).getSubcommands().keySet()) {
            assertTrue(page.contains("| `" + command), command);
            assertTrue(help.out().contains("  " + command + " "), command);
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsToldBeforeTraining() {
        var nowhere = new Terminal(Engines.all(), DONE);
        Path file = home.resolve("nowhere/w.npz");
        assertEquals(2,
                nowhere.run("train", "mnist", "--model", "mlp", "--device", "reference:0", "--save", file.toString()));
        assertEquals("", nowhere.out());
        assertEquals("--save " + file + ": its folder " + file.getParent() + " does not exist", nowhere.err().strip());
        var folder = new Terminal(Engines.all(), DONE);
        assertEquals(2,
                folder.run("train", "mnist", "--model", "mlp", "--device", "reference:0", "--save", home.toString()));
        assertTrue(folder.err().contains("it is a folder; name a file in it, as in " + home.resolve("weights.npz")),
                folder.err());
    }

    @Test
    void helpDoesNotTellOfChildren() {
        var terminal = new Terminal(FAKE, DONE);
        terminal.run("--help");
        assertFalse(terminal.out().contains("child"), terminal.out());
    }

    @Test
    void aStackTraceIsShownOnlyToThoseWhoDebug() throws IOException {
        Path file = Files.writeString(home.resolve("w.npz"), "no weights");
        var quiet = new Terminal(FAKE, DONE);
        assertEquals(1, quiet.run("train", "mnist", "--load", file.toString()));
        assertEquals(1, quiet.err().lines().filter(l -> l.contains("w.npz")).count(), quiet.err());
        assertFalse(quiet.err().contains("\tat "), quiet.err());
        var debug = new Terminal(FAKE, DONE);
        assertEquals(1, debug.run("train", "mnist", "--debug", "--load", file.toString()));
        assertTrue(debug.err().contains("\tat io.clarion"), debug.err());
    }

    @Test
    void aFileThatIsNotThereIsSaidSo() {
        var terminal = new Terminal(FAKE, DONE);
        assertEquals(1, terminal.run("train", "mnist", "--load", home.resolve("none.npz").toString()));
        assertTrue(terminal.err().endsWith("none.npz: there is no such file\n"), terminal.err());
    }

    @Test
    void devicesAreListedWithWhatKeepsThemFromUse() {
        var terminal = new Terminal(FAKE, DONE);
        assertEquals(0, terminal.run("devices"));
        List<String> lines = terminal.out().lines().toList();
        assertTrue(lines.get(0).startsWith("id      name         vendor  type"), terminal.out());
        assertTrue(lines.get(1).contains("16.0 GB") && lines.get(1).endsWith("yes, the default"), terminal.out());
        assertTrue(lines.get(2).endsWith("no: it speaks OpenCL 1.0"), terminal.out());
        assertEquals("platform Clover (opencl): no devices", lines.get(3));
    }

    @Test
    void theJsonOfDevicesIsSchemaOne() throws IOException {
        var terminal = new Terminal(FAKE, DONE);
        assertEquals(0, terminal.run("devices", "--json"));
        JsonNode json = new ObjectMapper().readTree(terminal.out());
        assertEquals(List.of("schema", "default", "platforms"), names(json));
        assertEquals(1, json.get("schema").intValue());
        assertEquals("fake:0", json.get("default").textValue());
        JsonNode platform = json.get("platforms").get(0);
        assertEquals(List.of("engine", "name", "vendor", "version", "error", "devices"), names(platform));
        assertEquals(List.of("id", "name", "vendor", "type", "driver", "version", "computeUnits", "memoryBytes", "fp16",
                "fp64",
                "unusable", "speed", "probe"), names(platform.get("devices").get(0)));
        assertEquals("it speaks OpenCL 1.0", platform.get("devices").get(1).get("unusable").textValue());
        assertEquals("no devices", json.get("platforms").get(1).get("error").textValue());
    }

    @Test
    void aProbeIsMadeInAChildAndTheRankingRemembered() throws IOException {
        var speed = new Speed(10, 5, 200, 8, 100);
        var terminal = new Terminal(FAKE, DONE, "a driver's chatter", ChildLine.of(speed).text());
        assertEquals(0, terminal.run("devices", "--probe", "--json"));
        assertEquals(List.of(List.of("child", "probe", "fake:0")), terminal.children);
        assertEquals(List.of(new DeviceChoice.Ranked("fake:0", speed)), DeviceChoice.ranking());
        JsonNode device = new ObjectMapper().readTree(terminal.out()).get("platforms").get(0).get("devices").get(0);
        assertEquals(200, device.get("speed").get("gflops").doubleValue());
        assertEquals("done", device.get("probe").textValue());
    }

    @Test
    void aProbeThatCrashesIsToldAndNotRanked() {
        var terminal = new Terminal(FAKE, new End.Crashed(139, ""), ChildLine.of(new Speed(1, 1, 1, 1, 1)).text());
        assertEquals(0, terminal.run("devices", "--probe"));
        assertTrue(terminal.out().contains("crashed (exit code 139, SIGSEGV)"), terminal.out());
        assertEquals(List.of(), DeviceChoice.ranking());
    }

    @Test
    void theDoctorFailsOnlyWhenSomethingIsWrong() {
        var good = new Terminal(FAKE, DONE,
                ChildLine.of(new Finding(Severity.WARNING, "old driver", "update it")).text());
        assertEquals(0, good.run("doctor"));
        assertTrue(good.out().contains("warning  old driver") && good.out().contains("-> update it"), good.out());
        var bad = new Terminal(FAKE, DONE,
                ChildLine.of(new Finding(Severity.ERROR, "no driver", "install one")).text());
        assertEquals(1, bad.run("doctor"));
        var hung = new Terminal(FAKE, new End.Hung(Duration.ofSeconds(60)));
        assertEquals(1, hung.run("doctor"));
        assertTrue(hung.out().contains("hung (no end within 60 s)"), hung.out());
    }

    @Test
    void checkFailsOnAWrongResultACrashAndSilence() {
        var right = new Verdict("g", "dot", 1, 1e-7, 4, "");
        assertEquals(0, new Terminal(FAKE, DONE, ChildLine.of(right).text()).run("check"));
        var wrong = new Terminal(FAKE, DONE, ChildLine.of(right).text(),
                ChildLine.of(new Verdict("g", "exp", 5, 1e-6, 4, "")).text());
        assertEquals(1, wrong.run("check", "--full"));
        assertEquals(List.of("child", "check", "fake:0", "FULL"), wrong.children.get(0));
        assertTrue(wrong.out().contains("fake:0  FAIL  1 of 2 checks failed"), wrong.out());
        var crashed = new Terminal(FAKE, new End.Crashed(134, "assertion failed"), ChildLine.of(right).text());
        assertEquals(1, crashed.run("check"));
        assertTrue(crashed.out().contains("crashed (exit code 134, SIGABRT); its last words:\n    assertion failed"),
                crashed.out());
        assertEquals(1, new Terminal(FAKE, DONE).run("check"));
    }

    @Test
    void randomChecksTellWhatIsWrongAndGoOnAfterACrash() {
        String begun = ChildLine.of(new RandomRun.Line(5, null)).text();
        var right = new Terminal(Engines.all(), DONE, begun,
                ChildLine.of(new RandomRun.Line(5, new RandomCheck.Result(200, 3, null, null, null))).text());
        assertEquals(0, right.run("check", "--random", "3", "--seed", "5", "--device", "reference:0"));
        assertEquals(List.of("child", "random", "reference:0", "5", "6", "-1"), right.children.get(0).subList(0, 6));
        assertTrue(right.out().contains("PASS  4 graphs, seeds 5 to 5")
                && right.out().contains("1.50 % of 200 elements are ill-conditioned"), right.out());
        var wrong = new Terminal(Engines.all(), DONE, ChildLine
                .of(new RandomRun.Line(5, new RandomCheck.Result(0, 0, null, "is wrong", "var t1 = K.x();"))).text());
        assertEquals(1, wrong.run("check", "--random", "3", "--seed", "5", "--device", "reference:0"));
        assertTrue(wrong.out().contains("seed 5: is wrong") && wrong.out().contains("    var t1 = K.x();"),
                wrong.out());
        var crashed = new Terminal(Engines.all(), new End.Crashed(134, "assertion failed"), begun);
        assertEquals(1, crashed.run("check", "--random", "3", "--seed", "5", "--device", "reference:0"));
        assertTrue(crashed.out().contains("seed 5: the process crashed (exit code 134, SIGABRT)")
                && crashed.out().contains("var t1 = K."), crashed.out());
        assertEquals(2, new Terminal(Engines.all(), DONE).run("check", "--random", "3", "--full"));
    }

    @Test
    void whatAChildCannotDoItTells() {
        var child = new Terminal(FAKE, DONE);
        assertEquals(0, child.run("child", "probe", "fake:0"));
        assertEquals("the fake device fake:0 cannot be opened",
                ChildLine.parse(child.out().strip()).orElseThrow().error());
    }

    @Test
    void theReferenceEnginePassesItsSample() {
        var child = new Terminal(Engines.all(), DONE);
        assertEquals(0, child.run("child", "check", "reference:0", "SAMPLE"));
        List<Verdict> verdicts = child.out().lines().map(l -> ChildLine.parse(l).orElseThrow().verdict()).toList();
        assertEquals(3, verdicts.size());
        assertTrue(verdicts.stream().allMatch(Verdict::passed), verdicts.toString());
    }

    @Test
    void theCacheIsListedByDeviceAndCleared() throws IOException {
        Path kernels = Files.createDirectories(home.resolve("clarion/kernels"));
        Files.write(kernels.resolve("pocl-0-0123456789abcdef.bin"), new byte[1500]);
        Files.write(kernels.resolve("intel-gpu-1-1of2-fedcba98765432100.bin"), new byte[70]);
        Files.writeString(kernels.resolve("pocl-0-aaaaaaaaaaaaaaaa.in"), "pocl-0-0123456789abcdef.bin");
        Files.writeString(kernels.resolve("pocl-0-bbbbbbbbbbbbbbbb.in"), "pocl-0-0123456789abcdef.bin");
        Files.writeString(kernels.resolve("new123.tmp"), "what was left");
        var list = new Terminal(FAKE, DONE);
        assertEquals(0, list.run("cache", "list"));
        assertEquals(
                List.of("device            program       kernels  size",
                        "intel-gpu:1/1of2  fedcba987654        0  0.1 kB",
                        "pocl:0            0123456789ab        2  1.5 kB",
                        "2 compiled programs, 1.6 kB with what belongs to them, in " + kernels),
                list.out().lines().toList());
        assertEquals(0, new Terminal(FAKE, DONE).run("cache", "clear"));
        try (var files = Files.list(kernels)) {
            assertEquals(0, files.count());
        }
    }

    private static List<String> names(JsonNode json) {
        var names = new ArrayList<String>();
        for (Iterator<String> i = json.fieldNames(); i.hasNext();) {
            names.add(i.next());
        }
        return names;
    }
}
