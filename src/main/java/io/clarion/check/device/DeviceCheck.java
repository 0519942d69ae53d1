package io.clarion.check.device;

import io.clarion.engine.Device;
import java.util.ArrayList;
import java.util.List;

/** Runs what {@code clarion check} compares in this process, for the tests of engines. */
public final class DeviceCheck {
    private DeviceCheck() {}

    /** Returns the names of the groups of checks. */
    public static List<String> groups() {
        return Extent.ALL.groups().stream().map(Check.Group::name).toList();
    }

    /**
     * Compares a group's results with Commons Math's and the reference engine's; returns what is wrong, an entry a
     * check.
     */
    public static List<String> failures(String group, Device device, Device reference) {
        var failures = new ArrayList<String>();
        Extent.ALL.groups().stream().filter(g -> g.name().equals(group))
                .forEach(g -> new Checker(device, reference).run(g, false,
                        v -> failures.addAll(v.passed() ? List.of() : List.of(v.toString()))));
        return failures;
    }
}
