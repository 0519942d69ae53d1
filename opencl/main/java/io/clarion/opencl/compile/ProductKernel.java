package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.Optional;

/** Products of matrices, and convolutions: {@code contract_cpu.cl} and {@code contract_gpu.cl}. */
final class ProductKernel extends TileKernel {
    /** About how many rows of the first operand are packed at a time where tiles lie on their side. */
    private static final int BLOCK_ASIDE = 64;

    /** Of the vectors that a work-item of a GPU reads and writes. */
    static final int LANES = 4;
    /** Of k that a work-item of a chain reads before it multiplies. */
    static final int AHEAD = 16;

    /** How much more of k, and how many more rows, a tile and a work-item of a CPU take at a time where nothing is packed. */
    private static final int DEEPER = 4;
    private static final int HIGHER = 4;
    /** The most numbers of a panel that is copied before its tiles are filled. */
    private static final int PANEL = 1 << 15;

    ProductKernel(Work work, Lowering lowering, Strategy strategy) {
        super(work, lowering, strategy);
    }

    /** A text, the rows of its blocks, and how much of k it takes as the inner part; {@code oneByOne} is the share of the first operand that is read one by one. */
    private record Filled(KernelText text, int block, int inner, double oneByOne) {
        Filled orBetter(Filled other) {
            return other.oneByOne < oneByOne ? other : this;
        }
    }

    /** With the first operand packed, lanes along k, or along m where that leaves fewer to be read one by one; {@code each} counts rows at a time. */
    private Filled packed(Tile tile, int each) {
        int inner = inner(tile);
        if (tile.lanesM()) {
            return across(tile, each);
        }
        Filled best = along(tile, inner, strategy.width(), each);
        for (int read : strategy.widths().reversed()) {
            int joint = joint(tile, read);
            best = best.oneByOne() > 0 && (joint > inner || read < strategy.width()) ? best.orBetter(along(tile, joint, read, each)) : best;
        }
        return best.oneByOne() > 0 ? best.orBetter(across(tile, each)) : best;
    }

    /** With {@code read} lanes of the first operand along {@code inner} of k. */
    private Filled along(Tile tile, int inner, int read, int each) {
        Filled filled = packed(tile, inner, true, read, each);
        return inner < read ? new Filled(filled.text(), filled.block(), inner, 1) : filled;
    }

    /** With lanes of the first operand along m. */
    private Filled across(Tile tile, int each) {
        int inner = inner(tile);
        return packed(tile, inner, false, lanesAlongM(tile, inner), each);
    }

    Launch launch(Tile tile) {
        int batch = tile.size(tile.batch());
        int m = tile.size(tile.m());
        int n = tile.size(tile.n());
        int k = tile.size(tile.k());
        int panels = ceil(n, tile.columns());
        Distances b = distances(tile);
        if (!strategy.cpu()) {
            GpuTile gpu = strategy.tile(batch, m, n);
            int tiles = ceil(m, gpu.rows());
            long[] local = tile.lanesM() ? new long[] {gpu.groupM(), gpu.groupN()} : new long[] {gpu.groupN(), gpu.groupM()};
            return new Launch(gpuProduct(tile, gpu), new int[] {m, n, k, tiles, b.batch(), b.panel(), b.row(), tile.packed() ? panels * tile.columns() : n},
                    new long[] {panels * local[0], (long) batch * tiles * local[1]}, local);
        }
        Filled filled = inPlace(tile).orElseGet(() -> packed(tile, m));
        KernelText text = filled.text();
        int inner = filled.inner();
        int blocks = ceil(m, filled.block());
        int each = panelsEach(tile, batch * blocks);
        return new Launch(text, new int[] {m, n, k / inner, inner, blocks, each, b.batch(), b.panel(), b.row()},
                new long[] {(long) batch * blocks, ceil(panels, each)}, new long[] {1, 1});
    }

    /** Whether a tile's rows are those of axis 0 of its result. */
    static boolean isByRows(Tile tile) {
        return tile.batch().isEmpty() && !tile.lanesM() && !tile.m().isEmpty() && tile.m().get(0).equals(tile.contraction().out().get(0));
    }

    Stage stage(Tile tile, int rows, Band band) {
        return strategy.cpu() ? cpuStage(tile, rows, band.rows()) : gpuStage(tile, rows, band);
    }

    private Stage gpuStage(Tile tile, int rows, Band band) {
        int each = tile.size(tile.m()) / rows;
        int n = tile.size(tile.n());
        int k = tile.size(tile.k());
        int inner = inner(tile);
        KernelText text = text("contract_gpu.cl");
        boolean reads = inner % LANES == 0 && lanesByLane(trial -> element(trial, tile, inner, LANES, "ki")) == 0;
        product(text, tile, strategy.tile(1, tile.size(tile.m()), n), reads, false);
        text.macro("STAGE", 1);
        int rowsAtOnce = rowsAtOnce(band.rows() * each);
        int share = share(tile, band.rows() * each, band.items());
        text.macro("BAND", rowsAtOnce);
        text.macro("SHARE", share);
        text.macro("GROUP", band.items());
        text.macro("AHEAD", Math.min(AHEAD, Math.max(LANES, ceil(k, share) / LANES * LANES)));
        Distances b = distances(tile);
        return new Stage(text, each, new int[] {n, k, b.panel(), b.row()}, share > 1 ? 2 * rowsAtOnce : 0);
    }

    /** Of {@code rows} those of a work-item of a chain on a GPU. */
    private static int rowsAtOnce(int rows) {
        return Integer.highestOneBit(Math.min(rows, LANES));
    }

    /** How many of {@code items} share each sum of a chain on a GPU that has {@code rows} rows at hand. */
    private static int share(Tile tile, int rows, int items) {
        int sums = ceil(rows, rowsAtOnce(rows)) * ceil(tile.size(tile.n()), LANES);
        return Integer.highestOneBit(Math.clamp(items / sums, 1, Math.max(1, tile.size(tile.k()) / AHEAD)));
    }

    /** How often a work-item of a chain on a GPU waits for memory, one time after the other, in a product with {@code rows} rows at hand. */
    static int waits(Tile tile, int rows, int items) {
        int share = share(tile, rows, items);
        int turns = ceil(ceil(rows, rowsAtOnce(rows)) * ceil(tile.size(tile.n()), LANES) * share, items);
        return turns * (ceil(tile.size(tile.k()), share * AHEAD) + 1);
    }

    private Stage cpuStage(Tile tile, int rows, int group) {
        int each = tile.size(tile.m()) / rows;
        Filled filled = packed(tile, each);
        KernelText text = filled.text();
        int inner = filled.inner();
        text.macro("STAGE", 1);
        text.macro("COPY_B", 0);
        int n = tile.size(tile.n());
        int k = tile.size(tile.k());
        Distances b = distances(tile);
        // Whole tiles, where the rows at hand allow.
        int most = rows(tile);
        int tileRows = group * each % most == 0 || group * each % 4 != 0 ? most : most > 8 ? 8 : 4;
        text.macro("ROWS", tileRows);
        text.macro("BLOCK", rowBlock(tile, group * each, tileRows));
        return new Stage(text, each, new int[] {n, k / inner, inner, ceil(n, tile.columns()), b.panel(), b.row()}, 0);
    }

    private static int inner(Tile tile) {
        int[] sizes = tile.sizes(tile.k());
        return sizes[sizes.length - 1];
    }

    /** The last axes of k that together fill a vector of {@code width}, such as the taps and channels of a row of an image of few channels. */
    private int joint(Tile tile, int width) {
        int[] sizes = tile.sizes(tile.k());
        int joint = 1;
        for (int i = sizes.length - 1; i >= 0 && joint < width; i--) {
            joint *= sizes[i];
        }
        return joint;
    }

    private int rows(Tile tile) {
        return strategy.rows(tile.columns(), tile.lanesM());
    }

    /** Rows that a work-item packs at a time, even parts of m: whole tiles and whole vectors, a row of many images where lanes lie along them. */
    private int rowBlock(Tile tile, int m, int rows) {
        int step = wholeRows(rows);
        if (tile.lanesM()) {
            return m <= 4 * step ? step : Math.max(1, BLOCK_ASIDE / step) * step;
        }
        int deep = Math.clamp(strategy.tile().depth() / tile.size(tile.k()), 1, 4);
        int most = Math.max(1, deep * strategy.tile().block() / step) * step;
        return evenly(m, most, step);
    }

    /** The fewest rows that are whole tiles and whole vectors. */
    private int wholeRows(int rows) {
        return Math.toIntExact(rows * strategy.width() / Index.gcd(rows, strategy.width()));
    }

    /** A multiple of {@code step}, at most {@code most}, that cuts {@code count} in parts of about one size. */
    private static int evenly(int count, int most, int step) {
        return ceil(ceil(count, ceil(count, most)), step) * step;
    }

    /** What kernels of all layouts have: blocks of rows, so much of k at a time, and what becomes of a tile. */
    private KernelText cpuProduct(Tile tile, int block, int innerStep, int outerStep) {
        KernelText text = text("contract_cpu.cl");
        int width = strategy.width();
        int written = tile.lanesM() ? tile.size(tile.m()) : tile.size(tile.n());
        text.macro("B_PANELS", text.read(tile.b()));
        text.macro("VW", width);
        text.macro("ROWS", rows(tile));
        text.macro("COLUMNS", tile.columns());
        text.macro("BLOCK", block);
        text.macro("INNER_STEP", innerStep);
        text.macro("OUTER_STEP", outerStep);
        text.macro("SPILL", innerStep * outerStep < tile.size(tile.k()) ? 1 : 0);
        text.macro("GROUP", Math.min(strategy.tile().group(), ceil(tile.size(tile.n()), tile.columns()) * tile.columns()));
        text.macro("COPY_B", copiesPanels(tile) ? 1 : 0);
        text.macro("LANES_M", tile.lanesM() ? 1 : 0);
        tileWrite(text, tile, width);
        text.macro("REST", written % width != 0 ? 1 : 0);
        if (written % width != 0) {
            tileWrite(text, tile, 1);
        }
        return text;
    }

    private boolean copiesPanels(Tile tile) {
        return !tile.packed() && !tile.lanesM() && strategy.copiesPanel(tile.size(tile.n()));
    }

    /** With the first operand read where it lies, if it is a stored matrix in which neighbours are those along m or k. */
    private Optional<Filled> inPlace(Tile tile) {
        if (tile.lanesM() || tile.size(tile.m()) < rows(tile)) {
            return Optional.empty();
        }
        int k = tile.size(tile.k());
        int block = blockInPlace(tile);
        int depth = DEEPER * strategy.tile().depth();
        KernelText text = cpuProduct(tile, block, evenly(k, copiesPanels(tile) ? Math.min(depth, PANEL / tile.columns()) : depth, 1), 1);
        var element = new Expression(text, 1, "");
        element(element, tile, Index.var("k", k));
        return element.onlyLoad().filter(ProductKernel::isMatrix).map(load -> {
            text.macro("IN_PLACE", 1);
            text.macro("LANES_K", 0);
            text.macro("A_MATRIX", text.read(load.tensor()));
            text.macro("A_ROW", load.place().slope("m"));
            text.macro("A_STEP", load.place().slope("k"));
            text.hole("A_AT", "int", List.of("batch", "m", "k"), "", load.place().text());
            return new Filled(text, block, k, 0);
        });
    }

    private static boolean isMatrix(Expression.Load load) {
        Long row = load.place().slope("m");
        Long step = load.place().slope("k");
        return load.tensor().dtype() == DType.FLOAT32 && row != null && step != null && Math.min(row, step) == 1;
    }

    /** Rows that a work-item takes of a matrix in place: nothing is copied for them, so as many as may wait, and of which all units have some. */
    private int blockInPlace(Tile tile) {
        int m = tile.size(tile.m());
        int step = wholeRows(rows(tile));
        long each = (long) tile.size(tile.batch()) * m * ceil(tile.size(tile.n()), tile.columns()) / (2 * strategy.units());
        int most = Math.min(HIGHER * strategy.tile().block(), CpuTile.PRIVATE / strategy.tile().group());
        return evenly(m, Math.max(1, (int) Math.min(each, most) / step) * step, step);
    }

    /** Takes multiples of {@code each} rows; {@code read} is the lanes of a vector of the first operand. */
    private Filled packed(Tile tile, int inner, boolean lanesK, int read, int each) {
        int depth = tile.lanesM() ? strategy.tile().aside() : strategy.tile().depth();
        int innerStep = step(inner, 1, depth);
        int outerStep = innerStep < inner ? 1 : step(tile.size(tile.k()) / inner, inner, depth);
        int block = rowBlock(tile, tile.size(tile.m()), rows(tile));
        KernelText text = cpuProduct(tile, block, innerStep, outerStep);
        int along = lanesK ? inner : each;
        boolean leavesRest = along % read != 0 || lanesK && innerStep % read != 0;
        boolean overlaps = leavesRest && lanesK && innerStep >= read && (inner % innerStep == 0 || inner % innerStep >= read);
        text.macro("REST_A", leavesRest && !overlaps ? 1 : 0);
        text.macro("OVERLAP", overlaps ? 1 : 0);
        text.macro("LANES_K", lanesK ? 1 : 0);
        text.macro("AW", read);
        text.macro("IN_PLACE", 0);
        element(text, tile, inner, read, overlaps ? ANYWHERE : lanesK ? "ki" : "m");
        if (leavesRest && !overlaps) {
            element(text, tile, inner, 1, lanesK ? "ki" : "m");
        }
        return new Filled(text, block, inner, text.lanesByLane());
    }

    /** Lanes of vectors of the first operand along m: half as many if less of those cross the ends of rows, which are read lane by lane. */
    private int lanesAlongM(Tile tile, int inner) {
        int width = strategy.width();
        double wide = !strategy.isNarrowable() ? 0 : lanesByLane(text -> element(text, tile, inner, width, "m"));
        return wide > 0 && lanesByLane(text -> element(text, tile, inner, width / 2, "m")) < wide / 2 ? width / 2 : width;
    }

    /** How many of {@code count}, each of {@code size}, make a block of about {@code depth}: all, or equal parts of a few, or a fixed number of many. */
    private int step(int count, int size, int depth) {
        int all = Math.multiplyExact(count, size);
        if (all > 4 * strategy.tile().depth()) {
            return Math.max(1, depth / size);
        }
        return ceil(count, Math.max(1, Math.round((float) all / depth)));
    }

    /** Reads the first operand along k or m, wherever its neighbours are, and as vectors where these fit. */
    private KernelText gpuProduct(Tile tile, GpuTile gpu) {
        int inner = inner(tile);
        double alongK = inner < LANES ? 1 : lanesByLane(text -> element(text, tile, inner, LANES, "ki"));
        double alongM = lanesByLane(text -> element(text, tile, inner, LANES, "m"));
        boolean across = alongM < alongK;
        boolean reads = Math.min(alongK, alongM) == 0 && (across ? tile.size(tile.m()) : inner) % LANES == 0;
        KernelText text = text("contract_gpu.cl");
        product(text, tile, gpu, reads, across);
        return text;
    }

    /** Fills the parameters and the holes; {@code reads} and {@code across} say whether the first operand is read as vectors, and along m. */
    private void product(KernelText text, Tile tile, GpuTile gpu, boolean reads, boolean across) {
        int inner = inner(tile);
        boolean writes = !tile.lanesM() && tile.size(tile.n()) % LANES == 0 && lanesByLane(trial -> tileWrite(trial, tile, LANES)) == 0;
        text.macro("B_PANELS", text.read(tile.b()));
        text.macro("GROUP_M", gpu.groupM());
        text.macro("GROUP_N", gpu.groupN());
        text.macro("EACH_M", gpu.eachM());
        text.macro("EACH_N", gpu.eachN());
        text.macro("DEPTH", gpu.depth());
        text.macro("UNROLL", gpu.unroll());
        text.macro("COLUMNS", tile.columns());
        text.macro("INNER", inner < tile.size(tile.k()) ? inner : 0);
        text.macro("VA", reads ? LANES : 1);
        text.macro("A_ALONG_M", across ? 1 : 0);
        text.macro("LANES_M", tile.lanesM() ? 1 : 0);
        text.macro("VN", writes ? LANES : 1);
        element(text, tile, inner, reads ? LANES : 1, across ? "m" : "ki");
        tileWrite(text, tile, writes ? LANES : 1);
    }

    private double lanesByLane(java.util.function.Consumer<KernelText> hole) {
        KernelText trial = text("contract_gpu.cl");
        hole.accept(trial);
        return trial.lanesByLane();
    }

    private void element(KernelText text, Tile tile, int inner, int width, String lane) {
        Index ko = Index.var("ko", tile.size(tile.k()) / inner);
        // Lanes begin anywhere in ki if they have a variable of their own, 0 in the first.
        Index ki = lane.equals(ANYWHERE) ? Index.var("ki", inner - width + 1).plus(Index.var(ANYWHERE, width)) : Index.var("ki", inner);
        var a = new Expression(text, width, lane);
        String name = element(a, tile, ko.times(inner).plus(ki));
        text.hole(width == 1 ? "A_1" : "A_V", new ClType(DType.FLOAT32, width).register(), List.of("batch", "m", "ko", "ki"),
                (lane.equals(ANYWHERE) ? anywhere() : "") + a.statements(), name);
    }

    /** The name of what holds the first operand's element at {@code k}. */
    private static String element(Expression a, Tile tile, Index k) {
        return a.product(tile.alone(), List.of(tile.a()), tile.at(Index.coordinates(Index.var("batch", tile.size(tile.batch())), tile.sizes(tile.batch())),
                Index.coordinates(Index.var("m", tile.size(tile.m())), tile.sizes(tile.m())), List.of(), Index.coordinates(k, tile.sizes(tile.k()))));
    }

    private void tileWrite(KernelText text, Tile tile, int width) {
        write(text, tile, width, List.of("m"), Index.var("m", tile.size(tile.m())));
    }
}
