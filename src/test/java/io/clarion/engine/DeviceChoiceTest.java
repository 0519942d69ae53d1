package io.clarion.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.config.TestHome;
import io.clarion.graph.Graph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceChoiceTest {
    private static final Speed SPEED = new Speed(10, 5, 100, 1, 20);

    @TempDir
    Path home;
    private TestHome clarionHome;

    @BeforeEach
    void moveHome() {
        clarionHome = new TestHome(home.resolve("clarion"));
    }

    @AfterEach
    void moveBack() {
        clarionHome.close();
    }

    private static DeviceReport report(String id, String name, String unusable) {
        return new DeviceReport(id, name, "vendor", "CPU", "1", "OpenCL 1.2", 2, 1L << 30, false, true,
                Optional.ofNullable(unusable));
    }

    private record Fake(String name, List<DeviceReport> devices) implements Engine {
        @Override
        public String title() {
            return name;
        }

        @Override
        public List<PlatformReport> survey() {
            return List.of(new PlatformReport(name, name, "vendor", "1", devices, Optional.empty()));
        }

        @Override
        public Device open(String id) {
            return new Opened(devices.stream().filter(d -> d.id().equals(id)).findFirst().orElseThrow());
        }

        @Override
        public List<Finding> diagnose() {
            return List.of();
        }
    }

    private record Opened(DeviceReport report) implements Device {
        @Override
        public Executable compile(Graph graph) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Speed probe() {
            return SPEED;
        }

        @Override
        public void close() {}
    }

    private static final Engine ONE = new Fake("one", List.of(report("pocl:0", "EPYC 7B13", null),
            report("intel:0", "AMD EPYC 7B13", null), report("rusticl:0", "llvmpipe", "it has no fp32")));
    private static final Engine TWO = new Fake("two", List.of(report("java:0", "Java", null)));
    private static final List<Engine> BOTH = List.of(ONE, TWO);

    private static String refusal(String asked) {
        return assertThrows(IllegalArgumentException.class, () -> DeviceChoice.named(asked, BOTH)).getMessage();
    }

    @Test
    void anIdNamesADeviceOfAnyEngine() {
        assertEquals("java:0", DeviceChoice.named("java:0", BOTH).report().id());
        assertEquals(TWO, DeviceChoice.named("JAVA:0", BOTH).engine());
    }

    @Test
    void aPartOfTheNameNamesADevice() {
        assertEquals("intel:0", DeviceChoice.named("amd epyc", BOTH).report().id());
    }

    @Test
    void anUnknownNameIsAnErrorThatListsTheDevices() {
        assertEquals("device \"radeon\" is no device; there are pocl:0 (EPYC 7B13), intel:0 (AMD EPYC 7B13), "
                + "rusticl:0 (llvmpipe; unusable: it has no fp32), java:0 (Java)", refusal("radeon"));
    }

    @Test
    void noNameIsAnErrorThatListsTheDevices() {
        for (String none : new String[] {"", "  ", null}) {
            String message = refusal(none);
            assertEquals(
                    "no device is named: " + (none == null ? "null" : "\"" + none + "\"")
                            + " was given; there are pocl:0 (EPYC 7B13), "
                            + "intel:0 (AMD EPYC 7B13), rusticl:0 (llvmpipe; unusable: it has no fp32), java:0 (Java)",
                    message);
        }
    }

    @Test
    void anAmbiguousNameIsAnErrorThatListsThoseMeant() {
        assertEquals("device \"epyc\" names several devices; there are pocl:0 (EPYC 7B13), intel:0 (AMD EPYC 7B13)",
                refusal("epyc"));
    }

    @Test
    void anUnusableDeviceIsAnErrorThatSaysWhy() {
        assertEquals("device \"llvmpipe\" cannot be used; there are rusticl:0 (llvmpipe; unusable: it has no fp32)",
                refusal("llvmpipe"));
    }

    @Test
    void anOpenDeviceIsFoundAgain() {
        Device device = DeviceChoice.named("java", BOTH).open();
        assertEquals(TWO, DeviceChoice.of(device, BOTH).engine());
    }

    @Test
    void withoutARankingTheFirstUsableDeviceIsChosen() {
        assertEquals("pocl:0", DeviceChoice.first(ONE).report().id());
    }

    @Test
    void theRememberedRankingComesFirst() {
        DeviceChoice
                .remember(List.of(new DeviceChoice.Ranked("rusticl:0", SPEED), new DeviceChoice.Ranked("gone:0", SPEED),
                        new DeviceChoice.Ranked("intel:0", SPEED)));
        assertEquals("intel:0", DeviceChoice.first(ONE).report().id());
        assertEquals(SPEED, DeviceChoice.ranking().get(2).speed());
    }

    @Test
    void aBrokenRankingIsIgnored() throws IOException {
        DeviceChoice.remember(List.of(new DeviceChoice.Ranked("intel:0", SPEED)));
        for (String broken : List.of("[{", "[null]", "[{}]", "[{\"device\": null}]",
                "[{\"device\": \"intel:0\", \"speed\": null}]", "null", "[".repeat(5000), "")) {
            Files.writeString(home.resolve("clarion/ranking.json"), broken);
            assertEquals("pocl:0", DeviceChoice.first(ONE).report().id(), broken);
        }
    }

    @Test
    void anEngineWithoutAUsableDeviceIsAnError() {
        Engine empty = new Fake("empty", List.of(report("x:0", "X", "it is broken")));
        assertEquals("engine \"empty\" has no usable device; there are x:0 (X; unusable: it is broken)",
                assertThrows(IllegalStateException.class, () -> DeviceChoice.first(empty)).getMessage());
    }
}
