package io.clarion.cli;

import io.clarion.engine.DeviceReport;
import io.clarion.engine.metrics.DeviceMetrics.Reading;
import io.clarion.engine.metrics.MetricsRegistry.Look;
import io.clarion.engine.metrics.MetricsRegistry.Sight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * The utilisation of a device by all processes together, between two looks at it.
 *
 * @param processes      that have opened it
 * @param utilisation    the share of the time in which a call had it, from 0 to 1: the sum of the processes' shares, 1
 *                       at most
 * @param held           bytes of its memory
 * @param memory         its memory in bytes
 * @param queued         calls that were asked for and have not ended
 * @param callsPerSecond that ended
 */
record Occupancy(String device, String name, long processes, double utilisation, long held, long memory, long queued,
        double callsPerSecond) {
    /** That of {@code devices}, then of what else processes have opened, such as parts of devices. */
    static List<Occupancy> between(Look before, Look now, List<DeviceReport> devices) {
        Map<Path, Reading> earlier = before.sights().stream().collect(Collectors.toMap(Sight::file, Sight::reading));
        double nanos = Math.max(1, now.at() - before.at());
        Map<String, List<Sight>> seen = now.sights().stream()
                .collect(Collectors.groupingBy(Sight::device, TreeMap::new, Collectors.toList()));
        var all = new ArrayList<Occupancy>();
        for (DeviceReport d : devices) {
            List<Sight> sights = seen.remove(d.id());
            all.add(of(d.id(), d.name(), d.memory(), sights == null ? List.of() : sights, earlier, nanos));
        }
        seen.forEach(
                (id, sights) -> all.add(of(id, sights.get(0).name(), sights.get(0).memory(), sights, earlier, nanos)));
        return all;
    }

    private static Occupancy of(String device, String name, long memory, List<Sight> sights, Map<Path, Reading> earlier,
            double nanos) {
        double busy = sights.stream().mapToDouble(s -> share(growth(s, earlier, Reading::busy) / nanos)).sum();
        double ended = sights.stream().mapToDouble(s -> growth(s, earlier, Reading::ended)).sum();
        return new Occupancy(device, name, sights.stream().map(Sight::process).distinct().count(), share(busy),
                sights.stream().mapToLong(s -> s.reading().held()).sum(), memory,
                sights.stream().mapToLong(s -> s.reading().queued()).sum(), 1e9 * ended / nanos);
    }

    private static double growth(Sight sight, Map<Path, Reading> earlier, ToLongFunction<Reading> count) {
        return count.applyAsLong(sight.reading()) - count.applyAsLong(earlier.getOrDefault(sight.file(), Reading.NONE));
    }

    private static double share(double of) {
        return Math.max(0, Math.min(1, of));
    }
}
