package io.clarion.check;

import io.clarion.engine.Device;
import io.clarion.engine.Engines;

/** What tests of programs share. */
final class Programs {
    private Programs() {}

    static Device reference() {
        return Engines.named("reference").orElseThrow().open("reference:0");
    }
}
