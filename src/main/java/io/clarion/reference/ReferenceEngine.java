package io.clarion.reference;

import io.clarion.engine.Device;
import io.clarion.engine.Engine;
import io.clarion.engine.Finding;
import io.clarion.engine.PlatformReport;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * An engine of plain Java that computes every node as it was written, in double precision: what the other engines are
 * checked against, and what runs where there is no driver.
 */
public final class ReferenceEngine implements Engine {
    private final ReferenceDevice device = new ReferenceDevice(null);

    /**
     * Returns a device whose every node is off by a random error of the size that its dtype's rounding makes on a
     * device: how far the results of a graph differ from the exact ones tells how well it is conditioned. It is no
     * device of an engine.
     */
    public static Device withRoundingErrors(long seed) {
        return withRoundingErrors().apply(seed);
    }

    /**
     * Returns what gives a device as {@link #withRoundingErrors(long)} by its seed, for one run each of the same calls:
     * numbers that are not in the same order in all runs may be equal in some.
     */
    public static LongFunction<Device> withRoundingErrors() {
        var orders = new RoundingErrors.Orders();
        return seed -> new ReferenceDevice(new RoundingErrors(seed, orders));
    }

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String title() {
        return "Reference";
    }

    @Override
    public Role role() {
        return Role.REFERENCE;
    }

    @Override
    public List<PlatformReport> survey() {
        return List.of(new PlatformReport(name(), "Java", System.getProperty("java.vendor"),
                System.getProperty("java.version"), List.of(device.report()), Optional.empty()));
    }

    @Override
    public Device open(String id) {
        if (!id.equals(device.report().id())) {
            throw new IllegalArgumentException("open: the reference engine has no device \"" + id + "\"; it has "
                    + device.report().id());
        }
        return device;
    }

    @Override
    public List<Finding> diagnose() {
        return List.of(new Finding(Finding.Severity.GOOD, "The reference engine runs on Java "
                + System.getProperty("java.version") + " and needs no driver.", ""));
    }
}
