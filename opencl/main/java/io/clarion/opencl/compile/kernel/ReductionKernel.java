package io.clarion.opencl.compile.kernel;

import io.clarion.graph.Contraction;
import io.clarion.graph.Op;
import io.clarion.opencl.compile.codegen.ClType;
import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.ContractionLoops;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Sums, products and extremes: {@code reduce.cl} and {@code arg.cl}. */
public final class ReductionKernel extends KernelWriter {
    /** The most results that wait in a work-item's private memory. */
    private static final int WAITING = 1 << 12;
    /**
     * About how many numbers of an operand are read for all rows of results before the next: they stay in the first
     * cache.
     */
    private static final int ROUND = 1 << 13;

    /** Rows of an operand that a CPU's work-item reads at once: memory gives more from several places. */
    private static final int ROWS = 4;
    /** Vectors of results side by side from which they are many. */
    private static final int WIDE = 16;

    public ReductionKernel(Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
    }

    /** Returns a term of an accumulation: what is combined at element o and step r. */
    private String term(Expression e, Index o, Index r, List<Integer> summed) {
        Expr t = kernel.accumulation();
        List<Index> out = Index.coordinates(o, t.shape().sizes());
        return switch (t.op()) {
            case Operation.Compute(Op.Contract(Contraction c)) -> {
                var at = new ArrayList<Index>(java.util.Collections.nCopies(c.extents().size(), null));
                IntStream.range(0, out.size()).forEach(i -> at.set(c.out().get(i), out.get(i)));
                List<Index> steps = Index.coordinates(r,
                        summed.stream().mapToInt(a -> c.extents().get(a).size()).toArray());
                IntStream.range(0, summed.size()).forEach(i -> at.set(summed.get(i), steps.get(i)));
                yield e.product(c, t.inputs(), at);
            }
            case Operation.Compute(Op.Reduce reduce) -> {
                int[] sizes = t.input(0).shape().sizes();
                List<Index> steps = Index.coordinates(r, summed.stream().mapToInt(a -> sizes[a]).toArray());
                var at = new ArrayList<Index>();
                int kept = 0;
                for (int a = 0; a < sizes.length; a++) {
                    at.add(summed.contains(a) ? steps.get(summed.indexOf(a)) : out.get(kept++));
                }
                yield e.value(t.input(0), at);
            }
            default -> throw new AssertionError(t + " does not accumulate");
        };
    }

    /**
     * Returns the axes summed over, in about the order in which operands have them, so that the last lies closest in
     * memory.
     */
    private List<Integer> summed() {
        return switch (kernel.accumulation().op()) {
            case Operation.Compute(Op.Contract(Contraction c)) -> ContractionLoops.of(c).loops().stream()
                    .sorted(Comparator
                            .comparing(a -> c.operands().stream().mapToInt(axes -> axes.indexOf(a)).max().orElse(-1)))
                    .toList();
            case Operation.Compute(Op.Reduce(var kind, var axes)) -> axes;
            default -> List.of();
        };
    }

    private int length(List<Integer> summed) {
        Expr t = kernel.accumulation();
        return switch (t.op()) {
            case Operation.Compute(Op.Contract(Contraction c)) -> Tile.size(c, summed);
            case Operation.Compute(Op.Reduce r) ->
                    summed.stream().mapToInt(a -> t.input(0).shape().size(a)).reduce(1, (x, y) -> x * y);
            default -> throw new AssertionError(t + " does not combine");
        };
    }

    /** Returns how many terms make a result. */
    public int terms() {
        return length(summed());
    }

    /**
     * Returns whether it can be a stage of fused rows: a sum, a product, an extreme, or, on a CPU, the place of one.
     */
    public static boolean isStage(Expr accumulation, Strategy strategy) {
        return accumulation.op() instanceof Operation.Compute(Op.Contract c)
                || accumulation.op() instanceof Operation.Compute(Op.Reduce r)
                        && (strategy.cpu() || combines(accumulation));
    }

    /** Returns whether {@code accumulation} is of those that {@code reduce.cl} computes. */
    static boolean combines(Expr accumulation) {
        return !(accumulation.op() instanceof Operation.Compute(Op.Reduce(Op.Reduce.Kind kind, var axes))
                && kind.givesIndex());
    }

    Stage stage(int rows, Band band) {
        int each = kernel.elements() / rows;
        int length = length(summed());
        KernelText text = strategy.cpu() ? filled(each, length).text()
                : shared(share(band, each, length), band.items());
        text.macro("STAGE", 1);
        return new Stage(text, each, new int[] {length}, 1);
    }

    Launch launch() {
        int count = kernel.elements();
        int length = length(summed());
        if (!strategy.cpu()) {
            return gpu(count, length);
        }
        Filled filled = filled(count, length);
        KernelText text = filled.text();
        int block = block(count, Math.max(4 * strategy.width(), 1 << 15 / Math.max(1, length)));
        keepWaiting(filled, Math.min(block, count), length);
        return new Launch(text, new int[] {count, length, block}, new long[] {ceil(count, block)}, group());
    }

    /** Results side by side, or each shared by work-items where neighbours in memory lie along the sum. */
    private Launch gpu(int count, int length) {
        int most = Math.min(strategy.workGroup(), Integer.highestOneBit(Math.max(1, length / 4)));
        int share = most > 1 && (strategy.isShared(count, length) || lanesByLane("r") < lanesByLane("c")) ? most : 1;
        KernelText text = shared(share, strategy.workGroup());
        return new Launch(text, new int[] {count, length}, turns((long) count * share), group());
    }

    /** Returns the work-items of a band that take a result together where there are fewer results. */
    private static int share(Band band, int each, int length) {
        int idle = band.items() / Math.max(1, band.rows() * each);
        return Integer.highestOneBit(Math.max(1, Math.min(idle, length / 4)));
    }

    /** Returns the kernel of a GPU where {@code share} of the {@code items} of a group take a result together. */
    private KernelText shared(int share, int items) {
        KernelText text = filled(combines(kernel.accumulation()) ? "reduce.cl" : "arg.cl", 1, kernel.elements(), false)
                .text();
        text.macro("SHARE", share);
        text.macro("AHEAD", 4);
        text.macro("GROUP", items);
        return text;
    }

    /**
     * Has a work-item sum a few rounds at a time for all its results: where several rows of them sum the same terms, or
     * where a round reads so many results side by side that memory is read in its order.
     */
    private void keepWaiting(Filled filled, int results, int length) {
        int run = filled.run();
        int steps = filled.steps();
        boolean isStreamed = !filled.isAlong() && isWide(run);
        if ((isStreamed || isOfSeveral() && results > run) && results <= WAITING && steps < length) {
            filled.text().macro("ROUNDS", isStreamed ? 1 : Math.max(1, ROUND / (steps * run)));
            filled.text().macro("WAITING", results);
        }
    }

    /** Returns whether terms are products of several operands. */
    private boolean isOfSeveral() {
        return kernel.accumulation().op() instanceof Operation.Compute(Op.Contract c)
                && kernel.accumulation().inputs().size() > 1;
    }

    /**
     * Returns whether results side by side are so many that one operand is read far from where it was read last if each
     * is summed by itself.
     */
    private boolean isWide(int run) {
        return strategy.cpu() && !isOfSeveral() && run >= WIDE * strategy.width();
    }

    /**
     * A text with its holes filled.
     *
     * @param run     results side by side of a round
     * @param steps   terms of a round
     * @param isAlong whether vectors lie along the sum
     */
    private record Filled(KernelText text, int run, int steps, boolean isAlong) {}

    /** Returns the text for ranges of results that begin at multiples of {@code each}. */
    private Filled filled(int each, int length) {
        int run = run(each);
        if (!combines(kernel.accumulation())) {
            return filled("arg.cl", width(run), run, false);
        }
        Filled filled = filled("reduce.cl", width(run), run, false);
        int along = width(length);
        if (along > 1 && (filled.text().lanesByLane() > 0 || width(run) == 1)) {
            Filled other = filled("reduce.cl", along, each, true);
            return width(run) == 1 || other.text().lanesByLane() < filled.text().lanesByLane() ? other : filled;
        }
        return filled;
    }

    /** Results side by side that vectors fill, of the last axes: all of {@code each} where those leave a rest. */
    private int run(int each) {
        int[] sizes = kernel.accumulation().shape().sizes();
        int run = 1;
        for (int a = sizes.length - 1; a >= 0 && run < each; a--) {
            run *= sizes[a];
            if (width(run) > 1 && run % strategy.width() == 0 && each % run == 0) {
                return run;
            }
        }
        return each;
    }

    /**
     * Terms of a round: those of the last summed axis that has several, or all where vectors along them would leave a
     * rest; a few that are read at once where results are many.
     */
    private int steps(List<Integer> summed, int length, int width, int run, boolean along) {
        if (!along && isWide(run) && summed.size() == 1 && length % ROWS == 0) {
            return ROWS;
        }
        if (!strategy.cpu() || summed.size() < 2 || length == 0) {
            return Math.max(1, length);
        }
        int steps = 1;
        for (int i = summed.size() - 1; steps == 1 && i >= 0; i--) {
            steps = length(summed.subList(i, i + 1));
        }
        return along && steps % width != 0 ? length : steps;
    }

    private Filled filled(String file, int width, int run, boolean along) {
        Expr t = kernel.accumulation();
        DType dtype = t.input(0).dtype();
        List<Integer> summed = summed();
        int count = kernel.elements();
        int length = length(summed);
        int steps = steps(summed, length, width, run, along);
        int row = Math.max(1, along ? count : run);
        KernelText text = text(file);
        int[] widths = along ? halves(text, width, length) : widths(text, width, run);
        text.macro("ALONG", along ? 1 : 0);
        text.macro("AHEAD", along ? length >= 8 * width ? 4 : 1 : ahead(run, width));
        text.macro("ROWS", ROWS);
        text.macro("TYPE", new ClType(dtype, 1).register());
        text.macro("MASK", new ClType(dtype, 2).mask().replace("2", ""));
        text.macro("RUN", row);
        text.macro("STEPS", steps);
        text.macro("ROUNDS", 0);
        combining(text, t, dtype);
        Index o = Index.var("q", Math.max(1, count / row)).times(row).plus(Index.var("c", row));
        Index r = Index.var("s", Math.max(1, length / steps)).times(steps).plus(Index.var("r", steps));
        for (int w : widths) {
            var term = new Expression(text, w, along ? "r" : "c");
            String name = term(term, o, r, summed);
            if (w == width) {
                text.macro("APART", summed.size() > 1 && steps < length && isApart(term, width) ? 1 : 0);
            }
            text.hole(w == 1 ? "TERM_1" : w == width ? "TERM_V" : "TERM_H", new ClType(dtype, w).register(),
                    List.of("q", "c", "s", "r"), term.statements(), name);
        }
        for (int w : along ? new int[] {1} : widths) {
            var write = new Expression(text, w, "c");
            write.known(t, ClType.wrapped("acc", t.dtype()));
            String type = new ClType(t.dtype(), w).register();
            text.effect(w == 1 ? "WRITE_1" : "WRITE_V", List.of("const int q", "const int c", "const " + type + " acc"),
                    List.of("q", "c", "acc"), outputs(write, o));
        }
        return new Filled(text, row, steps, along);
    }

    /** Returns whether neighbours in a round are read {@code width} elements from each other, or further. */
    private static boolean isApart(Expression term, int width) {
        return term.loads().stream().map(load -> load.place().stride("r", 2))
                .anyMatch(stride -> stride != null && Math.abs(stride) >= width);
    }

    /** Returns the share of terms that vectors along {@code lane} would read one by one. */
    private double lanesByLane(String lane) {
        List<Integer> summed = summed();
        KernelText trial = text("reduce.cl");
        term(new Expression(trial, GpuTile.LANES, lane), Index.var("c", kernel.elements()),
                Index.var("r", length(summed)), summed);
        return trial.lanesByLane();
    }

    /**
     * Returns how many vectors of results at once, so that no addition waits for the one before: as many as leave no
     * rest, if there need be none.
     */
    private static int ahead(int results, int width) {
        if (results % width != 0) {
            return 4;
        }
        int vectors = results / width;
        return vectors % 16 == 0 ? 8 : Math.min(4, Integer.lowestOneBit(vectors));
    }

    private static void combining(KernelText text, Expr t, DType dtype) {
        ClType type = new ClType(dtype, 1);
        Op.Reduce.Kind kind = t.op() instanceof Operation.Compute(Op.Reduce reduce) ? reduce.kind() : null;
        String order = kind != null && kind.isGreatest() ? ">" : "<";
        switch (kind) {
            case null -> {
                text.macro("INIT", "0");
                text.macro("COMBINE(a, x)", dtype == DType.BOOL ? "((a) || (x))" : "((a) + (x))");
            }
            case PROD -> {
                text.macro("INIT", "1");
                text.macro("COMBINE(a, x)", dtype == DType.BOOL ? "((a) && (x))" : "((a) * (x))");
            }
            case MAX, FIRST_MAX, MIN -> {
                text.macro("INIT", type.literal(kind.isGreatest() ? dtype.least() : dtype.greatest()));
                text.macro("COMBINE(a, x)", switch (dtype) {
                    case BOOL -> kind.isGreatest() ? "((a) || (x))" : "((a) && (x))";
                    case UINT8, INT32, INT64 -> kind.isGreatest() ? "max(a, x)" : "min(a, x)";
                    case FLOAT16, FLOAT32, FLOAT64 -> "((x) " + order + " (a) || (x) != (x) ? (x) : (a))";
                });
            }
            case ARGMAX, ARGMIN ->
                    text.macro("BETTER(x, best)", dtype == DType.BOOL ? "(((x) & 1) " + order + " ((best) & 1))"
                            : "((x) " + order + " (best) || ((x) != (x) && (best) == (best)))");
        }
    }
}
