package io.clarion.check;

import io.clarion.K;
import io.clarion.check.Argument.Array;
import io.clarion.check.Argument.Block;
import io.clarion.check.Argument.Ints;
import io.clarion.check.Argument.Plain;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Makes a program that fails as short as it can: fewer outputs, calls and steps, inputs in place of steps, smaller
 * sizes.
 */
final class Shrinker {
    private static final int[] SMALL = {1, 2, 3, 4, 5, 8, 9, 16, 17, 32, 33};

    private final Predicate<Program> fails;
    private final long end;

    /**
     * Makes a shrinker.
     *
     * @param fails whether a program fails as the first did
     * @param nanos after which the shortest so far has to do
     */
    Shrinker(Predicate<Program> fails, long nanos) {
        this.fails = fails;
        this.end = System.nanoTime() + nanos;
    }

    /** Returns a short program that fails; {@code output} is the number of an output that is wrong, or −1. */
    Program shrunk(Program program, int output) {
        Program now = program;
        if (output >= 0) {
            now = better(now, now.withOutputs(List.of(now.outputs().get(output))).needed());
        }
        for (String before = ""; !before.equals(now.text()) && isTime();) {
            before = now.text();
            now = fewer(now);
            now = shorter(now);
            now = smaller(now);
        }
        return now;
    }

    private boolean isTime() {
        return System.nanoTime() < end;
    }

    private Program better(Program now, Program other) {
        return isTime() && fails.test(other) ? other : now;
    }

    /** With fewer outputs, updates and calls. */
    private Program fewer(Program program) {
        Program now = program;
        for (int part = now.outputs().size() / 2; part > 0; part /= 2) {
            for (int i = 0; i + part <= now.outputs().size() && now.outputs().size() > part;) {
                var rest = new ArrayList<>(now.outputs());
                rest.subList(i, i + part).clear();
                Program other = better(now, now.withOutputs(rest).needed());
                i += other == now ? part : 0;
                now = other;
            }
        }
        for (Step s : now.steps()) {
            if (Program.isUpdate(s)) {
                now = better(now,
                        now.with(now.steps().stream().filter(x -> x.number() != s.number()).toList()).needed());
            }
        }
        for (int batch : now.batches()) {
            if (now.batches().size() > 1) {
                now = better(now, now.withBatches(List.of(batch)));
            }
        }
        for (int batch : new int[] {1, 2, 3}) {
            if (now.batches().size() == 1 && now.batches().get(0) > batch) {
                now = better(now, now.withBatches(List.of(batch)));
            }
        }
        return now;
    }

    /** With inputs in place of steps, later ones first; with an input of a step in its place. */
    private Program shorter(Program program) {
        Program now = program;
        for (int i = now.steps().size() - 1; i >= 0 && isTime(); i--) {
            if (i >= now.steps().size()) {
                continue;
            }
            Program at = now;
            for (Program other : replacements(at, now.steps().get(i))) {
                now = better(now, other);
                if (now != at) {
                    break;
                }
            }
        }
        return now;
    }

    private static List<Program> replacements(Program program, Step step) {
        var found = new ArrayList<Program>();
        Map<Integer, Object> values;
        try {
            values = program.values();
        } catch (RuntimeException e) {
            return found;
        }
        for (Argument a : step.arguments()) {
            if (a instanceof Block block) {
                block.shorter().forEach(shorter -> found.add(
                        program.with(program.steps().stream().map(s -> s == step ? s.with(block, shorter) : s).toList())
                                .needed()));
            }
        }
        if (!(values.get(step.number()) instanceof Tensor t) || program.feeds().containsKey(step.number())) {
            return found;
        }
        if (!isInput(step)) {
            var sizes = new ArrayList<Integer>();
            for (int a = 0; a < t.rank(); a++) {
                sizes.add(t.shape().dim(a).isKnown() ? t.shape().size(a)
                        : t.shape().dim(a) instanceof Dim.Symbol ? K.NONE : -2);
            }
            if (!sizes.contains(-2)) {
                double low = t.dtype() == DType.UINT8 ? 0 : -2;
                found.add(replaced(program, step, new Drawn(t.dtype(), step.number(), low, 2, sizes, false)));
                found.add(replaced(program, step, new Drawn(t.dtype(), step.number(), 0, 1, sizes, false)));
            }
        }
        step.needs().distinct()
                .filter(n -> values.get(n) instanceof Tensor x && x.dtype() == t.dtype() && x.rank() == t.rank())
                .forEach(n -> found.add(renamed(program, step.number(), n)));
        return found;
    }

    private static boolean isInput(Step step) {
        return step.name().equals("placeholder")
                || step.name().equals("constant") && step.arguments().get(0) instanceof Array;
    }

    private static Program replaced(Program program, Step step, Drawn drawn) {
        var placeholder = new Step(step.number(), null, "placeholder",
                List.of(new Ints(drawn.sizes()), new Plain(drawn.dtype())));
        Map<Integer, Drawn> feeds = new HashMap<>(program.feeds());
        feeds.put(step.number(), drawn);
        return new Program(program.floatx(), program.steps().stream().map(s -> s == step ? placeholder : s).toList(),
                feeds, program.outputs(),
                program.batches()).needed();
    }

    /** Returns the program with the value of one step in place of another's. */
    private static Program renamed(Program program, int step, int other) {
        return new Program(program.floatx(),
                program.steps().stream().filter(s -> s.number() != step).map(s -> s.renamed(step, other)).toList(),
                program.feeds(),
                program.outputs().stream().map(o -> o == step ? (Integer) other : o).toList(), program.batches())
                .needed();
    }

    /** With smaller numbers, wherever they stand for sizes. */
    private Program smaller(Program program) {
        Program now = program;
        Set<Integer> sizes = new LinkedHashSet<>();
        now.feeds().values().forEach(d -> sizes.addAll(d.sizes()));
        now.steps().forEach(s -> s.arguments().forEach(a -> {
            if (a instanceof Array array) {
                sizes.addAll(array.drawn().sizes());
            }
        }));
        for (int size : sizes) {
            for (int other : SMALL) {
                if (other < size) {
                    Program before = now;
                    now = better(now, now.with(size, other));
                    if (now != before) {
                        break;
                    }
                }
            }
        }
        return now;
    }
}
