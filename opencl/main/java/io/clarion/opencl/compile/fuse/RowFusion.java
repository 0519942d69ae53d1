package io.clarion.opencl.compile.fuse;

import io.clarion.opencl.compile.fuse.Groups.Group;
import io.clarion.opencl.compile.kernel.FusedRowsKernel;
import io.clarion.opencl.compile.kernel.ProductKernel;
import io.clarion.opencl.compile.kernel.ReductionKernel;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Cost;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.program.Program;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Fuses kernels row by row: the bodies of loops whose states' rows do not mix, and runs of small kernels that read what
 * the one before has just made.
 */
public final class RowFusion {
    /** Operations of a step that one core does sooner than it would share them: a launch takes some microseconds. */
    private static final double SMALL_STEP = 1 << 20;

    /** Bytes of weights that a GPU's unit reads in some microseconds, in each step. */
    private static final double NEAR = 1 << 20;
    /** Operations that a GPU's unit does in some microseconds. */
    private static final double SHORT_STEP = 1 << 22;

    /**
     * A GPU launches a kernel in about the time in which a work-group waits for memory so often: 6 and 1.2 µs on an
     * H100.
     */
    private static final double WAITS_OF_A_LAUNCH = 5;
    /** Turns of a work-group's items for a row, above which rows should be enough for all units. */
    private static final double SHORT_ROW = 8;

    private final Program program;
    private final Strategy strategy;

    private RowFusion(Program program, Strategy strategy) {
        this.program = program;
        this.strategy = strategy;
    }

    /** Returns the program with fused rows in place of the kernels that they consist of. */
    public static Program of(Program program, Strategy strategy) {
        return program.with(new RowFusion(program, strategy).fused(program.nodes(), new HashSet<>(program.results())));
    }

    private List<Node> fused(List<Node> nodes, Set<Buffer> results) {
        return runs(nodes.stream().map(node -> node instanceof Node.Control control ? fused(control) : node).toList(),
                results);
    }

    private Node.Control fused(Node.Control control) {
        if (control instanceof Node.Repeat loop && body(loop) instanceof Node.FusedRows rows) {
            return loop.with(List.of(List.of(rows)));
        }
        return control.with(control.regions().stream().map(region -> fused(region, Set.of())).toList());
    }

    /** Returns a loop's body as fused rows; null if it cannot be that. */
    private Node.FusedRows body(Node.Repeat loop) {
        var kernels = new ArrayList<Kernel>();
        for (Node node : loop.body()) {
            if (!(node instanceof Kernel kernel) || !isStage(kernel)) {
                return null;
            }
            kernels.add(kernel);
        }
        if (kernels.isEmpty() || loop.first().isEmpty() || loop.first().get(0).shape().rank() == 0) {
            return null;
        }
        int rows = loop.first().get(0).shape().size(0);
        Set<Buffer> made = new LinkedHashSet<>();
        kernels.forEach(k -> made.addAll(k.outputs()));
        boolean haveRows = loop.first().stream().allMatch(b -> hasRows(b, rows));
        var fused = new Node.FusedRows(kernels, rows, Set.of());
        return haveRows && keep(kernels, made, new HashSet<>(loop.outputs()), rows) && isWorthIt(fused) ? fused : null;
    }

    /**
     * Returns whether the units that have a share of the rows are done sooner than all would be, launch after launch.
     */
    private boolean isWorthIt(Node.FusedRows fused) {
        double operations = fused.stages().stream().mapToDouble(k -> Cost.of(k).flops()).sum();
        if (strategy.cpu()) {
            return fused.rows() >= strategy.units() || operations < SMALL_STEP;
        }
        double weights = fused.stages().stream().filter(k -> k.tile() != null).mapToDouble(k -> k.operand(1).bytes())
                .sum();
        return weights <= NEAR && operations / Math.min(fused.rows(), strategy.units()) <= SHORT_STEP
                && FusedRowsKernel.waits(fused, strategy) <= WAITS_OF_A_LAUNCH * fused.stages().size();
    }

    private boolean isStage(Kernel kernel) {
        Tile tile = kernel.tile();
        return !kernel.isAccumulating() || (tile != null ? ProductKernel.isByRows(tile)
                : ReductionKernel.isStage(kernel.accumulation(), strategy));
    }

    private static boolean hasRows(Buffer b, int rows) {
        return b.shape().rank() > 0 && b.shape().size(0) == rows && b.elements() > 0;
    }

    private static boolean keep(List<Kernel> kernels, Set<Buffer> made, Set<Buffer> carried, int rows) {
        var locality = new RowLocality(made, carried);
        return made.stream().allMatch(b -> hasRows(b, rows)) && kernels.stream().allMatch(locality::holds);
    }

    // Runs of kernels.

    /** The most bytes of a row in all stages: more would not stay in the cache from one to the next. */
    private static final int WIDEST_ROW = 1 << 16;
    /** The most bytes of the weights of a dense layer that is done row by row with what follows. */
    private static final int NARROW = 1 << 16;
    /** The most operations of one: of more, larger tiles save more than a launch costs. */
    private static final double SMALL_LAYER = 1 << 23;
    /** Bytes of a tensor that is worth reading once for several sums. */
    private static final int LARGE = 1 << 20;

    /** Joins kernels to those that make what they read, row by row, where one of them sums or compares along rows. */
    private List<Node> runs(List<Node> nodes, Set<Buffer> results) {
        var groups = new Groups();
        for (Node node : nodes) {
            groups.add(node, node instanceof Kernel kernel && isRowWork(kernel) ? host(kernel, groups) : null);
        }
        return groups.ordered().stream()
                .map(g -> g.nodes().size() == 1 ? g.nodes().get(0) : fused(g, groups.all(), results)).toList();
    }

    private Node fused(Group group, List<Group> all, Set<Buffer> results) {
        List<Kernel> kernels = group.nodes().stream().map(Kernel.class::cast).toList();
        int rows = rows(kernels.get(0));
        Set<Buffer> locals = new LinkedHashSet<>(group.made());
        locals.removeAll(results);
        all.stream().filter(g -> g != group).forEach(g -> g.reads().forEach(locals::remove));
        // Without cl_khr_fp16 there are no variables of halves, only buffers.
        locals.removeIf(b -> b.isSlice() || b.dtype() == DType.FLOAT16);
        if (locals.stream().mapToLong(Buffer::bytes).sum() / rows > FusedRowsKernel.LOCAL) {
            locals.clear();
        }
        return new Node.FusedRows(kernels, rows, locals);
    }

    private static int rows(Kernel kernel) {
        return kernel.result().shape().size(0);
    }

    /**
     * Returns whether it is done for many rows, each short, and changes no variable that it reads, which it can do in
     * place.
     */
    private boolean isRowWork(Kernel kernel) {
        return isStage(kernel) && isNarrow(kernel) && kernel.elements() > 0 && kernel.result().rank() > 0
                && (rows(kernel) >= 4 * strategy.units() || !strategy.cpu() && isShort(kernel))
                && !program.changes(kernel, kernel);
    }

    /** Returns whether it is no product, or a small one whose weights stay in the cache of each core. */
    private boolean isNarrow(Kernel kernel) {
        return kernel.tile() == null
                || strategy.cpu() && kernel.operand(1).bytes() <= NARROW && Cost.of(kernel).flops() <= SMALL_LAYER;
    }

    /** Returns whether a GPU's work-group is soon done with a row. */
    private boolean isShort(Kernel kernel) {
        return FusedRowsKernel.numbers(kernel) / rows(kernel) <= SHORT_ROW * strategy.widestGroup();
    }

    /**
     * Returns the group that makes what {@code kernel} reads, or reads the same large tensor, and that it can join;
     * null if there is none.
     */
    private Group host(Kernel kernel, Groups groups) {
        return Stream.concat(groups.makers(kernel.reads().keySet()),
                groups.all().stream().filter(g -> g.nodes().stream().anyMatch(i -> sharesInput(kernel, i))))
                .filter(g -> joins(kernel, g, groups)).findFirst().orElse(null);
    }

    /** Returns whether both sum the same tensor, one that no cache holds as a whole. */
    private static boolean sharesInput(Kernel kernel, Node other) {
        return kernel.isAccumulating() && other instanceof Kernel w && w.isAccumulating()
                && kernel.reads().keySet().stream().anyMatch(t -> t.bytes() >= LARGE && w.reads().containsKey(t));
    }

    private boolean joins(Kernel kernel, Group group, Groups groups) {
        var kernels = new ArrayList<Kernel>();
        for (Node node : group.nodes()) {
            if (!(node instanceof Kernel w) || !isRowWork(w) || rows(w) != rows(kernel)) {
                return false;
            }
            kernels.add(w);
        }
        kernels.add(kernel);
        Set<Buffer> made = new LinkedHashSet<>(group.made());
        made.addAll(kernel.outputs());
        int widest = FusedRowsKernel.hasTiles(kernels) ? FusedRowsKernel.widestWithTiles(strategy) : WIDEST_ROW;
        return kernels.stream().anyMatch(Kernel::isAccumulating)
                && made.stream().mapToLong(Buffer::bytes).sum() / rows(kernel) <= widest
                && keep(kernels, made, Set.of(), rows(kernel))
                && groups.makers(kernel.reads().keySet()).noneMatch(g -> g != group && groups.needs(g, group));
    }
}
