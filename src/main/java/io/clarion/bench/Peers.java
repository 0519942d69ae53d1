package io.clarion.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The figures of other libraries on the same machine: lines of {@code peer workload value unit}; all other lines are
 * skipped.
 */
public record Peers(List<Line> lines) {
    public record Line(String peer, String workload, double value, String unit) {}

    public static Peers read(Path file) throws IOException {
        var lines = new ArrayList<Line>();
        for (String text : Files.readAllLines(file)) {
            String[] words = text.strip().split("\\s+");
            if (words.length >= 4 && words[2].matches("(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
                lines.add(new Line(words[0], words[1], Double.parseDouble(words[2]), words[3]));
            }
        }
        return new Peers(lines);
    }

    /**
     * Returns the best of those that did the same in the same unit. To a peer that has one ordering of an image's axes
     * alone, that one is compared with both of ours.
     */
    public Optional<Line> best(Result r) {
        return lines.stream().filter(l -> l.unit().equals(r.unit().word()) && same(l.workload(), r.workload()))
                .max((a, b) -> Double.compare(r.unit().ratio(a.value(), b.value()), 1));
    }

    private static boolean same(String theirs, String ours) {
        String bare = ours.replace(Workloads.CHANNELS_FIRST, "");
        return theirs.equals(ours) || theirs.equals(bare) || theirs.equals(bare + Workloads.CHANNELS_LAST);
    }
}
