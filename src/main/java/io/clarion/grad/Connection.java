package io.clarion.grad;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * To which tensors a gradient flows from a loss, and what keeps it from the others that the loss depends on.
 *
 * <p>A tensor behind an operation without a gradient, such as a rounding or an index of the greatest, and behind
 * nothing else, has none: what would be asked there is a mistake, which zeros would hide.
 */
final class Connection {
    private final Set<Tensor> flowing = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Tensor> fallen = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Where a slope of 0 begins, which is a gradient of all behind it. */
    private final List<Tensor> flat = new ArrayList<>();
    private final List<Cut> cuts = new ArrayList<>();
    private final Map<Tensor, Map<Body, Connection>> inBodies = new IdentityHashMap<>();
    private final ArrayDeque<Tensor> open = new ArrayDeque<>();

    /** A place where no gradient flows: from an operation, by its word, to a tensor. */
    private record Cut(String word, Tensor to) {
        boolean leadsTo(Tensor v) {
            return Graph.tensors(List.of(to)).contains(v);
        }
    }

    private Connection() {}

    /** Refuses tensors that {@code loss} depends on, but only by ways that no gradient goes. */
    static void check(Tensor loss, List<Tensor> with) {
        var connection = new Connection();
        connection.follow(loss);
        Set<Tensor> below = identities(Graph.tensors(List.of(loss)));
        Set<Tensor> flat = connection.behindFlat();
        for (Tensor v : with) {
            if (below.contains(v) && !connection.flowing.contains(v) && !flat.contains(v)) {
                if (!v.dtype().isFloating()) {
                    throw new IllegalArgumentException("gradients: " + v.described()
                            + " has no fractions, and so no gradient; a floating-point tensor would do");
                }
                List<String> words = connection.cuts.stream().filter(c -> c.leadsTo(v)).map(Cut::word).distinct()
                        .sorted().toList();
                throw new IllegalArgumentException("gradients: the loss depends on " + v.described() + " only through "
                        + String.join(" and ", words)
                        + ", which " + (words.size() == 1 ? "has no gradient" : "have no gradients")
                        + "; a differentiable function in place of " + (words.size() == 1 ? "it" : "them")
                        + " would do");
            }
        }
    }

    private static Set<Tensor> identities(List<Tensor> tensors) {
        Set<Tensor> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(tensors);
        return set;
    }

    private Set<Tensor> behindFlat() {
        return identities(Graph.tensors(flat));
    }

    private void follow(Tensor from) {
        open.push(from);
        while (!open.isEmpty()) {
            Tensor t = open.pop();
            if (flowing.add(t)) {
                switch (t.op()) {
                    case Op.Flat f -> flat.addAll(t.inputs());
                    case Op.Result(int number) -> enter(t.input(0), number);
                    default -> go(t);
                }
            }
        }
    }

    private void go(Tensor t) {
        for (int i = 0; i < t.inputs().size(); i++) {
            if (!t.input(i).dtype().isFloating()) {
                fall(t.input(i));
            } else if (flows(t, i)) {
                open.push(t.input(i));
            } else if (!(t.op() instanceof Op.Observed)) {
                cuts.add(new Cut(word(t), t.input(i)));
            }
        }
    }

    /** Goes on from a tensor without fractions to what made it so. */
    private void fall(Tensor from) {
        var whole = new ArrayDeque<Tensor>(List.of(from));
        while (!whole.isEmpty()) {
            Tensor t = whole.pop();
            if (!fallen.add(t)) {
                continue;
            }
            if (t.op() instanceof Op.Flat) {
                flat.addAll(t.inputs());
                continue;
            }
            for (Tensor in : t.inputs()) {
                if (in.dtype().isFloating()) {
                    cuts.add(new Cut(word(t), in));
                } else {
                    whole.push(in);
                }
            }
        }
    }

    /** Follows a result of a loop or a branch into its bodies, and out again to what these are given. */
    private void enter(Tensor bundle, int number) {
        int offset = bundle.op() instanceof Bundle.Branch ? 1 : 0;
        if (offset == 1) {
            Tensor condition = bundle.input(0);
            if (condition.dtype().isFloating()) {
                cuts.add(new Cut("the condition of switch", condition));
            } else {
                fall(condition);
            }
        }
        for (Body body : ((Bundle) bundle.op()).bodies()) {
            Connection inside = inBodies.computeIfAbsent(bundle, b -> new IdentityHashMap<>()).computeIfAbsent(body,
                    b -> new Connection());
            inside.follow(body.results().get(number));
            if (bundle.op() instanceof Bundle.Loop loop) {
                inside.repeat(body, loop.carried());
            }
            Set<Tensor> flatInside = inside.behindFlat();
            for (int p = 0; p < body.parameters().size(); p++) {
                Tensor parameter = body.parameters().get(p);
                Tensor given = bundle.input(p + offset);
                if (inside.flowing.contains(parameter)) {
                    open.push(given);
                }
                if (flatInside.contains(parameter)) {
                    flat.add(given);
                }
                inside.cuts.stream().filter(c -> c.leadsTo(parameter)).forEach(c -> cuts.add(new Cut(c.word, given)));
            }
        }
    }

    /** Follows what one step of a loop is given from the one before. */
    private void repeat(Body body, int carried) {
        boolean isNew = true;
        while (isNew) {
            isNew = false;
            for (int i = 0; i < carried; i++) {
                Tensor before = body.parameters().get(i);
                Tensor result = body.results().get(i);
                if (flowing.contains(before) && !flowing.contains(result)) {
                    follow(result);
                    isNew = true;
                }
            }
        }
    }

    /** Returns whether a gradient flows from {@code t} to its input {@code i}. */
    private static boolean flows(Tensor t, int i) {
        return switch (t.op()) {
            case Op.Elementwise(ScalarFn fn) -> fn.isDifferentiable();
            case Op.Cast(DType to) -> to.isFloating();
            case Op.Reduce reduce -> !reduce.kind().givesIndex();
            case Op.Stop stop -> false;
            case Op.Alias alias -> i == 0;
            default -> true;
        };
    }

    private static String word(Tensor t) {
        return switch (t.op()) {
            case Op.Elementwise(ScalarFn fn) -> fn.word();
            case Op.Cast(DType to) -> "a cast to " + to.word();
            case Op.Reduce reduce -> reduce.kind().name().toLowerCase(Locale.ROOT);
            case Op.Stop stop -> "stopGradient";
            case Bundle bundle -> "whole numbers of a loop or a switch";
            default -> t.op().toString();
        };
    }
}
