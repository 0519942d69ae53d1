package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.ClType;
import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.CpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Convolutions on a CPU that read images a patch at a time: {@code convolve_cpu.cl}. */
final class ConvolutionKernel extends TileKernel {
    /** The most numbers of a patch: half of what a core's cache is counted on for. */
    private static final int PATCH = 1 << 15;
    /** The greatest share of results that may lie between rows of places. */
    private static final double IN_VAIN = 0.2;
    /** About how many cycles a vector takes from the image to the patch. */
    private static final double COPY = 4;

    private final Patch patch;
    private final Tile tile;
    private final int columns;

    private ConvolutionKernel(Patch patch, Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
        this.patch = patch;
        this.tile = patch.tile();
        this.columns = tile.columns();
    }

    /** Returns the kernel of {@code tile}, if it can read patches and is worth it. */
    static Optional<Launch> launch(Tile tile, Kernel kernel, Strategy strategy) {
        return Patch.of(tile).map(patch -> new ConvolutionKernel(patch, kernel, strategy))
                .filter(ConvolutionKernel::isUseful).flatMap(ConvolutionKernel::launch);
    }

    /** Returns whether taps overlap and all of k of a tile, or all that waits, is in the cache beside the patch. */
    private boolean isUseful() {
        boolean overlaps = patch.y().taps() * patch.x().taps() > patch.y().step() * patch.x().step();
        boolean fits = patch.size(1) <= PATCH
                && patch.size(1) + tile.size(patch.sums() ? tile.m() : tile.k()) * columns <= CpuTile.PRIVATE;
        boolean isEven = patch.sums() ? !tile.lanesM()
                : !tile.lanesM() || patch.point() == 1 && patch.row() == patch.line();
        return overlaps && patch.run() > 0 && fits && isEven
                && (tile.packed() || !strategy.copiesPanel(tile.size(tile.n())));
    }

    /** Returns the longest of the loops over what places see: that over a sum's results in a strip. */
    private Patch.Loop points(int lines) {
        return Collections.max(patch.loops(lines), Comparator.comparing(Patch.Loop::size));
    }

    /**
     * The blocking of a convolution's results: {@code block} rows of places are a patch, {@code rows} results a tile;
     * the next row of places begins {@code pitch} places further, which is all that it has where tiles end with rows.
     */
    private record Cut(int block, int rows, int pitch) {}

    /**
     * Returns the cheapest of blocks that the cache holds, but of which all units have some, with tiles that registers
     * hold.
     */
    private Cut cut() {
        int all = patch.y().places();
        int busy = patch.sums() ? all : Math.max(1, all * patch.images() / (2 * strategy.units()));
        List<Integer> tiles = tile.lanesM() ? List.of(strategy.rows(columns, true)) : upright();
        return IntStream.rangeClosed(1, Math.min(all, busy)).filter(r -> r == 1 || patch.size(r) <= PATCH).boxed()
                .flatMap(block -> tiles.stream()
                        .flatMap(rows -> pitches(block).stream().map(pitch -> new Cut(block, rows, pitch))))
                .min(Comparator.comparing(this::cost)).orElseThrow();
    }

    /** Returns the rows that tiles may have. */
    private List<Integer> upright() {
        int most = CpuTile.rows(strategy.width(), vectors());
        return IntStream.rangeClosed((most + 1) / 2, most).boxed().toList();
    }

    /** Returns how far the next row of places may be: its own length, or as many places as fit the row in the patch. */
    private List<Integer> pitches(int block) {
        if (patch.sums()) {
            return List.of(points(patch.y().reach(block)).size());
        }
        int joined = patch.row() / patch.point();
        return tile.lanesM() ? List.of(joined)
                : patch.row() % patch.point() != 0 ? List.of(patch.x().places()) : List.of(joined, patch.x().places());
    }

    private int vectors() {
        return columns / strategy.width();
    }

    /** Returns about how many cycles an image takes. */
    private double cost(Cut cut) {
        int all = patch.y().places();
        int rest = all % cut.block();
        return all / cut.block() * cost(cut, cut.block()) + (rest == 0 ? 0 : cost(cut, rest));
    }

    /**
     * Returns the same of a block of {@code count} rows: two multiply-adds a cycle and one lost a step, what is copied,
     * what waits, and what is written one by one.
     */
    private double cost(Cut cut, int count) {
        int n = tile.size(tile.n());
        int vectors = tile.lanesM() ? columns * cut.rows() / strategy.width() : cut.rows() * vectors();
        int steps = patch.sums() ? count * patch.x().places() : tile.size(tile.k());
        int waiting = patch.sums() ? 2 * vectors : 0;
        int single = tile.lanesM() ? count * patch.x().places() % strategy.width() * n : 0;
        return (double) tiles(cut, count) * ceil(n, columns) * (steps * (vectors + 1) / 2.0 + waiting)
                + COPY * (patch.size(count) / strategy.width() + single);
    }

    private int tiles(Cut cut, int count) {
        int places = patch.x().places();
        return patch.sums() ? results() / cut.pitch() * ceil(cut.pitch(), cut.rows())
                : cut.pitch() == places ? count * ceil(places, cut.rows())
                        : ceil((count - 1) * cut.pitch() + places, cut.rows());
    }

    /** Returns the number of rows of results of a batch's sums. */
    private int results() {
        return tile.size(tile.m());
    }

    /** Returns the share of what tiles compute that is no result. */
    private double vain(Cut cut) {
        return 1 - (patch.sums() ? results() : (double) cut.block() * patch.x().places())
                / (tiles(cut, cut.block()) * cut.rows());
    }

    /** Returns its launch, unless tiles would compute too much for nothing. */
    private Optional<Launch> launch() {
        Cut cut = cut();
        return vain(cut) <= IN_VAIN ? Optional.of(launch(cut)) : Optional.empty();
    }

    private Launch launch(Cut cut) {
        int batch = tile.size(tile.batch());
        int panels = ceil(tile.size(tile.n()), columns);
        int blocks = ceil(patch.y().places(), cut.block());
        int most = patch.sums() ? Math.max(1, CpuTile.PRIVATE / results() / columns) : panels;
        int each = Math.min(most, panelsEach(tile, patch.sums() ? batch : batch * patch.images() * blocks));
        int shares = patch.sums() ? shares(batch * ceil(panels, each), results() / cut.pitch()) : blocks;
        Distances b = distances(tile);
        return new Launch(text(cut, each),
                new int[] {patch.images(), patch.y().places(), shares, tile.size(tile.n()), each, b.batch(), b.panel(),
                        b.row()},
                new long[] {(long) batch * shares * (patch.sums() ? 1 : patch.images()), ceil(panels, each)},
                new long[] {1, 1});
    }

    /**
     * Returns into how many shares the strips of a sum are cut. Each takes the whole patch, so there are several only
     * where some units would have less to do.
     */
    private int shares(int items, int strips) {
        return items % strategy.units() == 0 || items >= 4 * strategy.units() ? 1 : strips;
    }

    private KernelText text(Cut cut, int panels) {
        KernelText best = null;
        for (int read : strategy.candidates()) {
            KernelText next = best == null || best.lanesByLane() > 0 ? text(cut, panels, read) : best;
            best = best == null || next.lanesByLane() < best.lanesByLane() ? next : best;
        }
        return best;
    }

    private KernelText text(Cut cut, int panels, int read) {
        int width = strategy.width();
        int lines = patch.y().reach(cut.block());
        KernelText text = text("convolve_cpu.cl");
        text.macro("B_PANELS", text.read(kernel.operand(1)));
        text.macro("VW", width);
        text.macro("AW", read);
        text.macro("ROWS", cut.rows());
        text.macro("COLUMNS", columns);
        text.macro("LANES_M", tile.lanesM() ? 1 : 0);
        text.macro("BLOCK", cut.block());
        text.macro("PLANES", patch.planes());
        text.macro("LINES", lines);
        text.macro("LINE", patch.line());
        text.macro("LEFT", patch.left());
        text.macro("RUN", patch.run());
        text.macro("LINE_STEP", patch.y().step());
        text.macro("REACH", patch.y().reach(1));
        text.macro("ORIGIN", patch.y().origin() * patch.line() + patch.x().origin() * patch.channels());
        text.macro("SUM", patch.sums() ? 1 : 0);
        text.macro("PITCH", cut.pitch());
        if (patch.sums()) {
            sum(text, cut, panels, lines);
        } else {
            places(text, cut, lines);
        }
        image(text, patch.run() < read ? 1 : read);
        boolean isAside = tile.lanesM();
        boolean rest = isAside || tile.size(tile.n()) % width != 0;
        text.macro("REST", rest ? 1 : 0);
        int places = patch.sums() ? results() : patch.y().places() * patch.x().places();
        Index first = patch.sums() ? Index.ZERO : Index.var("image", patch.images()).times(places);
        write(text, tile, width, List.of("image", "at"), first.plus(isAside
                ? Index.var("at", places - width + 1).plus(Index.var(ANYWHERE, width)) : Index.var("at", places)));
        if (rest) {
            write(text, tile, 1, List.of("image", "at"), first.plus(Index.var("at", places)));
        }
        return text;
    }

    /** Writes the macros of a kernel whose results are places; k is what they see. */
    private void places(KernelText text, Cut cut, int lines) {
        int points = patch.x().places();
        boolean joins = cut.pitch() != points;
        text.macro("POINTS", points);
        text.macro("POINT", patch.point());
        text.macro("STRIPS", joins ? 1 : "here");
        text.macro("LENGTH", joins ? "((here - 1) * PITCH + POINTS)" : points);
        text.macro("STRIP(s)", "((s) * " + patch.row() + ")");
        text.macro("RESULT(s, i)",
                joins ? "((y0 + (s) + (i) / PITCH) * POINTS + (i) % PITCH)" : "((y0 + (s)) * POINTS + (i))");
        loops(text, patch.loops(lines));
    }

    /** Writes the macros of a kernel whose results are what places see; k are the places. */
    private void sum(KernelText text, Cut cut, int panels, int lines) {
        Patch.Loop points = points(lines);
        List<Patch.Loop> strips = patch.loops(lines).stream().filter(loop -> !loop.equals(points)).toList();
        Index strip = Index.var("(s)", results() / points.size());
        List<Index> at = Index.coordinates(strip, strips.stream().mapToInt(Patch.Loop::size).toArray());
        Index first = Index.ZERO;
        Index flat = Index.var("(i)", points.size()).times(points.flat());
        for (int i = 0; i < strips.size(); i++) {
            first = first.plus(at.get(i).times(strips.get(i).step()));
            flat = flat.plus(at.get(i).times(strips.get(i).flat()));
        }
        text.macro("POINTS", points.size());
        text.macro("POINT", points.step());
        text.macro("STRIPS", results() / points.size());
        text.macro("LENGTH", points.size());
        text.macro("STRIP(s)", first.text());
        text.macro("RESULT(s, i)", flat.text());
        text.macro("PARTIAL", panels * tiles(cut, cut.block()) * cut.rows() * columns);
        loops(text, List.of(new Patch.Loop(patch.x().places(), patch.point(), 1)));
        text.macro("U", "here");
        text.macro("U_STEP", patch.row());
    }

    /** Writes the macros of the three loops over k, of which {@code loops} are the last; others have one turn. */
    private static void loops(KernelText text, List<Patch.Loop> loops) {
        for (int i = 0; i < 3; i++) {
            int skipped = 3 - loops.size();
            Patch.Loop loop = i < skipped ? new Patch.Loop(1, 0, 0) : loops.get(i - skipped);
            text.macro("UVW".substring(i, i + 1), loop.size());
            text.macro("UVW".charAt(i) + "_STEP", loop.step());
        }
    }

    /** Fills the hole that gives {@code width} numbers of what of a line lies in an image. */
    private void image(KernelText text, int width) {
        boolean anywhere = width > 1 && patch.run() % width != 0;
        Expr bordered = patch.bordered(kernel.accumulation().input(0));
        // Lanes begin anywhere if they have a variable of their own, 0 in the first.
        Index t = anywhere ? Index.var("t", patch.run() - width + 1).plus(Index.var(ANYWHERE, width))
                : Index.var("t", patch.run());
        var read = new Expression(text, width, anywhere ? ANYWHERE : "t");
        String number = read.value(bordered,
                patch.at(Index.var("batch", tile.size(tile.batch())), Index.var("image", patch.images()),
                        Index.var("plane", patch.planes()), Index.var("line", patch.y().reach(patch.y().places())), t));
        text.hole(width == 1 ? "PATCH_1" : "PATCH_V", new ClType(DType.FLOAT32, width).register(),
                List.of("batch", "image", "plane", "line", "t"),
                (anywhere ? anywhere() : "") + read.statements(), number);
    }
}
