package io.clarion.cli;

import io.clarion.config.BackendChoice;
import io.clarion.config.Environment;
import io.clarion.config.Home;
import io.clarion.config.KerasJson;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engine;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The device that K would use, found without opening it. */
final class DefaultDevice {
    private DefaultDevice() {}

    /** What CLARION_DEVICE, KERAS_BACKEND, keras.json and the remembered ranking lead to; empty if {@code warnings} says why not. */
    static Optional<DeviceChoice> of(List<Engine> engines, Consumer<String> warnings) {
        try {
            return Optional.of(Environment.value("clarion.device", "CLARION_DEVICE").map(d -> DeviceChoice.named(d, engines))
                    .orElseGet(() -> DeviceChoice.first(engine(engines, warnings))));
        } catch (IllegalArgumentException | IllegalStateException e) {
            warnings.accept(e.getMessage());
            return Optional.empty();
        }
    }

    private static Engine engine(List<Engine> engines, Consumer<String> warnings) {
        var choice = new BackendChoice(engines.stream().map(Engine::name).toList(),
                name -> DeviceChoice.all(List.of(named(engines, name))).stream().anyMatch(c -> c.report().isUsable()), warnings);
        return named(engines, choice.choose(Environment.value("keras.backend", "KERAS_BACKEND"),
                KerasJson.read(Home.keras(), warnings)));
    }

    private static Engine named(List<Engine> engines, String name) {
        return engines.stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
    }
}
