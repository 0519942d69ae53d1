package io.clarion.opencl.compile.program;

import io.clarion.graph.TopologicalOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A program or its exprs as text, a line a value: {@code %3 = tanh float32(2, 3) of %2}. Buffers are {@code b0},
 * {@code b1} … as they are met, and {@code in0}, a variable's name or {@code constant} where they are given;
 * {@code b4[half0]} is a place of axis 0.
 */
public final class ProgramListing {
    private final List<String> lines = new ArrayList<>();
    private final Map<Expr, Integer> numbers = new HashMap<>();
    private final Map<Buffer, Integer> buffers = new HashMap<>();

    private ProgramListing() {}

    /** Returns the lines of a program. */
    public static List<String> of(Program program) {
        var listing = new ProgramListing();
        listing.nodes(program.nodes(), "");
        program.outputs().forEach(b -> listing.lines.add("return " + listing.name(b)));
        program.updates()
                .forEach(u -> listing.lines.add("update " + u.variable() + " with " + listing.name(u.value())));
        return listing.lines;
    }

    /** Returns the lines of exprs that are not divided into kernels yet. */
    public static List<String> of(Dataflow flow) {
        var listing = new ProgramListing();
        listing.exprs(flow.results(), "");
        flow.outputs().forEach(e -> listing.lines.add("return " + listing.name(e)));
        flow.updates().forEach(u -> listing.lines.add("update " + u.variable() + " with " + listing.name(u.value())));
        return listing.lines;
    }

    private String name(Expr e) {
        return "%" + numbers.get(e);
    }

    private String name(Buffer b) {
        return switch (b.source()) {
            case Buffer.Source.Input(int number) -> "in" + number;
            case Buffer.Source.Content(var variable, boolean isVolatile) -> variable.name();
            case Buffer.Source.Fixed f -> "constant";
            case Buffer.Source.Scratch s -> "b" + buffers.computeIfAbsent(b, x -> buffers.size());
            case Buffer.Source.Slice(Buffer of, Index at) -> name(of) + (at == null ? "" : "[" + at.text() + "]");
        };
    }

    private String names(List<Buffer> list) {
        return list.stream().map(this::name).collect(Collectors.joining(", "));
    }

    private void nodes(List<Node> nodes, String indent) {
        for (Node node : nodes) {
            switch (node) {
                case Kernel kernel -> kernel("kernel", kernel, indent);
                case Node.SideBySide side -> {
                    lines.add(indent + "side by side");
                    side.kernels().forEach(k -> kernel("kernel", k, indent + "  "));
                }
                case Node.FusedRows rows -> {
                    lines.add(indent + "fused " + rows.rows() + " rows");
                    rows.stages().forEach(k -> kernel("stage", k, indent + "  "));
                }
                case Node.Sort sort -> lines.add(indent + names(sort.outputs()) + " = sort " + name(sort.indices())
                        + " into " + sort.rows() + " rows");
                case Node.Repeat loop -> {
                    lines.add(indent + names(loop.outputs()) + " = repeat " + loop.steps() + " times"
                            + (loop.reversed() ? ", from the last" : ""));
                    nodes(loop.body(), indent + "  ");
                }
                case Node.Choose choose -> {
                    lines.add(indent + names(choose.outputs()) + " = if " + name(choose.condition()));
                    nodes(choose.then(), indent + "  ");
                    lines.add(indent + "else");
                    nodes(choose.otherwise(), indent + "  ");
                }
            }
        }
    }

    private void kernel(String what, Kernel kernel, String indent) {
        lines.add(indent + what + (kernel.isInvariant() ? ", once" : ""));
        numbers.clear();
        exprs(kernel.values(), indent + "  ");
        kernel.stores().forEach(s -> lines.add(indent + "  " + name(s.buffer()) + " = " + name(s.value())));
    }

    private void exprs(List<Expr> roots, String indent) {
        for (Expr e : TopologicalOrder.of(roots, x -> numbers.containsKey(x) ? List.of() : x.inputs())) {
            if (numbers.containsKey(e)) {
                continue;
            }
            if (e.op() instanceof Operation.Control control) {
                control.regions().forEach(region -> {
                    lines.add(indent + "region");
                    exprs(region, indent + "  ");
                });
            }
            numbers.put(e, numbers.size());
            String inputs = e.inputs().stream().map(this::name).collect(Collectors.joining(", "));
            lines.add(indent + name(e) + " = " + words(e) + (e.op() instanceof Operation.Control ? "" : " " + e)
                    + (inputs.isEmpty() ? "" : " of " + inputs));
        }
    }

    private String words(Expr e) {
        return switch (e.op()) {
            case Operation.Load(Buffer b) -> "load " + name(b);
            case Operation.Store(Buffer b) -> "store in " + name(b);
            case Operation.Filled(Buffer b) -> "filled " + name(b);
            case Operation.Element(Index at) -> "element [" + at.text() + "]";
            case Operation.Product(Tile tile) ->
                    e.op().words() + (tile.packed() ? " by panels of " : " by columns of ") + tile.columns();
            case Operation.Repeat r -> "repeat " + r.steps() + " times to " + names(r.buffers());
            case Operation.Choose c -> "choose to " + names(c.buffers());
            case Operation.Sort s -> "sort to " + names(s.buffers());
            case Operation.SegmentSum s -> "segment sum";
            case Operation.Compute c -> c.words();
        };
    }
}
