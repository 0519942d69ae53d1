package io.clarion.cli;

import io.clarion.check.device.Extent;
import io.clarion.check.device.Verdict;
import io.clarion.cli.terminal.Children.End;
import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.Table;
import io.clarion.engine.DeviceChoice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The outcome of checking a device in a child process.
 *
 * @param problem that the child crashed, hung or could not begin; empty if it got to the end
 * @param seconds it took, the child's start included
 */
record Checked(DeviceChoice choice, List<Verdict> verdicts, String problem, double seconds) {
    static Checked of(DeviceChoice choice, Extent extent, CliContext context) {
        List<String> arguments = List.of(ChildCommand.NAME, "check", choice.report().id(), extent.name());
        List<Verdict> verdicts = Collections.synchronizedList(new ArrayList<>());
        var error = new AtomicReference<>("");
        long start = System.nanoTime();
        End end = context.children().run(arguments, extent.limit(), line -> ChildLine.parse(line).ifPresent(l -> {
            if (l.verdict() != null) {
                verdicts.add(l.verdict());
            } else if (l.error() != null) {
                error.set(l.error());
            }
        }));
        String problem = end instanceof End.Done ? error.get() : end.describe() + lastWords(end);
        return new Checked(choice, List.copyOf(verdicts),
                problem.isEmpty() && verdicts.isEmpty() ? "nothing was checked" : problem,
                (System.nanoTime() - start) * 1e-9);
    }

    private static String lastWords(End end) {
        return end instanceof End.Crashed(int code, String words) && !words.isBlank()
                ? "; its last words:\n" + words.indent(4).stripTrailing() : "";
    }

    boolean passed() {
        return problem.isEmpty() && verdicts.stream().allMatch(Verdict::passed);
    }

    /** In a line: PASS or FAIL, and how near to failing the worst check came. */
    String summary() {
        if (!problem.isEmpty()) {
            return "FAIL  " + problem;
        }
        long failures = verdicts.stream().filter(v -> !v.passed()).count();
        if (failures > 0) {
            return "FAIL  " + failures + " of " + verdicts.size() + " checks failed";
        }
        Verdict worst = verdicts.stream()
                .max(Comparator.comparingDouble(v -> v.tolerance() == 0 ? 0 : v.ulps() / v.tolerance())).orElseThrow();
        return String.format(Locale.ROOT, "PASS  %d checks in %.1f s; nearest to its tolerance: %s, %.1f of %.0f ULP",
                verdicts.size(), seconds, worst.check(), worst.ulps(), worst.tolerance());
    }

    /** Returns the verdicts, or only those that failed. */
    Table table(boolean failuresOnly) {
        var table = new Table("group", "check", "error ULP", "relative", "tolerance ULP", "result");
        for (Verdict v : verdicts) {
            if (!failuresOnly || !v.passed()) {
                table.row(v.group(), v.check(), number("%.1f", v.ulps()), number("%.1e", v.relative()),
                        number("%.1f", v.tolerance()),
                        v.passed() ? "PASS" : v.error().isEmpty() ? "FAIL" : "FAIL: " + v.error());
            }
        }
        return table;
    }

    private static String number(String format, double number) {
        return Double.isInfinite(number) ? "inf" : String.format(Locale.ROOT, format, number);
    }
}
