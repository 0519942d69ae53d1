package io.clarion.cli;

import io.clarion.check.RandomCheck;
import io.clarion.cli.terminal.Children;
import io.clarion.cli.terminal.Children.End;
import io.clarion.cli.terminal.CliContext;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Random programs on a device, in children: a seed at which one crashes or hangs is told, and another child goes on
 * with the next.
 *
 * @param seed    the first
 * @param graphs  how many programs there are to be
 * @param seconds after which no further function begins
 */
record RandomRun(DeviceChoice choice, Engine reference, long seed, long graphs, long seconds, CliContext context) {
    /** Functions after which a new child goes on. */
    private static final int EACH = 250;
    /** Functions after which a device begins with nothing. */
    private static final int FRESH = 16;
    /** What a function of several programs takes at most, where it is not shrunk. */
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int HUNG = 3;
    /** Children that shrink a program, and how long they may take. */
    private static final int CHILDREN = 60;
    private static final Duration SHRINKING = Duration.ofMinutes(10);

    /** A line of a child process: that it begins with a seed, or what came of it. */
    record Line(long seed, RandomCheck.Result result) {}

    /** The counts of what children have told so far. */
    private static final class Tally {
        private long at;
        private boolean isAt;
        private long functions;
        private long refused;
        private long failures;
        private long elements;
        private long ill;
        private String error = "";
    }

    /** Runs them all; returns whether the device did nothing wrong. */
    boolean passes() {
        long start = System.nanoTime();
        var tally = new Tally();
        long count = Math.ceilDiv(graphs, RandomCheck.TOGETHER);
        tally.at = seed;
        while (tally.at < seed + count && tally.error.isEmpty() && left(start) > 0) {
            long from = tally.at;
            End ended = child(from, Math.min(seed + count, from + EACH), RandomCheck.ALL, left(start),
                    line -> take(line, tally));
            if (!(ended instanceof End.Done) && tally.isAt) {
                tally.failures++;
                tell(tally.at, ended);
                tally.at++;
            } else if (!(ended instanceof End.Done) || tally.at == from && left(start) > 0) {
                tally.error = ended instanceof End.Done ? "nothing was checked" : ended.describe();
            }
            tally.isAt = false;
        }
        boolean passes = tally.failures == 0 && tally.error.isEmpty() && tally.functions > 0;
        context.say(
                "%s  %s  %d graphs, seeds %d to %d, in %.0f s: %d failures, %d refused; %.2f %% of %d elements are ill-conditioned%s",
                choice.report().id(),
                passes ? "PASS" : "FAIL", tally.functions * RandomCheck.TOGETHER, seed, tally.at - 1,
                (System.nanoTime() - start) * 1e-9, tally.failures, tally.refused,
                100.0 * tally.ill / Math.max(1, tally.elements), tally.elements,
                tally.error.isEmpty() ? "" : "; " + tally.error);
        return passes;
    }

    private long left(long start) {
        return seconds - TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    }

    /** Runs a child, which keeps no kernels, as none of them is built a second time. */
    private End child(long from, long to, int part, long left, Consumer<String> line) {
        return context.children()
                .run(List.of(ChildCommand.NAME, "random", choice.report().id(), String.valueOf(from),
                        String.valueOf(to), String.valueOf(part),
                        String.valueOf(left)), Children.WITHOUT_CACHES,
                        Duration.ofSeconds(left).plus(LIMIT.multipliedBy(2)), line);
    }

    private void take(String text, Tally tally) {
        ChildLine.parse(text).ifPresent(l -> {
            if (l.error() != null) {
                tally.error = l.error();
            } else if (l.random() != null) {
                take(l.random(), tally);
            }
        });
    }

    private void take(Line line, Tally tally) {
        tally.at = line.seed();
        tally.isAt = line.result() == null;
        if (line.result() == null) {
            return;
        }
        tally.at++;
        tally.functions++;
        tally.elements += line.result().elements();
        tally.ill += line.result().ill();
        tally.refused += line.result().refused() == null ? 0 : 1;
        if (line.result().refused() != null) {
            context.say("%s  seed %d is refused: %s", choice.report().id(), line.seed(), line.result().refused());
        }
        if (line.result().failed() != null) {
            tally.failures++;
            context.say("%s  seed %d: %s", choice.report().id(), line.seed(), line.result().failed());
            context.out().println(line.result().program().indent(4));
        }
    }

    /**
     * Says with which of the programs of a seed, or with all in one function, a child crashes or hangs, shrunk to a few
     * lines.
     */
    private void tell(long at, End ended) {
        context.say("%s  seed %d: the process %s", choice.report().id(), at, end(ended));
        boolean isTold = false;
        for (int part = RandomCheck.TOGETHER - 1; part >= RandomCheck.ALL && !(isTold && part == RandomCheck.ALL);
                part--) {
            End alone = child(at, at + 1, part, LIMIT.toSeconds(), line -> {});
            if (!(alone instanceof End.Done)) {
                context.say("program %s of it %s",
                        part == RandomCheck.ALL ? "0 to " + (RandomCheck.TOGETHER - 1) : part, end(alone));
                context.out().println(shrunk(at, part).indent(4));
                isTold = true;
            }
        }
    }

    /**
     * Returns the shortest program that is found in some minutes to end a child; each child goes on where the one
     * before it ended.
     */
    private String shrunk(long at, int part) {
        var ended = new StringBuilder();
        var shortest = new AtomicReference<String>();
        long end = System.nanoTime() + SHRINKING.toNanos();
        for (int child = 0; child < CHILDREN && shortest.get() == null && System.nanoTime() < end; child++) {
            var isTrying = new AtomicBoolean();
            int before = ended.length();
            context.children()
                    .run(List.of(ChildCommand.NAME, "shrink", choice.report().id(), String.valueOf(at),
                            String.valueOf(part), "-" + ended), Children.WITHOUT_CACHES,
                            LIMIT.multipliedBy(2),
                            text -> ChildLine.parse(text).map(ChildLine::random).ifPresent(line -> {
                                if (line.result() != null && line.result().program() != null) {
                                    shortest.set(line.result().program());
                                } else if (line.result() != null) {
                                    ended.append('0');
                                }
                                isTrying.set(line.result() == null);
                            }));
            ended.append(isTrying.get() ? "1" : "");
            if (ended.length() == before && shortest.get() == null) {
                break;
            }
        }
        return shortest.get() != null ? shortest.get()
                : RandomCheck.text(at, part, reference.open("reference:0"), choice.report().fp64());
    }

    /** Does what a child is for that shrinks a program. */
    static void shrink(Device device, Device reference, List<String> arguments, Consumer<Line> told) {
        long seed = Long.parseLong(arguments.get(0));
        try (var check = new RandomCheck(device, reference)) {
            Thread.ofPlatform().daemon().name("clarion random watch").start(() -> watch(check));
            String program = check.shrunk(seed, Integer.parseInt(arguments.get(1)), arguments.get(2).substring(1),
                    begins -> told
                            .accept(new Line(seed, begins ? null : new RandomCheck.Result(0, 0, null, null, null))));
            told.accept(new Line(seed, new RandomCheck.Result(0, 0, null, null, program)));
        }
    }

    private static String end(End ended) {
        return ended instanceof End.Crashed(int code, String words)
                ? (code == HUNG ? "hung" : ended.describe() + "; its last words:\n" + words.indent(4).stripTrailing())
                : ended.describe();
    }

    /** Does what a child is for: runs the seeds, and ends the process where one takes too long. */
    static void run(Device device, Device reference, List<String> arguments, Consumer<Line> told) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments.get(3)));
        try (var check = new RandomCheck(device, reference)) {
            Thread.ofPlatform().daemon().name("clarion random watch").start(() -> watch(check));
            for (long at = Long.parseLong(arguments.get(0));
                    at < Long.parseLong(arguments.get(1)) && System.nanoTime() < end; at++) {
                told.accept(new Line(at, null));
                told.accept(new Line(at, check.run(at, Integer.parseInt(arguments.get(2)))));
                if (at % FRESH == 0) {
                    // A device keeps its kernels as long as it is open.
                    device.restart();
                }
            }
        }
    }

    private static void watch(RandomCheck check) {
        while (check.seconds() < LIMIT.toSeconds()) {
            try {
                Thread.sleep(Duration.ofSeconds(1));
            } catch (InterruptedException e) {
                return;
            }
        }
        Runtime.getRuntime().halt(HUNG);
    }
}
