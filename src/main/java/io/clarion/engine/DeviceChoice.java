package io.clarion.engine;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.config.BackendChoice;
import io.clarion.config.Configuration;
import io.clarion.config.Environment;
import io.clarion.config.Home;
import io.clarion.config.OptionalEngines;
import io.clarion.config.SmallFile;
import io.clarion.tensor.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device that was chosen and the engine that opens it.
 *
 * <p>A ranking that {@link #remember} wrote to {@code ranking.json} in {@link Home#clarion} says which device of an
 * engine comes first where nobody named one.
 */
public record DeviceChoice(Engine engine, DeviceReport report) {
    /** A device and how fast it was when it was measured. */
    public record Ranked(String device, Speed speed) {}

    private static final Logger LOG = LoggerFactory.getLogger(DeviceChoice.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Opens the device. */
    public Device open() {
        return engine.open(report.id());
    }

    /** Returns every device that the engines see, those that cannot be used included. */
    public static List<DeviceChoice> all(List<Engine> engines) {
        return engines.stream().flatMap(e -> e.survey().stream().flatMap(p -> p.devices().stream())
                .map(d -> new DeviceChoice(e, d))).toList();
    }

    /** Returns the device among those of all engines that {@code idOrPartOfName} names. */
    public static DeviceChoice named(String idOrPartOfName) {
        return named(idOrPartOfName, Engines.all());
    }

    /**
     * Returns the device with that id, or the part of one ({@code pocl:0/1of2}: half of its units), else the one of the
     * platform with that key, else the one whose name holds the text, upper and lower case being the same; of several,
     * the only usable one.
     *
     * @throws IllegalArgumentException if it names none or several or if it cannot be used, with those there are
     */
    public static DeviceChoice named(String idOrPartOfName, List<Engine> engines) {
        List<DeviceChoice> all = all(engines);
        if (idOrPartOfName == null || idOrPartOfName.isBlank()) {
            throw new IllegalArgumentException("no device is named: "
                    + (idOrPartOfName == null ? "null" : "\"" + idOrPartOfName + "\"") + " was given; " + list(all));
        }
        String asked = idOrPartOfName.strip().toLowerCase(Locale.ROOT);
        List<DeviceChoice> byId = all.stream().filter(c -> c.report.id().toLowerCase(Locale.ROOT).equals(asked))
                .toList();
        List<DeviceChoice> byName = all.stream().filter(c -> c.report.name().toLowerCase(Locale.ROOT).contains(asked))
                .toList();
        List<DeviceChoice> byPlatform = all.stream()
                .filter(c -> c.report.id().toLowerCase(Locale.ROOT).startsWith(asked + ":")).toList();
        List<DeviceChoice> parts = asked.contains("/")
                ? engines.stream().flatMap(e -> e.part(asked).stream().map(r -> new DeviceChoice(e, r))).toList()
                : List.of();
        List<DeviceChoice> found = !byId.isEmpty() ? byId
                : !parts.isEmpty() ? parts : !byPlatform.isEmpty() ? byPlatform : byName;
        List<DeviceChoice> usable = found.stream().filter(c -> c.report.isUsable()).toList();
        if (usable.size() == 1) {
            return usable.get(0);
        }
        String what = found.isEmpty() ? "is no device" : usable.isEmpty() ? "cannot be used" : "names several devices";
        throw new IllegalArgumentException("device \"" + idOrPartOfName + "\" " + what + "; "
                + list(found.isEmpty() ? all : found)
                + (found.isEmpty() ? OptionalEngines.cure(asked.replaceFirst(":.*", "")) : ""));
    }

    /**
     * Returns the devices that {@code names} name, each as in {@link #named(String)}; for "all" alone, all of {@code
     * engine} that can be used, those of the remembered ranking first, but one CPU: several drivers for CPUs share the
     * same cores.
     *
     * @throws IllegalArgumentException if one is no device, or several, with those there are
     */
    public static List<DeviceChoice> several(List<String> names, Engine engine) {
        if (!names.equals(List.of("all"))) {
            return names.stream().map(DeviceChoice::named).toList();
        }
        List<DeviceChoice> usable = all(List.of(engine)).stream().filter(c -> c.report.isUsable()).sorted(byRank())
                .toList();
        Optional<DeviceChoice> cpu = usable.stream().filter(DeviceChoice::isCpu).findFirst();
        return usable.stream().filter(c -> !c.isCpu() || c == cpu.orElseThrow()).toList();
    }

    private boolean isCpu() {
        return report.type().equals("CPU");
    }

    /** Returns the order of the remembered ranking, the best first and the others last. */
    private static Comparator<DeviceChoice> byRank() {
        List<String> ranked = ranking().stream().map(Ranked::device).toList();
        return Comparator
                .comparingInt(c -> ranked.contains(c.report.id()) ? ranked.indexOf(c.report.id()) : ranked.size());
    }

    /**
     * Returns the device of {@code engine} to use where nobody named one: the first usable one, those of the remembered
     * ranking before the others.
     *
     * @throws IllegalStateException if the engine has no usable device, with the devices there are
     */
    public static DeviceChoice first(Engine engine) {
        return all(List.of(engine)).stream().filter(c -> c.report.isUsable()).min(byRank())
                .orElseThrow(() -> new IllegalStateException("engine \"" + engine.name() + "\" has no usable device; "
                        + list(all(List.of(engine))) + engine.survey().stream().flatMap(p -> p.error().stream()
                                .map(error -> "; " + p.name() + ": " + error)).collect(Collectors.joining())));
    }

    /**
     * Returns the device that CLARION_DEVICE, KERAS_BACKEND, the configuration and the remembered ranking lead to.
     *
     * @throws IllegalArgumentException if a name is wrong
     * @throws IllegalStateException    if the engine chosen has no usable device
     */
    public static DeviceChoice preferred(List<Engine> engines, Configuration configuration, Consumer<String> warnings) {
        return Environment.value("clarion.device", "CLARION_DEVICE").map(d -> named(d, engines)).orElseGet(() -> {
            var choice = new BackendChoice(engines.stream().map(Engine::name).toList(),
                    name -> all(List.of(engine(engines, name))).stream().anyMatch(c -> c.report.isUsable()), warnings);
            return first(
                    engine(engines, choice.choose(Environment.value("keras.backend", "KERAS_BACKEND"), configuration)));
        });
    }

    private static Engine engine(List<Engine> engines, String name) {
        return engines.stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
    }

    /** Returns a device that is open already, among those of {@code engines}. */
    public static DeviceChoice of(Device device, List<Engine> engines) {
        String id = device.parts().get(0).report().id();
        return all(engines).stream().filter(c -> id.equals(c.report.id()) || id.startsWith(c.report.id() + "/"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("device " + device.report().id()
                        + " belongs to no engine on the class path; " + list(all(engines))));
    }

    private static String list(List<DeviceChoice> choices) {
        return choices.isEmpty() ? "there is none" : "there are " + choices.stream()
                .map(c -> c.report.id() + " (" + c.report.name()
                        + c.report.unusable().map(why -> "; unusable: " + why).orElse("") + ")")
                .collect(Collectors.joining(", "));
    }

    /** Writes the order in which devices are to be chosen, the best first. */
    public static void remember(List<Ranked> ranking) {
        Path file = rankingFile();
        try {
            Files.createDirectories(file.getParent());
            byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(ranking);
            WholeFile.write(file, out -> out.write(text));
        } catch (IOException e) {
            throw new UncheckedIOException("the ranking of devices cannot be written to " + file, e);
        }
    }

    /** Returns the remembered ranking, the best first; empty if there is none or it cannot be read. */
    public static List<Ranked> ranking() {
        Path file = rankingFile();
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            List<Ranked> ranking = JSON.readValue(SmallFile.read(file), new TypeReference<>() {});
            if (ranking == null || ranking.stream().anyMatch(r -> r == null || r.device == null || r.speed == null)) {
                throw new IOException("it has null where a device or its speed should be");
            }
            return ranking;
        } catch (IOException e) {
            LOG.warn("{} cannot be read ({}); devices come in the order of their drivers", file, SmallFile.reason(e));
            return List.of();
        }
    }

    private static Path rankingFile() {
        return Home.clarion().resolve("ranking.json");
    }
}
