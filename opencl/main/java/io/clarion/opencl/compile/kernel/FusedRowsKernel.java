package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.ClType;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Counters;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Rows through several stages, once or in each step of a loop: {@code fused_rows.cl}. */
public final class FusedRowsKernel {
    /** Bytes of a group's rows in all stages: half of the cache, as the weights want the other. */
    private static final int CACHED = Strategy.CACHED / 2;
    /** Bytes of the arrays for a group's rows. */
    public static final int LOCAL = 1 << 14;
    /**
     * Bytes of those arrays, and of what is read again, on a CPU: a fourth of its first cache, the rest of which is on
     * its way in and out.
     */
    private static final int NEAR = 1 << 13;

    private static final String BARRIER = "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE); ";

    /**
     * Of all loops of a work-item; rusticl 22.3 on llvmpipe stops it, silently, after 65,535, and graphics drivers
     * those that take seconds.
     */
    private static final double MOST_ROUNDS = 60_000;
    /** Of the loops that no compiler unrolls, for a wait: over k, rows and what is shared. */
    private static final double ROUNDS = 16;

    private final Node.FusedRows fused;
    private final Strategy strategy;

    public FusedRowsKernel(Node.FusedRows fused, Strategy strategy) {
        this.fused = fused;
        this.strategy = strategy;
    }

    /** Returns the stages once. */
    public Launch launch() {
        return launch(1, new KernelText("fused_rows.cl"), "");
    }

    /** A launch for some of a loop's steps. */
    public record Turn(Launch launch, int steps) {}

    /**
     * Returns the stages in all steps of {@code loop}, some after others in a launch each where a work-item would go
     * more rounds than it may.
     */
    public List<Turn> launches(Node.Repeat loop) {
        KernelText text = new KernelText("fused_rows.cl");
        String time = Counters.time(loop.depth());
        String half = Counters.half(loop.depth());
        text.declares(time);
        text.declares(half);
        Launch all = launch(loop.steps(), text,
                String.format(Locale.ROOT, "const int %s = %s; const int %s = (step) & 1; ",
                        time, loop.reversed() ? "steps - 1 - (step)" : "(step)", half));
        int most = strategy.cpu() ? Math.max(1, loop.steps())
                : (int) Math.max(1, MOST_ROUNDS / ROUNDS / waits(fused, strategy));
        int[] sizes = all.sizes();
        return IntStream.iterate(0, from -> from < loop.steps(), from -> from + most).mapToObj(from -> {
            int to = Math.min(from + most, loop.steps());
            return new Turn(new Launch(text, new int[] {sizes[0], sizes[1], sizes[2], from, to, loop.steps()},
                    all.global(), all.local()), to - from);
        }).toList();
    }

    private Launch launch(int steps, KernelText text, String counters) {
        int rows = fused.rows();
        KernelWriter.Band band = strategy.cpu()
                ? new KernelWriter.Band(group(steps), 1, steps == 1 && strategy.prefetches())
                : band(fused, steps, strategy);
        // One after another, each work-item's rows are as many as there are cores to share them, or a whole number of
        // groups.
        int share = KernelWriter.ceil(rows, strategy.units());
        int chunk = steps > 1 ? share : !strategy.cpu() ? band.rows()
                : Math.max(1,
                        Math.min(share, KernelWriter.ceil(KernelWriter.ceil(share, 8), band.rows()) * band.rows()));
        int group = Math.min(chunk, band.rows());
        text.declares(KernelText.FIRST_ROW);
        var calls = new StringBuilder();
        int n = 0;
        int scratch = 1;
        for (Kernel kernel : fused.stages()) {
            KernelWriter.Stage stage = Emit.stage(kernel, fused,
                    new KernelWriter.Band(group, band.items(), band.ahead()), strategy);
            scratch = Math.max(scratch, stage.scratch());
            calls.append(stage.call(text, n++, "begin", "end", strategy.cpu() ? List.of() : List.of("scratch")))
                    .append(strategy.cpu() ? "" : BARRIER);
        }
        var arrays = new StringBuilder();
        text.arrays()
                .forEach((t, name) -> arrays.append(strategy.array(ClType.memory(t.dtype()), name, group * each(t))));
        if (!strategy.cpu()) {
            // A product keeps vectors of four floats in it.
            arrays.append(String.format(Locale.ROOT, "local long scratch[ITEMS * %d] __attribute__((aligned(16)));",
                    scratch));
        }
        text.macro("CPU", strategy.cpu() ? 1 : 0);
        text.macro("ITEMS", band.items());
        text.macro("ARRAYS", arrays);
        text.macro("STAGES(begin, end, step)",
                String.format(Locale.ROOT, "do { const int %s = (begin); %s%s} while (0)",
                        KernelText.FIRST_ROW, counters, calls));
        return new Launch(text, new int[] {rows, chunk, group, 0, steps, steps},
                new long[] {(long) KernelWriter.ceil(rows, chunk) * band.items()},
                new long[] {band.items()});
    }

    /**
     * Returns the band of rows of a work-group on a GPU: in a loop each unit's share of the rows, else few enough for
     * all units to have some; for each number about a work-item.
     */
    private static KernelWriter.Band band(Node.FusedRows fused, int steps, Strategy strategy) {
        int share = KernelWriter.ceil(fused.rows(), strategy.units());
        double row = fused.stages().stream().mapToDouble(w -> numbers(w) / fused.rows()).max().orElse(1);
        long local = fused.locals().stream().mapToLong(Buffer::bytes).sum() / fused.rows();
        double most = steps > 1 ? share : Math.clamp(Math.floor(strategy.widestGroup() / row), 1, share);
        int rows = (int) Math.max(1, Math.min(most, LOCAL / Math.max(1, local)));
        int items = Integer.highestOneBit((int) Math.clamp(2 * rows * row - 1, 1, strategy.widestGroup()));
        return new KernelWriter.Band(rows, Math.max(items, Math.min(strategy.workGroup(), strategy.widestGroup())),
                false);
    }

    /** Returns what work-items could take side by side: vectors of a product, terms of a sum, elements. */
    public static double numbers(Kernel kernel) {
        return kernel.tile() != null ? kernel.elements() / (double) GpuTile.LANES
                : kernel.isAccumulating() ? (double) kernel.elements() * new ReductionKernel(kernel, null).terms() / 4
                        : kernel.elements();
    }

    /** Returns how often the work-items of a GPU wait in a step of a loop, for memory or for each other. */
    public static double waits(Node.FusedRows fused, Strategy strategy) {
        KernelWriter.Band band = band(fused, 2, strategy);
        return fused.stages().stream().mapToDouble(w -> {
            Tile tile = w.tile();
            return tile != null
                    ? GpuProductKernel.waits(tile, tile.size(tile.m()) / fused.rows() * band.rows(), band.items())
                    : 1 + Math.ceil(numbers(w) / fused.rows() * band.rows() / band.items());
        }).sum();
    }

    private int each(Buffer t) {
        return t.elements() / fused.rows();
    }

    /**
     * Returns how many rows go through all stages before the next: those of locals fit the first cache, those of all
     * the second.
     */
    private int group(int steps) {
        long all = bytes(fused.made().toList());
        long local = bytes(List.copyOf(fused.locals()));
        long read = steps > 1 ? 0 : bytes(readAgain());
        if (read > CACHED) {
            return 1;
        }
        boolean tiles = steps == 1 && hasTiles(fused.stages());
        int whole = tiles ? wholeTiles(strategy) : 4;
        long near = local == 0 || tiles ? CACHED : NEAR / (local + read);
        return (int) Math.clamp(Math.min(CACHED / Math.max(1, all + read), near) / whole * whole,
                tiles ? whole : local > 0 ? 1 : 4, 1024);
    }

    public static boolean hasTiles(List<Kernel> stages) {
        return stages.stream().anyMatch(w -> w.tile() != null);
    }

    /** Returns the most bytes of a row of fused rows with products on a CPU, whose tiles would be empty otherwise. */
    public static int widestWithTiles(Strategy strategy) {
        return CACHED / wholeTiles(strategy);
    }

    /** Returns how many rows fill tiles of one vector and of several. */
    private static int wholeTiles(Strategy strategy) {
        return 2 * strategy.tile().rows();
    }

    /** Returns what several stages read row by row, from outside. */
    private List<Buffer> readAgain() {
        var seen = new HashSet<Buffer>();
        return fused.stages().stream().flatMap(w -> w.reads().keySet().stream()).filter(t -> !seen.add(t)).distinct()
                .filter(t -> fused.made().noneMatch(t::equals) && t.elements() % fused.rows() == 0).toList();
    }

    private long bytes(List<Buffer> tensors) {
        return tensors.stream().mapToLong(Buffer::bytes).sum() / fused.rows();
    }
}
