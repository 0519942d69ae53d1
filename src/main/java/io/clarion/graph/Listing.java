package io.clarion.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A graph for people: a numbered line a node, the bodies of loops and branches indented. */
public final class Listing {
    private final Map<Tensor, Integer> numbers = new IdentityHashMap<>();
    private final List<String> lines = new ArrayList<>();

    private Listing() {}

    /** Returns the lines of a graph: nodes, then what it returns and updates. */
    public static List<String> of(Graph graph) {
        var listing = new Listing();
        listing.add(graph.results(), "");
        graph.outputs().forEach(t -> listing.lines.add("return " + listing.number(t)));
        graph.updates()
                .forEach(u -> listing.lines.add("update " + u.variable() + " with " + listing.number(u.value())));
        return listing.lines;
    }

    private String number(Tensor t) {
        return "%" + numbers.get(t);
    }

    private void add(List<Tensor> roots, String indent) {
        for (Tensor t : TopologicalOrder.of(roots, x -> numbers.containsKey(x) ? List.of() : x.inputs())) {
            if (numbers.putIfAbsent(t, numbers.size()) != null) {
                continue;
            }
            String inputs = t.inputs().stream().map(this::number).collect(Collectors.joining(", "));
            lines.add(indent + number(t) + " = " + described(t) + (inputs.isEmpty() ? "" : " of " + inputs));
            if (t.op() instanceof Bundle bundle) {
                for (Body body : bundle.bodies()) {
                    add(body.parameters(), indent + "    ");
                    add(body.results(), indent + "    ");
                    lines.add(indent + "    give "
                            + body.results().stream().map(this::number).collect(Collectors.joining(", ")));
                }
            }
        }
    }

    private static String described(Tensor t) {
        return switch (t.op()) {
            case Bundle.Loop loop -> "loop of " + loop.steps().describe() + " steps"
                    + (loop.reversed() ? ", from the last element" : "");
            case Bundle.Branch branch -> "branch";
            case Op other -> words(other) + " " + t.dtype().word() + t.shape();
        };
    }

    /** Returns what an operation is called, as in {@code sigmoid} or {@code contract}. */
    public static String words(Op op) {
        return switch (op) {
            case Op.Elementwise(ScalarFn fn) -> fn.word();
            case Op.View(Movement m) -> m.getClass().getSimpleName().toLowerCase(Locale.ROOT);
            case Op.Reduce reduce -> reduce.kind().name().toLowerCase(Locale.ROOT) + " over " + reduce.axes();
            case Op.Contract(Contraction c) -> "contract over " + c.summed();
            case Op.Placeholder p -> "placeholder " + p.name();
            case Op.Read(Variable v) -> "variable " + v.name();
            case Op.Literal l -> "literal " + l.value();
            case Op.Result(int number) -> "result " + number;
            case Op other -> other.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
    }
}
