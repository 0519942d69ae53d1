package io.clarion.schedule.batch;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The partition of a graph by its batch. The batch is the first axis of the placeholders whose first size is a symbol,
 * all of one value. A tensor that has it is <em>split</em>: each device has the rows of its share. What sums split
 * tensors over the batch is a <em>reduction</em>: each device has a part of the sum, and all parts together are the
 * whole. What is made of reductions is whole.
 *
 * <pre>
 *     stage 0                          stage 1                        at the end, on one device
 *     x ---- split ---- reduction  -->  split ---- reduction  -->  whole ---- outputs, updates
 * </pre>
 */
public final class BatchPartition {
    private final Graph graph;
    private final Set<Dim.Symbol> batch;
    private final int rows;
    /** Of each tensor, the number of reductions, one after another, that it depends on. */
    private final Map<Tensor, Integer> stages = new HashMap<>();
    private final Set<Tensor> reductions = new LinkedHashSet<>();
    private final Set<Tensor> kept = new LinkedHashSet<>();
    /** Loops and branches of split tensors. */
    private final Set<Tensor> bundles = new HashSet<>();
    private int last;

    private BatchPartition(Graph graph, Set<Dim.Symbol> batch, int rows) {
        this.graph = graph;
        this.batch = batch;
        this.rows = rows;
    }

    /** Returns the partition of a graph of which a call told the sizes. */
    static BatchPartition of(Graph graph, Map<Dim.Symbol, Integer> sizes) throws Indivisible {
        Set<Dim.Symbol> batch = graph.inputs().stream().map(Tensor::shape).filter(s -> s.rank() > 0).map(s -> s.dim(0))
                .filter(Dim.Symbol.class::isInstance).map(Dim.Symbol.class::cast)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Set<Integer> rows = batch.stream().map(sizes::get).collect(Collectors.toSet());
        if (rows.size() != 1) {
            throw new Indivisible(rows.isEmpty() ? "no input has None as its first size"
                    : "the inputs have batches of " + rows + " rows");
        }
        var partition = new BatchPartition(graph, batch, rows.iterator().next());
        partition.survey();
        return partition;
    }

    /** No partition: all is whole. */
    public static BatchPartition none(Graph graph) {
        var partition = new BatchPartition(graph, Set.of(), 1);
        partition.last = -1;
        return partition;
    }

    Graph graph() {
        return graph;
    }

    /** Returns the rows of the batch. */
    public int rows() {
        return rows;
    }

    /** Returns how many stages have split tensors; none if all is whole. */
    int stages() {
        return last + 1;
    }

    /**
     * Returns whether all that is asked for are rows that need no others and are the same wherever they lie: any device
     * can compute any, at any time.
     */
    public boolean isRowByRow() {
        return last == 0 && reductions.isEmpty() && graph.updates().isEmpty()
                && graph.outputs().stream().allMatch(this::isSplit)
                && graph.tensors().stream()
                        .noneMatch(t -> isSplit(t) && (t.op() instanceof Op.Random || t.op() instanceof Op.Iota));
    }

    int stage(Tensor t) {
        return stages.get(t);
    }

    /** Returns the reductions of a stage. */
    List<Tensor> reductions(int stage) {
        return reductions.stream().filter(t -> stage(t) == stage).toList();
    }

    boolean isReduction(Tensor t) {
        return reductions.contains(t);
    }

    /** Returns the split tensors of a stage that later ones need. */
    List<Tensor> kept(int stage) {
        return kept.stream().filter(t -> stage(t) == stage).toList();
    }

    boolean isKept(Tensor t) {
        return kept.contains(t);
    }

    /** Returns whether a size is the batch's, or is made of it. */
    boolean isOfBatch(Dim dim) {
        return switch (dim) {
            case Dim.Known k -> false;
            case Dim.Symbol s -> batch.contains(s);
            case Dim.Sum(Dim left, Dim right, int factor) -> isOfBatch(left) || isOfBatch(right);
            case Dim.Product(Dim left, Dim right) -> isOfBatch(left) || isOfBatch(right);
            case Dim.Quotient(Dim left, Dim right) -> isOfBatch(left) || isOfBatch(right);
            case Dim.Excess(Dim left, Dim right) -> isOfBatch(left) || isOfBatch(right);
        };
    }

    /** Returns the axis that is the batch; empty of what is whole. */
    Optional<Integer> axis(Tensor t) {
        return axis(t.shape());
    }

    Optional<Integer> axis(Shape shape) {
        return IntStream.range(0, shape.rank()).boxed().filter(a -> isOfBatch(shape.dim(a))).findFirst();
    }

    boolean isSplit(Tensor t) {
        return axis(t).isPresent();
    }

    /** Returns the sizes of a device that has so many of the rows. */
    Map<Dim.Symbol, Integer> sizes(Map<Dim.Symbol, Integer> sizes, int share) {
        var own = new HashMap<>(sizes);
        batch.forEach(s -> own.put(s, share));
        return own;
    }

    /** Returns the function that combines two parts of a reduction. */
    static ScalarFn combining(Tensor reduction) {
        return reduction.op() instanceof Op.Reduce(Op.Reduce.Kind kind, var axes)
                ? kind == Op.Reduce.Kind.PROD ? ScalarFn.MUL : kind.isGreatest() ? ScalarFn.MAXIMUM : ScalarFn.MINIMUM
                : ScalarFn.ADD;
    }

    // The survey.

    private void survey() throws Indivisible {
        for (Tensor t : graph.tensors()) {
            if (t.op() instanceof Bundle bundle) {
                bundle(t, bundle);
            } else {
                require(t, t.inputs(), true);
            }
            int stage = 0;
            for (Tensor in : t.inputs()) {
                stage = Math.max(stage, stage(in) + (reductions.contains(in) ? 1 : 0));
            }
            stages.put(t, stage);
            if (isSplit(t) || reductions.contains(t)) {
                last = Math.max(last, stage);
            }
        }
        for (Tensor t : graph.tensors()) {
            if (isSplit(t) || reductions.contains(t) || bundles.contains(t)) {
                t.inputs().stream().filter(in -> isSplit(in) && stage(in) < stage(t) && !(in.op() instanceof Op.Leaf))
                        .forEach(kept::add);
            }
        }
        for (Graph.Update u : graph.updates()) {
            if (isSplit(u.value())) {
                throw new Indivisible("variable " + u.variable().name() + " becomes rows of the batch");
            }
        }
    }

    private void bundle(Tensor t, Bundle bundle) throws Indivisible {
        boolean isSplit = t.inputs().stream().anyMatch(this::isSplit);
        for (Body body : bundle.bodies()) {
            for (Tensor inner : Graph.allTensors(body.results())) {
                boolean counts = inner.op() instanceof Op.Size(Dim dim) && isOfBatch(dim);
                if (counts || inner.op() instanceof Bundle && isSplit
                        || inner.inputs().isEmpty() && isSplit(inner) && !(inner.op() instanceof Op.Parameter)) {
                    throw new Indivisible("a loop or branch has " + inner);
                }
                if (!(inner.op() instanceof Bundle)) {
                    require(inner, inner.inputs(), false);
                }
                isSplit |= isSplit(inner);
            }
        }
        if (isSplit) {
            if (IntStream.range(0, bundle.results()).anyMatch(i -> axis(bundle.shape(i)).isEmpty())) {
                throw new Indivisible("a loop or branch makes rows and what is no row");
            }
            bundles.add(t);
        }
    }

    /** Refuses what is no function of the rows one by one, unless it reduces them. */
    private void require(Tensor t, List<Tensor> in, boolean mayReduce) throws Indivisible {
        List<Integer> axes = IntStream.range(0, t.rank()).boxed().filter(a -> isOfBatch(t.shape().dim(a))).toList();
        boolean ofSplit = in.stream().anyMatch(this::isSplit);
        if (axes.size() > 1 || !axes.isEmpty() && !isWholeRows(t.shape().dim(axes.get(0)))
                || !holds(t, in, axes.isEmpty() ? -1 : axes.get(0)) || axes.isEmpty() && ofSplit && !mayReduce) {
            throw new Indivisible("it has " + t);
        }
        if (axes.isEmpty() && ofSplit) {
            reductions.add(t);
        }
    }

    /** Returns whether a size is that of the batch, some times over: any share of the batch has so many. */
    private boolean isWholeRows(Dim dim) {
        return dim instanceof Dim.Symbol
                || dim instanceof Dim.Product(Dim left, Dim right) && right.isKnown() && isWholeRows(left)
                || dim instanceof Dim.Product(Dim l, Dim r) && l.isKnown() && isWholeRows(r);
    }

    /**
     * Returns whether {@code t}, whose axis {@code own} is the batch, or none if it is −1, is made row by row, or
     * reduces rows.
     */
    private boolean holds(Tensor t, List<Tensor> in, int own) {
        return switch (t.op()) {
            case Op.Placeholder p -> own <= 0;
            case Op.Leaf l -> true;
            case Op.Elementwise e -> in.stream().allMatch(x -> axisOf(x) == own);
            case Op.Cast c -> axisOf(in.get(0)) == own;
            case Op.Alias a -> axisOf(in.get(0)) == own && in.stream().skip(1).allMatch(x -> own < 0 || axisOf(x) <= 0);
            case Op.View(Movement m) -> moves(m, in.get(0).shape(), t.shape(), own);
            case Op.Concat(int axis) -> own < 0 ? in.stream().noneMatch(this::isSplit)
                    : axis != own && in.stream().allMatch(x -> axisOf(x) == own);
            case Op.Contract(Contraction c) -> {
                List<Integer> ofBatch = IntStream.range(0, c.extents().size()).boxed()
                        .filter(a -> isOfBatch(c.extents().get(a))).toList();
                yield ofBatch.isEmpty() || ofBatch.size() == 1
                        && c.windows().stream().noneMatch(w -> w.axes().contains(ofBatch.get(0)));
            }
            case Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) ->
                    axisOf(in.get(0)) < 0 || own >= 0 || !kind.givesIndex();
            case Op.Gather g -> axisOf(in.get(0)) < 0 || axisOf(in.get(0)) > 0 && axisOf(in.get(1)) < 0;
            case Op.ScatterAdd(Dim rowsOfResult) -> !isOfBatch(rowsOfResult)
                    && (axisOf(in.get(1)) < 0 ? axisOf(in.get(0)) < 0 || axisOf(in.get(0)) >= in.get(1).rank()
                            : axisOf(in.get(0)) == axisOf(in.get(1)));
            case Op.Scan(int axis, boolean reversed) -> axis != own && in.stream().allMatch(x -> axisOf(x) == own);
            case Op.Result r -> own >= 0 == bundles.contains(in.get(0));
            case Bundle b -> true;
        };
    }

    private int axisOf(Tensor t) {
        return axis(t).orElse(-1);
    }

    private boolean moves(Movement movement, Shape from, Shape to, int own) {
        int was = axis(from).orElse(-1);
        if (was < 0) {
            return own < 0 || movement instanceof Movement.Broadcast;
        }
        return own >= 0 && switch (movement) {
            case Movement.Reshape r -> before(from, was).equals(before(to, own));
            case Movement.Permute p -> p.order().get(own) == was;
            case Movement.Broadcast b -> own == was;
            case Movement.Slice s -> own == was && s.start().get(own) == 0 && s.step().get(own) == 1
                    && from.dim(own).equals(to.dim(own));
            case Movement.Pad p -> own == was && p.before().get(own) == 0 && p.step().get(own) == 1
                    && from.dim(own).equals(to.dim(own));
            case Movement.Reverse r -> !r.axes().contains(own);
            case Movement.Windows w -> w.axis() != was && own == (was > w.axis() ? was + 1 : was);
        };
    }

    /** Returns how many rows of axis {@code axis} there are of each other. */
    private static Dim before(Shape shape, int axis) {
        return shape.part(0, axis).count();
    }
}
