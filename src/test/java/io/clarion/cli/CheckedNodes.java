package io.clarion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.engine.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The checks of {@code clarion check}, for the tests of engines. */
public final class CheckedNodes {
    private CheckedNodes() {}

    /** Returns the names of the groups of checks. */
    public static Stream<String> groups() {
        return Extent.ALL.groups().stream().map(Check.Group::name);
    }

    /** Compares a group's results with those of the reference engine. */
    public static void check(String group, Device device, Device reference) {
        var failed = new ArrayList<Verdict>();
        Extent.ALL.groups().stream().filter(g -> g.name().equals(group))
                .forEach(g -> new Checker(device, reference).run(g, false, v -> failed.addAll(v.passed() ? List.of() : List.of(v))));
        assertEquals(List.of(), failed);
    }
}
