package io.clarion.cli;

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

    /**
     * Returns what CLARION_DEVICE, KERAS_BACKEND, keras.json and the remembered ranking lead to; empty if {@code
     * warnings} says why not.
     */
    static Optional<DeviceChoice> of(List<Engine> engines, Consumer<String> warnings) {
        try {
            return Optional.of(DeviceChoice.preferred(engines, KerasJson.read(Home.keras(), warnings), warnings));
        } catch (IllegalArgumentException | IllegalStateException e) {
            warnings.accept(e.getMessage());
            return Optional.empty();
        }
    }
}
