package io.clarion.check;

import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Variable;
import io.clarion.reference.ReferenceEngine;
import io.clarion.runtime.Function;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * Runs a program on a device and on the reference engine, and compares what each call gives and leaves in the
 * variables.
 *
 * @param runs with rounding errors, at most, before a result is wrong
 */
record Trial(Device device, Device reference, int runs) {
    /** Runs with rounding errors: a few at first, more where an element is further off than it was in those. */
    private static final int FEW = 2;
    static final int MORE = 24;
    /** Runs that show of a tie among a score that it is one. */
    static final int MANY = 300;

    /** The outcome of a program. */
    sealed interface Outcome {
        /** All was as it should be, but for elements of which nothing can be said. */
        record Passed(long elements, long ill) implements Outcome {}

        /** The program is none: K or the reference engine refuses it. */
        record Refused(String why) implements Outcome {}

        /**
         * The device computes something else, or fails; {@code output} is the number of the first output that is wrong,
         * or −1.
         */
        record Failed(String what, int output) implements Outcome {
            /** Returns whether it is of the kind of another: a wrong result, or the same exception. */
            boolean isLike(String other) {
                return kind(what).equals(kind(other));
            }

            private static String kind(String what) {
                String first = what.lines().findFirst().orElse("");
                return first.contains(" is wrong: ") ? "wrong" : first.substring(0, Math.min(40, first.length()));
            }
        }
    }

    Outcome of(Program program) {
        Program.Built built;
        List<NDArray> want;
        try {
            built = program.build();
            want = results(built, reference);
        } catch (IllegalArgumentException | ArithmeticException e) {
            return new Outcome.Refused(e.getMessage());
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            return new Outcome.Failed("K or the reference engine fails: " + described(e), -1);
        }
        List<NDArray> got;
        try {
            got = results(built, device);
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            return new Outcome.Failed("it fails: " + described(e), -1);
        } finally {
            built.variables().keySet().forEach(Variable::discard);
        }
        return compared(built, want, got);
    }

    private Outcome compared(Program.Built built, List<NDArray> want, List<NDArray> got) {
        List<Spread> spreads = want.stream().map(Spread::new).toList();
        LongFunction<Device> devices = ReferenceEngine.withRoundingErrors();
        for (int run = 0; run < FEW + runs; run++) {
            Device errs = devices.apply(run);
            List<NDArray> moved = results(built, errs);
            IntStream.range(0, spreads.size()).forEach(i -> spreads.get(i).widen(moved.get(i)));
            if (run >= FEW - 1
                    && IntStream.range(0, spreads.size()).allMatch(i -> spreads.get(i).wrong(got.get(i)) == null)) {
                return new Outcome.Passed(spreads.stream().mapToLong(Spread::elements).sum(),
                        spreads.stream().mapToLong(Spread::ill).sum());
            }
        }
        int each = want.size() / built.calls().size();
        int wrong = IntStream.range(0, spreads.size()).filter(i -> spreads.get(i).wrong(got.get(i)) != null).findFirst()
                .orElseThrow();
        int outputs = built.graph().outputs().size();
        String what = wrong % each < outputs ? "output " + wrong % each : "variable " + (wrong % each - outputs);
        return new Outcome.Failed(
                what + " of call " + wrong / each + " is wrong: " + spreads.get(wrong).wrong(got.get(wrong)),
                wrong % each < outputs ? wrong % each : -1);
    }

    /** Returns what the calls give: the outputs of each, then the values that the variables have after it. */
    private static List<NDArray> results(Program.Built built, Device device) {
        built.variables().forEach((variable, value) -> variable.set(value));
        Graph graph = built.graph();
        List<Variable> updated = graph.updates().stream().map(Graph.Update::variable).toList();
        var results = new ArrayList<NDArray>();
        try (Function f = new Function(graph, device)) {
            for (List<Value> call : built.calls()) {
                results.addAll(f.call(call));
                updated.forEach(v -> results.add(v.value()));
            }
        }
        return results;
    }

    private static String described(Throwable e) {
        var text = new StringBuilder(String.valueOf(e));
        for (int i = 0; i < Math.min(6, e.getStackTrace().length); i++) {
            text.append("\n    at ").append(e.getStackTrace()[i]);
        }
        return e.getCause() == null ? text.toString() : text + "\n  by " + e.getCause();
    }
}
