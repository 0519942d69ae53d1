package io.clarion.device;

import io.clarion.engine.Engine;
import io.clarion.engine.Engines;
import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platform;
import io.clarion.opencl.driver.device.Platforms;
import io.clarion.opencl.schedule.Overlap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The usable devices of this machine, opened at the first test that wants them and shared by all.
 *
 * <p>{@code -Dclarion.require=pocl,intel,rusticl} names what must be there. The shared devices keep no kernels on disk:
 * with random shapes there would be ever more of them, and PoCL compiles twice where it is asked for binaries.
 */
public final class Devices {
    /** Floats in the widest vectors, for machines whose own are narrower. */
    private static final int WIDE = 16;

    private static final List<TestedDevice> OWN = new ArrayList<>();
    private static final List<TestedDevice> GPUS = new ArrayList<>();
    private static final List<TestedDevice> WIDE_ONES = new ArrayList<>();
    private static final boolean ALL = System.getProperty("clarion.sweep", "").equals("full");
    private static final AtomicInteger TURN = new AtomicInteger();

    static {
        Engine engine = Engines.named("opencl").orElseThrow();
        System.setProperty("clarion.home", Path.of("target", "clarion-home").toAbsolutePath().toString());
        System.setProperty("clarion.cache", "off");
        for (DeviceInfo facts : Platforms.usableDevices()) {
            String title = facts.id() + " (" + facts.name() + ")";
            OWN.add(new TestedDevice(title, facts, (OpenClDevice) engine.open(facts.id()), false));
            if (!facts.lanesAreWorkItems() && !facts.id().startsWith("pocl")) {
                GPUS.add(forced(title + " as a GPU", facts, Strategy.gpu(facts)));
                if (Strategy.of(facts).width() != WIDE) {
                    WIDE_ONES.add(forced(title + " with vectors of " + WIDE, facts,
                            Strategy.cpu(WIDE, facts.computeUnits())));
                }
            }
        }
        System.clearProperty("clarion.cache");
        Stream.of(OWN, GPUS, WIDE_ONES).flatMap(List::stream).forEach(d -> System.out.println("Tested device: " + d));
    }

    private Devices() {}

    /** Each device, used as the engine would use it. */
    public static List<TestedDevice> all() {
        if (OWN.isEmpty()) {
            throw new AssertionError("These tests need an OpenCL device and this machine has none: install a driver as "
                    + "docs/how-to/install-drivers.md tells, or run ./mvnw, which fetches one unless CLARION_FETCH_DRIVER refuses it.");
        }
        return OWN;
    }

    /** Each device, and once more as a GPU those CPUs whose drivers compile barriers well: PoCL has got some wrong. */
    static List<TestedDevice> everyLayout() {
        return Stream.of(all(), GPUS).flatMap(List::stream).toList();
    }

    /** The devices of which {@link #everyLayout} has another one. */
    static List<TestedDevice> asGpus() {
        return GPUS;
    }

    /**
     * Each device, and CPUs but PoCL's once more, by turns as a GPU and with wide vectors; both with
     * {@code -Dclarion.sweep=full}.
     */
    static List<TestedDevice> layoutsInTurn() {
        List<TestedDevice> others = WIDE_ONES.isEmpty() || TURN.getAndIncrement() % 2 == 0 ? GPUS : WIDE_ONES;
        return Stream.of(all(), ALL ? GPUS : others, ALL ? WIDE_ONES : List.<TestedDevice>of()).flatMap(List::stream)
                .toList();
    }

    /**
     * CPUs with vectors of 4, 8 and 16 floats, and once more as a GPU those whose drivers compile barriers well; GPUs
     * as they are.
     */
    static List<TestedDevice> everyWidth() {
        return EveryWidth.ALL;
    }

    /** Opened when they are first wanted. */
    private static final class EveryWidth {
        static final List<
                TestedDevice> ALL = Stream.concat(OWN.stream().flatMap(EveryWidth::of), GPUS.stream()).toList();

        private static Stream<TestedDevice> of(TestedDevice own) {
            DeviceInfo facts = own.facts();
            return facts.lanesAreWorkItems() ? Stream.of(own) : Stream.of(4, 8, WIDE)
                    .map(width -> forced(own + " with vectors of " + width, facts,
                            Strategy.cpu(width, facts.computeUnits())));
        }
    }

    /** A further instance of a device, which its maker closes. */
    static OpenClDevice fresh(TestedDevice like) {
        return opened(like.facts(), like.device().strategy(), like.forced());
    }

    /** As {@link #fresh}, with transfers of all calls beside the kernels of others. */
    static OpenClDevice overlapping(TestedDevice like) {
        return opened(like.facts(), like.device().strategy(), true);
    }

    /** As {@link #fresh(TestedDevice)}, with so many bytes of memory. */
    static OpenClDevice fresh(TestedDevice like, long memory) {
        return new OpenClDevice(like.facts(), like.device().strategy(), memory,
                like.forced() ? 0 : Overlap.least(like.facts()), () -> {});
    }

    private static TestedDevice forced(String title, DeviceInfo facts, Strategy strategy) {
        return new TestedDevice(title, facts, opened(facts, strategy, true), true);
    }

    /** Devices that are used as what they are not move all that calls need as a GPU moves much. */
    private static OpenClDevice opened(DeviceInfo facts, Strategy strategy, boolean overlaps) {
        return new OpenClDevice(facts, strategy, facts.globalMemory(), overlaps ? 0 : Overlap.least(facts), () -> {});
    }

    /** The names in {@code clarion.require}: keys of platforms and names of tools. */
    static List<String> required() {
        return Arrays.stream(System.getProperty("clarion.require", "").split(",")).map(String::strip)
                .filter(s -> !s.isEmpty()).toList();
    }

    static boolean isRequired(String name) {
        return required().contains(name);
    }

    /** The short names of the platforms that have a usable device. */
    static List<String> platforms() {
        return Platforms.all().stream().filter(p -> p.devices().stream().anyMatch(d -> d.unusable().isEmpty()))
                .map(Platform::key).toList();
    }
}
