package io.clarion.opencl.compile;

import io.clarion.graph.Contraction;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Chooses the file of kernels-cl for a {@link Work} and fills its holes. */
final class Emit {
    private final Work work;
    private final Lowering lowering;
    private final Strategy strategy;

    private Emit(Work work, Lowering lowering, Strategy strategy) {
        this.work = work;
        this.lowering = lowering;
        this.strategy = strategy;
    }

    static Launch of(Work work, Lowering lowering, Strategy strategy) {
        Emit emit = new Emit(work, lowering, strategy);
        if (!work.isAccumulating()) {
            return emit.map();
        }
        if (work.accumulation().op() instanceof Op.Scan scan) {
            return emit.scan(scan);
        }
        if (work.accumulation().op() instanceof Op.ScatterAdd) {
            return emit.segments(lowering.nests().scatters().get(work.accumulation()));
        }
        Tile tile = lowering.tiles().get(work.accumulation());
        return tile != null ? emit.product(tile) : emit.reduction();
    }

    private KernelText text(String file) {
        KernelText text = new KernelText(file, work.reads()::containsKey, lowering.nests());
        text.macro("CPU", strategy.cpu() ? 1 : 0);
        return text;
    }

    // Elementwise.

    private Launch map() {
        int count = work.elements();
        int width = width(count);
        KernelText text = text("map.cl");
        for (int w : widths(text, width, count)) {
            Index i = Index.var("i", count);
            text.effect(w == 1 ? "MAP_1" : "MAP_V", List.of("const int i"), List.of("i"), outputs(new Expression(text, w, "i"), i));
        }
        if (!strategy.cpu()) {
            return new Launch(text, new int[] {count}, turns(count), group());
        }
        int block = block(count, 2048);
        return new Launch(text, new int[] {count, block}, new long[] {ceil(count, block)}, group());
    }

    private String outputs(Expression e, Index flat) {
        // All values first: an output may lie where an input of the next one lay.
        List<String> values = work.outputs().stream().map(t -> e.value(t, Index.coordinates(flat, t.shape().sizes()))).toList();
        for (int i = 0; i < values.size(); i++) {
            e.store(work.outputs().get(i), values.get(i), flat);
        }
        return e.statements();
    }

    // Sums and extremes.

    /** A term of an accumulation: what is combined at element o and step r. */
    private String term(Expression e, Index o, Index r, List<Integer> summed) {
        Tensor t = work.accumulation();
        List<Index> out = Index.coordinates(o, t.shape().sizes());
        return switch (t.op()) {
            case Op.Contract(Contraction c) -> {
                var at = new ArrayList<Index>(java.util.Collections.nCopies(c.extents().size(), null));
                IntStream.range(0, out.size()).forEach(i -> at.set(c.out().get(i), out.get(i)));
                List<Index> steps = Index.coordinates(r, summed.stream().mapToInt(a -> c.extents().get(a).size()).toArray());
                IntStream.range(0, summed.size()).forEach(i -> at.set(summed.get(i), steps.get(i)));
                yield e.product(c, t.inputs(), at);
            }
            case Op.Reduce reduce -> {
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

    /** The axes summed over, in the order in which the first operand has them, and their sizes' product. */
    private List<Integer> summed() {
        return switch (work.accumulation().op()) {
            case Op.Contract(Contraction c) -> Plan.of(c).loops().stream().sorted(Comparator.comparing(a -> {
                int at = c.operands().get(0).indexOf(a);
                return at < 0 ? a - c.extents().size() : at;
            })).toList();
            case Op.Reduce(var kind, var axes) -> axes;
            default -> List.of();
        };
    }

    private int length(List<Integer> summed) {
        Tensor t = work.accumulation();
        return switch (t.op()) {
            case Op.Contract(Contraction c) -> Tile.size(c, summed);
            case Op.Reduce r -> summed.stream().mapToInt(a -> t.input(0).shape().size(a)).reduce(1, (x, y) -> x * y);
            default -> throw new AssertionError(t + " does not combine");
        };
    }

    private Launch reduction() {
        Op op = work.accumulation().op();
        boolean index = op instanceof Op.Reduce(Op.Reduce.Kind kind, var axes) && kind.givesIndex();
        int count = work.elements();
        int length = length(summed());
        KernelText text;
        if (index) {
            text = filled("arg.cl", width(count), false);
        } else {
            text = filled("reduce.cl", width(count), false);
            int along = width(length);
            if (along > 1 && (text.laneFunctions() > 0 || width(count) == 1)) {
                KernelText other = filled("reduce.cl", along, true);
                text = width(count) == 1 || other.laneFunctions() < text.laneFunctions() ? other : text;
            }
        }
        if (!strategy.cpu()) {
            return new Launch(text, new int[] {count, length}, turns(count), group());
        }
        int block = block(count, Math.max(4 * strategy.width(), 1 << 15 / Math.max(1, length)));
        return new Launch(text, new int[] {count, length, block}, new long[] {ceil(count, block)}, group());
    }

    private KernelText filled(String file, int width, boolean along) {
        Tensor t = work.accumulation();
        DType dtype = t.input(0).dtype();
        List<Integer> summed = summed();
        int count = work.elements();
        int length = length(summed);
        KernelText text = text(file);
        int[] widths = widths(text, width, along ? length : count);
        text.macro("ALONG", along ? 1 : 0);
        boolean rest = count % width != 0;
        text.macro("AHEAD", rest || count % (4 * width) == 0 ? 4 : count % (2 * width) == 0 ? 2 : 1);
        text.macro("TYPE", new ClType(dtype, 1).register());
        text.macro("MASK", new ClType(dtype, 2).mask().replace("2", ""));
        combining(text, t, dtype);
        Index o = Index.var("o", count);
        Index r = Index.var("r", length);
        for (int w : widths) {
            var term = new Expression(text, w, along ? "r" : "o");
            String name = term(term, o, r, summed);
            text.hole(w == 1 ? "TERM_1" : "TERM_V", new ClType(dtype, w).register(), List.of("o", "r"), term.statements(), name);
        }
        for (int w : along ? new int[] {1} : widths) {
            var write = new Expression(text, w, "o");
            write.known(t, ClType.wrapped("acc", t.dtype()));
            String type = new ClType(t.dtype(), w).register();
            text.effect(w == 1 ? "WRITE_1" : "WRITE_V", List.of("const int o", "const " + type + " acc"), List.of("o", "acc"), outputs(write, o));
        }
        return text;
    }

    private static void combining(KernelText text, Tensor t, DType dtype) {
        ClType type = new ClType(dtype, 1);
        Op.Reduce.Kind kind = t.op() instanceof Op.Reduce reduce ? reduce.kind() : null;
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
            case ARGMAX, ARGMIN -> text.macro("BETTER(x, best)", dtype == DType.BOOL ? "(((x) & 1) " + order + " ((best) & 1))"
                    : "((x) " + order + " (best) || ((x) != (x) && (best) == (best)))");
        }
    }

    // Scatters.

    /** The kernel that sorts indices. */
    static Launch of(Nest.Sorted sorted, Lowering lowering, Strategy strategy) {
        KernelText text = new KernelText("sort.cl", t -> true, lowering.nests());
        int block = strategy.cpu() ? 1024 : 256;
        text.macro("INDICES", text.read(sorted.indices()));
        text.macro("STARTS", text.written(sorted.starts()));
        text.macro("ORDER", text.written(sorted.order()));
        text.macro("BLOCK", block);
        text.macro("CPU", strategy.cpu() ? 1 : 0);
        return new Launch(text, new int[] {sorted.rows(), sorted.indices().shape().elements()},
                new long[] {ceil(sorted.rows(), block)}, new long[] {1});
    }

    private Launch segments(Nest.Sorted sorted) {
        Tensor t = work.accumulation();
        Tensor updates = t.input(0);
        int[] indexed = sorted.indices().shape().sizes();
        int[] row = t.shape().part(1, t.rank()).sizes();
        int columns = t.shape().part(1, t.rank()).elements();
        int width = width(columns);
        KernelText text = text("segments.cl");
        text.macro("STARTS", text.read(sorted.starts()));
        text.macro("ORDER", text.read(sorted.order()));
        text.macro("TYPE", new ClType(t.dtype(), 1).register());
        text.macro("ADD(a, x)", t.dtype() == DType.BOOL ? "((a) || (x))" : "((a) + (x))");
        Index c = Index.var("c", columns);
        for (int w : widths(text, width, columns)) {
            String register = new ClType(t.dtype(), w).register();
            var term = new Expression(text, w, "c");
            var at = new ArrayList<>(Index.coordinates(Index.var("i", sorted.indices().shape().elements()), indexed));
            at.addAll(Index.coordinates(c, row));
            String name = term.value(updates, at);
            text.hole(w == 1 ? "TERM_1" : "TERM_V", register, List.of("i", "c"), term.statements(), name);
            var write = new Expression(text, w, "c");
            write.known(t, ClType.wrapped("acc", t.dtype()));
            text.effect(w == 1 ? "WRITE_1" : "WRITE_V", List.of("const int row", "const int c", "const " + register + " acc"),
                    List.of("row", "c", "acc"), outputs(write, Index.var("row", sorted.rows()).times(columns).plus(c)));
        }
        if (!strategy.cpu()) {
            return new Launch(text, new int[] {sorted.rows(), columns}, turns(work.elements()), group());
        }
        int block = Math.max(1, ceil(sorted.rows(), 8 * strategy.units()));
        return new Launch(text, new int[] {sorted.rows(), columns, block}, new long[] {ceil(sorted.rows(), block)}, group());
    }

    // Recurrences.

    private Launch scan(Op.Scan scan) {
        Tensor t = work.accumulation();
        int length = t.shape().size(scan.axis());
        int rows = work.elements() / length;
        boolean isLast = t.shape().part(scan.axis() + 1, t.rank()).elements() == 1;
        int width = isLast ? 1 : width(rows);
        KernelText text = text("scan.cl");
        text.macro("TYPE", new ClType(t.dtype(), 1).register());
        Index o = Index.var("o", rows);
        Index i = Index.var("i", length);
        var at = new ArrayList<>(Index.coordinates(o, t.shape().without(List.of(scan.axis())).sizes()));
        at.add(scan.axis(), scan.reversed() ? i.times(-1).plus(length - 1) : i);
        for (int w : widths(text, width, rows)) {
            String register = new ClType(t.dtype(), w).register();
            var a = new Expression(text, w, "o");
            String factor = a.value(t.input(0), at);
            text.hole(w == 1 ? "A_1" : "A_V", register, List.of("o", "i"), a.statements(), factor);
            var b = new Expression(text, w, "o");
            String term = b.value(t.input(1), at);
            text.hole(w == 1 ? "B_1" : "B_V", register, List.of("o", "i"), b.statements(), term);
            var write = new Expression(text, w, "o");
            write.known(t, ClType.wrapped("acc", t.dtype()));
            text.effect(w == 1 ? "WRITE_1" : "WRITE_V", List.of("const int o", "const int i", "const " + register + " acc"),
                    List.of("o", "i", "acc"), outputs(write, Index.flat(at, t.shape().sizes())));
        }
        if (!strategy.cpu()) {
            return new Launch(text, new int[] {rows, length}, turns(rows), group());
        }
        int block = block(rows, Math.max(width, 1 << 14 / Math.max(1, length)));
        return new Launch(text, new int[] {rows, length, block}, new long[] {ceil(rows, block)}, group());
    }

    // Products.

    private Launch product(Tile tile) {
        int inner = inner(tile);
        KernelText text = strategy.cpu() ? cpuProduct(tile, inner, true) : gpuProduct(tile, inner);
        if (text.laneFunctions() > 0) {
            KernelText other = cpuProduct(tile, 1, false);
            if (other.laneFunctions() < text.laneFunctions()) {
                text = other;
                inner = 1;
            }
        }
        int batch = tile.size(tile.batch());
        int m = tile.size(tile.m());
        int n = tile.size(tile.n());
        int k = tile.size(tile.k());
        int columns = strategy.columns();
        int panels = ceil(n, columns);
        int bBatch = k * (tile.packed() ? panels * columns : n);
        int bPanel = tile.packed() ? k * columns : columns;
        int bRow = tile.packed() ? columns : n;
        if (!strategy.cpu()) {
            int edge = strategy.side() * strategy.rows();
            int tiles = ceil(m, edge);
            return new Launch(text, new int[] {m, n, k / inner, inner, tiles, bBatch, bPanel, bRow},
                    new long[] {(long) ceil(n, edge) * strategy.side(), (long) batch * tiles * strategy.side()},
                    new long[] {strategy.side(), strategy.side()});
        }
        int blocks = ceil(m, rowBlock(m));
        int most = Strategy.WIDEST_GROUP / columns;
        int groups = Math.max(ceil(panels, most), Math.min(panels, ceil(2 * strategy.units(), batch * blocks)));
        int each = ceil(panels, groups);
        return new Launch(text, new int[] {m, n, k / inner, inner, blocks, each, bBatch, bPanel, bRow},
                new long[] {(long) batch * blocks, ceil(panels, each)}, new long[] {1, 1});
    }

    private static int inner(Tile tile) {
        int[] sizes = tile.sizes(tile.k());
        return sizes[sizes.length - 1];
    }

    private int rowBlock(int m) {
        int step = strategy.rows() * strategy.width() / gcd(strategy.rows(), strategy.width());
        return m <= 4 * step ? step : 2 * step;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private KernelText cpuProduct(Tile tile, int inner, boolean lanesK) {
        int k = tile.size(tile.k());
        KernelText text = text("contract_cpu.cl");
        text.macro("B_PANELS", text.read(tile.b()));
        int width = strategy.width();
        int along = lanesK ? inner : tile.size(tile.m());
        int n = tile.size(tile.n());
        text.macro("VW", width);
        text.macro("REST_A", along % width != 0 || lanesK && step(inner, 1) % width != 0 ? 1 : 0);
        text.macro("REST", n % width != 0 ? 1 : 0);
        text.macro("ROWS", strategy.rows());
        text.macro("COLUMNS", strategy.columns());
        text.macro("BLOCK", rowBlock(tile.size(tile.m())));
        int innerStep = step(inner, 1);
        int outerStep = innerStep < inner ? 1 : step(k / inner, inner);
        text.macro("INNER_STEP", innerStep);
        text.macro("OUTER_STEP", outerStep);
        text.macro("GROUP", Strategy.WIDEST_GROUP);
        text.macro("LANES_K", lanesK ? 1 : 0);
        text.macro("SPILL", innerStep * outerStep < k ? 1 : 0);
        element(text, tile, inner, width, lanesK ? "ki" : "m");
        tileWrite(text, tile, width);
        if (along % width != 0 || lanesK && innerStep % width != 0) {
            element(text, tile, inner, 1, lanesK ? "ki" : "m");
        }
        if (n % width != 0) {
            tileWrite(text, tile, 1);
        }
        return text;
    }

    /** How many of {@code count}, each of {@code size}, make a block: all, or equal parts of a few, or a fixed number of many. */
    private static int step(int count, int size) {
        int all = Math.multiplyExact(count, size);
        if (all > 4 * Strategy.DEPTH) {
            return Math.max(1, Strategy.DEPTH / size);
        }
        return ceil(count, Math.max(1, Math.round((float) all / Strategy.DEPTH)));
    }

    private KernelText gpuProduct(Tile tile, int inner) {
        KernelText text = text("contract_gpu.cl");
        text.macro("B_PANELS", text.read(tile.b()));
        text.macro("SIDE", strategy.side());
        text.macro("EACH", strategy.rows());
        text.macro("DEPTH", 16);
        text.macro("COLUMNS", strategy.columns());
        element(text, tile, inner, 1, "");
        tileWrite(text, tile, 1);
        return text;
    }

    private void element(KernelText text, Tile tile, int inner, int width, String lane) {
        int k = tile.size(tile.k());
        int[] sizes = tile.sizes(tile.k());
        Index ko = Index.var("ko", k / inner);
        Index flat = ko.times(inner).plus(Index.var("ki", inner));
        var a = new Expression(text, width, lane);
        List<Index> at = tile.at(Index.coordinates(Index.var("batch", tile.size(tile.batch())), tile.sizes(tile.batch())),
                Index.coordinates(Index.var("m", tile.size(tile.m())), tile.sizes(tile.m())), List.of(), Index.coordinates(flat, sizes));
        String name = a.product(tile.alone(), List.of(tile.a()), at);
        text.hole(width == 1 ? "A_1" : "A_V", new ClType(DType.FLOAT32, width).register(), List.of("batch", "m", "ko", "ki"), a.statements(), name);
    }

    private void tileWrite(KernelText text, Tile tile, int width) {
        Tensor t = work.accumulation();
        List<Index> at = tile.at(Index.coordinates(Index.var("batch", tile.size(tile.batch())), tile.sizes(tile.batch())),
                Index.coordinates(Index.var("m", tile.size(tile.m())), tile.sizes(tile.m())),
                Index.coordinates(Index.var("n", tile.size(tile.n())), tile.sizes(tile.n())), List.of());
        Index flat = Index.flat(tile.contraction().out().stream().map(at::get).toList(), t.shape().sizes());
        var write = new Expression(text, width, "n");
        write.known(t, "acc");
        String type = new ClType(DType.FLOAT32, width).register();
        text.effect(width == 1 ? "WRITE_1" : "WRITE_V", List.of("const int batch", "const int m", "const int n", "const " + type + " acc"),
                List.of("batch", "m", "n", "acc"), outputs(write, flat));
    }

    // Sizes.

    /** The lanes for {@code count} elements side by side; of few, the scalar text alone is compiled sooner than it would save. */
    private int width(int count) {
        return strategy.cpu() && count >= 4 * strategy.width() ? strategy.width() : 1;
    }

    /** The widths that the holes of a kernel are written for: vectors, and scalars if they leave a rest of {@code count}. */
    private static int[] widths(KernelText text, int width, int count) {
        boolean rest = width == 1 || count % width != 0;
        text.macro("VW", width);
        text.macro("REST", rest ? 1 : 0);
        return width == 1 ? new int[] {1} : rest ? new int[] {width, 1} : new int[] {width};
    }

    /** Elements a work-item: enough for it to be worth a launch, few enough for all units to have some. */
    private int block(int count, int least) {
        int share = ceil(count, 4 * strategy.units());
        int most = 1 << 16;
        return ceil(Math.clamp(share, Math.min(least, most), most), 64) * 64;
    }

    private long[] turns(int count) {
        long most = 64L * strategy.units() * strategy.workGroup();
        return new long[] {Math.min(most, (long) ceil(count, strategy.workGroup()) * strategy.workGroup())};
    }

    private long[] group() {
        return new long[] {strategy.workGroup()};
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }
}
