package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;

/** Products on a GPU, where a work-group has a tile of the result: {@code contract_gpu.cl}. */
public final class GpuProductKernel extends ProductKernel {
    /** Of k that a work-item of a chain reads before it multiplies. */
    static final int AHEAD = 16;

    GpuProductKernel(Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
    }

    @Override
    Launch launch(Tile tile) {
        int batch = tile.size(tile.batch());
        int m = tile.size(tile.m());
        int n = tile.size(tile.n());
        int panels = ceil(n, tile.columns());
        Distances b = distances(tile);
        GpuTile gpu = strategy.tile(batch, m, n);
        int tiles = ceil(m, gpu.rows());
        long[] local = tile.lanesM() ? new long[] {gpu.groupM(), gpu.groupN()}
                : new long[] {gpu.groupN(), gpu.groupM()};
        return new Launch(product(tile, gpu),
                new int[] {m, n, tile.size(tile.k()), tiles, b.batch(), b.panel(), b.row(),
                        tile.packed() ? panels * tile.columns() : n},
                new long[] {panels * local[0], (long) batch * tiles * local[1]}, local);
    }

    @Override
    Stage stage(Tile tile, int rows, Band band) {
        int each = tile.size(tile.m()) / rows;
        int n = tile.size(tile.n());
        int k = tile.size(tile.k());
        int inner = inner(tile);
        KernelText text = text("contract_gpu.cl");
        boolean reads = inner % GpuTile.LANES == 0
                && lanesByLane(trial -> element(trial, tile, inner, GpuTile.LANES, "ki")) == 0;
        fill(text, tile, strategy.tile(1, tile.size(tile.m()), n), reads, false);
        text.macro("STAGE", 1);
        int rowsAtOnce = rowsAtOnce(band.rows() * each);
        int share = share(tile, band.rows() * each, band.items());
        text.macro("BAND", rowsAtOnce);
        text.macro("SHARE", share);
        text.macro("GROUP", band.items());
        text.macro("AHEAD", Math.min(AHEAD, Math.max(GpuTile.LANES, ceil(k, share) / GpuTile.LANES * GpuTile.LANES)));
        Distances b = distances(tile);
        return new Stage(text, each, new int[] {n, k, b.panel(), b.row()}, share > 1 ? 2 * rowsAtOnce : 0);
    }

    /**
     * Returns how often a work-item of a chain on a GPU waits for memory, one time after the other, in a product with
     * {@code rows} rows at hand.
     */
    static int waits(Tile tile, int rows, int items) {
        int share = share(tile, rows, items);
        int turns = ceil(ceil(rows, rowsAtOnce(rows)) * ceil(tile.size(tile.n()), GpuTile.LANES) * share, items);
        return turns * (ceil(tile.size(tile.k()), share * AHEAD) + 1);
    }

    /** Returns how many of {@code rows} a work-item of a chain takes at once on a GPU. */
    private static int rowsAtOnce(int rows) {
        return Integer.highestOneBit(Math.min(rows, GpuTile.LANES));
    }

    /** Returns how many of {@code items} share each sum of fused rows on a GPU that has {@code rows} rows at hand. */
    private static int share(Tile tile, int rows, int items) {
        int sums = ceil(rows, rowsAtOnce(rows)) * ceil(tile.size(tile.n()), GpuTile.LANES);
        return Integer.highestOneBit(Math.clamp(items / sums, 1, Math.max(1, tile.size(tile.k()) / AHEAD)));
    }

    /** Reads the first operand along k or m, wherever its neighbours are, and as vectors where these fit. */
    private KernelText product(Tile tile, GpuTile gpu) {
        int inner = inner(tile);
        double alongK = inner < GpuTile.LANES ? 1
                : lanesByLane(text -> element(text, tile, inner, GpuTile.LANES, "ki"));
        double alongM = lanesByLane(text -> element(text, tile, inner, GpuTile.LANES, "m"));
        boolean across = alongM < alongK;
        boolean reads = Math.min(alongK, alongM) == 0 && (across ? tile.size(tile.m()) : inner) % GpuTile.LANES == 0;
        KernelText text = text("contract_gpu.cl");
        fill(text, tile, gpu, reads, across);
        return text;
    }

    /**
     * Fills the parameters and the holes; {@code reads} and {@code across} say whether the first operand is read as
     * vectors, and along m.
     */
    private void fill(KernelText text, Tile tile, GpuTile gpu, boolean reads, boolean across) {
        int inner = inner(tile);
        boolean writes = !tile.lanesM() && tile.size(tile.n()) % GpuTile.LANES == 0
                && lanesByLane(trial -> tileWrite(trial, tile, GpuTile.LANES)) == 0;
        text.macro("B_PANELS", text.read(kernel.operand(1)));
        text.macro("GROUP_M", gpu.groupM());
        text.macro("GROUP_N", gpu.groupN());
        text.macro("EACH_M", gpu.eachM());
        text.macro("EACH_N", gpu.eachN());
        text.macro("DEPTH", gpu.depth());
        text.macro("UNROLL", gpu.unroll());
        text.macro("COLUMNS", tile.columns());
        text.macro("INNER", inner < tile.size(tile.k()) ? inner : 0);
        text.macro("VA", reads ? GpuTile.LANES : 1);
        text.macro("A_ALONG_M", across ? 1 : 0);
        text.macro("LANES_M", tile.lanesM() ? 1 : 0);
        text.macro("VN", writes ? GpuTile.LANES : 1);
        element(text, tile, inner, reads ? GpuTile.LANES : 1, across ? "m" : "ki");
        tileWrite(text, tile, writes ? GpuTile.LANES : 1);
    }
}
