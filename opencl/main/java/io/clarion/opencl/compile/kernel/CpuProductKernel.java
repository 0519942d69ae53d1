package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.CpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.Optional;

/** Products on a CPU, where a work-item has blocks of rows and panels of columns: {@code contract_cpu.cl}. */
final class CpuProductKernel extends ProductKernel {
    /** About how many rows of the first operand are packed at a time where tiles lie on their side. */
    private static final int BLOCK_ASIDE = 64;
    /** Factors by which a tile takes more of k, and a work-item more rows, at a time where nothing is packed. */
    private static final int DEEPER = 4;
    private static final int HIGHER = 4;
    /** The most numbers of a panel that is copied before its tiles are filled. */
    private static final int PANEL = 1 << 15;

    CpuProductKernel(Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
    }

    /**
     * A text, the rows of its blocks, and how much of k it takes as the inner part; {@code oneByOne} is the share of
     * the first operand that is read one by one.
     */
    private record Filled(KernelText text, int block, int inner, double oneByOne) {
        Filled orBetter(Filled other) {
            return other.oneByOne < oneByOne ? other : this;
        }
    }

    @Override
    Launch launch(Tile tile) {
        int batch = tile.size(tile.batch());
        int m = tile.size(tile.m());
        Filled filled = inPlace(tile).orElseGet(() -> packed(tile, m));
        int inner = filled.inner();
        int blocks = ceil(m, filled.block());
        int each = panelsEach(tile, batch * blocks);
        Distances b = distances(tile);
        return new Launch(filled.text(),
                new int[] {m, tile.size(tile.n()), tile.size(tile.k()) / inner, inner, blocks, each, b.batch(),
                        b.panel(), b.row()},
                new long[] {(long) batch * blocks, ceil(ceil(tile.size(tile.n()), tile.columns()), each)},
                new long[] {1, 1});
    }

    @Override
    Stage stage(Tile tile, int rows, Band band) {
        int group = band.rows();
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

    /**
     * Returns the kernel with the first operand packed, with lanes along k, or along m where that leaves fewer to be
     * read one by one; {@code each} counts rows at a time.
     */
    private Filled packed(Tile tile, int each) {
        int inner = inner(tile);
        if (tile.lanesM()) {
            return across(tile, each);
        }
        Filled best = along(tile, inner, strategy.width(), each);
        for (int read : strategy.candidates()) {
            int joint = joint(tile, read);
            best = best.oneByOne() > 0 && (joint > inner || read < strategy.width())
                    ? best.orBetter(along(tile, joint, read, each)) : best;
        }
        return best.oneByOne() > 0 ? best.orBetter(across(tile, each)) : best;
    }

    /** Returns the kernel with {@code read} lanes of the first operand along {@code inner} of k. */
    private Filled along(Tile tile, int inner, int read, int each) {
        Filled filled = packed(tile, inner, true, read, each);
        return inner < read ? new Filled(filled.text(), filled.block(), inner, 1) : filled;
    }

    /** Returns the kernel with lanes of the first operand along m. */
    private Filled across(Tile tile, int each) {
        int inner = inner(tile);
        return packed(tile, inner, false, lanesAlongM(tile, inner), each);
    }

    /** Takes multiples of {@code each} rows; {@code read} is the lanes of a vector of the first operand. */
    private Filled packed(Tile tile, int inner, boolean lanesK, int read, int each) {
        int depth = tile.lanesM() ? strategy.tile().aside() : strategy.tile().depth();
        int innerStep = step(inner, 1, depth);
        int outerStep = innerStep < inner ? 1 : step(tile.size(tile.k()) / inner, inner, depth);
        int block = rowBlock(tile, tile.size(tile.m()), rows(tile));
        KernelText text = product(tile, block, innerStep, outerStep);
        int along = lanesK ? inner : each;
        boolean leavesRest = along % read != 0 || lanesK && innerStep % read != 0;
        boolean overlaps = leavesRest && lanesK && innerStep >= read
                && (inner % innerStep == 0 || inner % innerStep >= read);
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

    /**
     * Returns the lanes of vectors of the first operand along m: half as many if less of those cross the ends of rows,
     * which are read lane by lane.
     */
    private int lanesAlongM(Tile tile, int inner) {
        int width = strategy.width();
        double wide = !strategy.isNarrowable() ? 0 : lanesByLane(text -> element(text, tile, inner, width, "m"));
        return wide > 0 && lanesByLane(text -> element(text, tile, inner, width / 2, "m")) < wide / 2 ? width / 2
                : width;
    }

    /**
     * Returns the kernel with the first operand read where it lies, if it is a stored matrix in which neighbours are
     * those along m or k.
     */
    private Optional<Filled> inPlace(Tile tile) {
        if (tile.lanesM() || tile.size(tile.m()) < rows(tile)) {
            return Optional.empty();
        }
        int k = tile.size(tile.k());
        int block = blockInPlace(tile);
        int depth = DEEPER * strategy.tile().depth();
        KernelText text = product(tile, block,
                evenly(k, copiesPanels(tile) ? Math.min(depth, PANEL / tile.columns()) : depth, 1), 1);
        var element = new Expression(text, 1, "");
        element(element, tile, Index.var("k", k));
        return element.onlyLoad().filter(CpuProductKernel::isMatrix).map(load -> {
            text.macro("IN_PLACE", 1);
            text.macro("LANES_K", 0);
            text.macro("A_MATRIX", text.read(load.buffer()));
            text.macro("A_ROW", load.place().slope("m"));
            text.macro("A_STEP", load.place().slope("k"));
            text.hole("A_AT", "int", List.of("batch", "m", "k"), "", load.place().text());
            return new Filled(text, block, k, 0);
        });
    }

    private static boolean isMatrix(Expression.Load load) {
        Long row = load.place().slope("m");
        Long step = load.place().slope("k");
        return load.buffer().dtype() == DType.FLOAT32 && row != null && step != null && Math.min(row, step) == 1;
    }

    /**
     * Returns how many rows of a matrix in place a work-item takes: nothing is copied for them, so as many as may wait,
     * and of which all units have some.
     */
    private int blockInPlace(Tile tile) {
        int m = tile.size(tile.m());
        int step = wholeRows(rows(tile));
        long each = (long) tile.size(tile.batch()) * m * ceil(tile.size(tile.n()), tile.columns())
                / (2 * strategy.units());
        int most = Math.min(HIGHER * strategy.tile().block(), CpuTile.PRIVATE / strategy.tile().group());
        return evenly(m, Math.max(1, (int) Math.min(each, most) / step) * step, step);
    }

    /** Returns what kernels of all layouts have: blocks of rows, so much of k at a time, and what becomes of a tile. */
    private KernelText product(Tile tile, int block, int innerStep, int outerStep) {
        KernelText text = text("contract_cpu.cl");
        int width = strategy.width();
        int written = tile.lanesM() ? tile.size(tile.m()) : tile.size(tile.n());
        text.macro("B_PANELS", text.read(kernel.operand(1)));
        text.macro("VW", width);
        text.macro("ROWS", rows(tile));
        text.macro("COLUMNS", tile.columns());
        text.macro("BLOCK", block);
        text.macro("INNER_STEP", innerStep);
        text.macro("OUTER_STEP", outerStep);
        text.macro("SPILL", innerStep * outerStep < tile.size(tile.k()) ? 1 : 0);
        text.macro("GROUP",
                Math.min(strategy.tile().group(), ceil(tile.size(tile.n()), tile.columns()) * tile.columns()));
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

    private int rows(Tile tile) {
        return strategy.rows(tile.columns(), tile.lanesM());
    }

    /**
     * Returns how many rows a work-item packs at a time, even parts of m: whole tiles and whole vectors, a row of many
     * images where lanes lie along them.
     */
    private int rowBlock(Tile tile, int m, int rows) {
        int step = wholeRows(rows);
        if (tile.lanesM()) {
            return m <= 4 * step ? step : Math.max(1, BLOCK_ASIDE / step) * step;
        }
        int deep = Math.clamp(strategy.tile().depth() / tile.size(tile.k()), 1, 4);
        int most = Math.max(1, deep * strategy.tile().block() / step) * step;
        return evenly(m, most, step);
    }

    /** Returns the fewest rows that are whole tiles and whole vectors. */
    private int wholeRows(int rows) {
        return Math.toIntExact(rows * strategy.width() / Index.gcd(rows, strategy.width()));
    }

    /** Returns a multiple of {@code step}, at most {@code most}, that cuts {@code count} in parts of about one size. */
    private static int evenly(int count, int most, int step) {
        return ceil(ceil(count, ceil(count, most)), step) * step;
    }

    /**
     * Returns the last axes of k that together fill a vector of {@code width}, such as the taps and channels of a row
     * of an image of few channels.
     */
    private int joint(Tile tile, int width) {
        int[] sizes = tile.sizes(tile.k());
        int joint = 1;
        for (int i = sizes.length - 1; i >= 0 && joint < width; i--) {
            joint *= sizes[i];
        }
        return joint;
    }

    /**
     * Returns how many of {@code count}, each of {@code size}, make a block of about {@code depth}: all, or equal parts
     * of a few, or a fixed number of many.
     */
    private int step(int count, int size, int depth) {
        int all = Math.multiplyExact(count, size);
        if (all > 4 * strategy.tile().depth()) {
            return Math.max(1, depth / size);
        }
        return ceil(count, Math.max(1, Math.round((float) all / depth)));
    }
}
