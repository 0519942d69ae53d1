package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.List;

/** Products of matrices, and convolutions: {@code contract_cpu.cl} and {@code contract_gpu.cl}. */
final class ProductKernel extends KernelWriter {
    ProductKernel(Work work, Lowering lowering, Strategy strategy) {
        super(work, lowering, strategy);
    }

    Launch launch(Tile tile) {
        int inner = inner(tile);
        KernelText text = strategy.cpu() ? cpuProduct(tile, inner, true) : gpuProduct(tile, inner);
        if (text.lanesByLane() > 0) {
            KernelText other = cpuProduct(tile, 1, false);
            if (other.lanesByLane() < text.lanesByLane()) {
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
        int blocks = ceil(m, rowBlock(m, strategy.rows()));
        int most = Strategy.WIDEST_GROUP / columns;
        int groups = Math.max(ceil(panels, most), Math.min(panels, ceil(2 * strategy.units(), batch * blocks)));
        int each = ceil(panels, groups);
        return new Launch(text, new int[] {m, n, k / inner, inner, blocks, each, bBatch, bPanel, bRow},
                new long[] {(long) batch * blocks, ceil(panels, each)}, new long[] {1, 1});
    }

    /** Whether a tile's rows are those of axis 0 of its result. */
    static boolean isByRows(Tile tile) {
        return tile.batch().isEmpty() && !tile.m().isEmpty() && tile.m().get(0).equals(tile.contraction().out().get(0));
    }

    /** {@code group} is how many rows there are at a time. */
    Stage stage(Tile tile, int rows, int group) {
        int inner = inner(tile);
        KernelText text = cpuProduct(tile, inner, true);
        if (text.lanesByLane() > 0) {
            KernelText other = cpuProduct(tile, 1, false);
            if (other.lanesByLane() < text.lanesByLane()) {
                text = other;
                inner = 1;
            }
        }
        text.macro("STAGE", 1);
        int n = tile.size(tile.n());
        int k = tile.size(tile.k());
        int columns = strategy.columns();
        int each = tile.size(tile.m()) / rows;
        // Whole tiles, where the rows at hand allow.
        int tileRows = group * each % strategy.rows() == 0 || group * each % 4 != 0 ? strategy.rows() : 4;
        text.macro("ROWS", tileRows);
        text.macro("BLOCK", rowBlock(group * each, tileRows));
        return new Stage(text, each, new int[] {n, k / inner, inner, ceil(n, columns), tile.packed() ? k * columns : columns, tile.packed() ? columns : n});
    }

    private static int inner(Tile tile) {
        int[] sizes = tile.sizes(tile.k());
        return sizes[sizes.length - 1];
    }

    private int rowBlock(int m, int rows) {
        int step = rows * strategy.width() / gcd(rows, strategy.width());
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
        text.macro("BLOCK", rowBlock(tile.size(tile.m()), strategy.rows()));
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
}
