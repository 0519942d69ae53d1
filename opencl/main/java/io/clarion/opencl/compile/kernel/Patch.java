package io.clarion.opencl.compile.kernel;

import io.clarion.graph.Contraction;
import io.clarion.graph.Movement;
import io.clarion.opencl.compile.program.ContractionLoops;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A convolution whose images, of two axes, are read a patch at a time: what some rows of places see, borders included.
 * In a patch the numbers lie as in the image: planes, which are channels before its axes, and channels after them.
 *
 * @param tile   the convolution as products of matrices: its m are images and the places of {@code y} and {@code x},
 *               its k planes, the taps of both, and channels; or the other way round
 * @param before the axes of planes
 * @param after  the axes of channels
 * @param sums   whether it is the other way round, as for the gradient of weights, which sums over places
 */
record Patch(Tile tile, Side y, Side x, List<Integer> before, List<Integer> after, boolean sums) {

    /**
     * An axis of an image: place p and tap t meet at {@code low + step·p + tapStep·t}, or at
     * {@code low + step·p − tapStep·(taps − 1 − t)} if {@code tapStep} is negative.
     */
    record Side(int axis, int place, int tap, int places, int taps, int step, int tapStep, int low) {
        /** Returns how many numbers, from the first to the last, {@code count} neighbouring places see. */
        int reach(int count) {
            return (count - 1) * step + (taps - 1) * Math.abs(tapStep) + 1;
        }

        /** Returns where the first place meets the first tap, from {@link #low}. */
        int origin() {
            return Math.max(0, (taps - 1) * -tapStep);
        }
    }

    /** Returns {@code tile} as one that reads patches, if it can. */
    static Optional<Patch> of(Tile tile) {
        List<Integer> axes = axes(tile);
        List<Side> sides = axes.stream().flatMap(axis -> tile.plan().solves().stream().filter(s -> s.axis() == axis))
                .flatMap(s -> side(tile, s).stream()).toList();
        if (tile.plan().solves().size() != 2 || sides.size() != 2) {
            return Optional.empty();
        }
        Side y = sides.get(0);
        Side x = sides.get(1);
        boolean sums = tile.k().contains(y.place());
        List<Integer> seen = sums ? tile.m() : tile.k();
        List<Integer> seeing = sums ? tile.k() : tile.m();
        int at = axes.indexOf(y.axis());
        List<Integer> before = axes.subList(0, at).stream().filter(seen::contains).toList();
        List<Integer> after = axes.subList(Math.min(at + 2, axes.size()), axes.size());
        var order = new ArrayList<>(before);
        order.addAll(List.of(y.tap(), x.tap()));
        order.addAll(after);
        int rank = seeing.size();
        boolean fits = axes.indexOf(x.axis()) == at + 1 && seen.equals(order) && (before.isEmpty() || after.isEmpty())
                && rank >= 2 && seeing.subList(rank - 2, rank).equals(List.of(y.place(), x.place()));
        return fits ? Optional.of(new Patch(tile, y, x, before, after, sums)) : Optional.empty();
    }

    /** Returns the image's axes. */
    private static List<Integer> axes(Tile tile) {
        return tile.contraction().operands().get(tile.aOperand());
    }

    private static Optional<Side> side(Tile tile, ContractionLoops.Solve solve) {
        Contraction.Window w = solve.window();
        if (solve.divisor() != 1 || solve.axis() == w.tap()) {
            return Optional.empty();
        }
        boolean forward = solve.axis() == w.position();
        int place = forward ? w.place() : w.position();
        int step = forward ? w.stride() : 1;
        int tapStep = forward ? w.dilation() : -w.dilation();
        int places = tile.contraction().extents().get(place).size();
        int taps = tile.contraction().extents().get(w.tap()).size();
        int low = (forward ? -w.pad() : w.pad()) + Math.min(0, tapStep * (taps - 1));
        return tile.m().contains(place) && tile.k().contains(w.tap())
                || tile.k().contains(place) && tile.m().contains(w.tap())
                        ? Optional.of(new Side(solve.axis(), place, w.tap(), places, taps, step, tapStep, low))
                        : Optional.empty();
    }

    /** Channels before the image's axes. */
    int planes() {
        return tile.size(before);
    }

    /** Channels after them. */
    int channels() {
        return tile.size(after);
    }

    /** Images of a batch. */
    int images() {
        return tile.size(imageAxes());
    }

    private List<Integer> imageAxes() {
        List<Integer> seeing = sums ? tile.k() : tile.m();
        return seeing.subList(0, seeing.size() - 2);
    }

    /** Returns how many numbers a line of the image has, borders included. */
    int line() {
        return x.reach(x.places()) * channels();
    }

    /** Returns how many numbers the patch of {@code rows} rows of places has. */
    int size(int rows) {
        return planes() * y.reach(rows) * line();
    }

    /** Returns by how many numbers neighbouring places are apart. */
    int point() {
        return x.step() * channels();
    }

    /** Returns by how many numbers rows of places are apart. */
    int row() {
        return y.step() * line();
    }

    /**
     * A loop over part of what a place sees.
     *
     * @param size how many
     * @param step by how many numbers of a patch neighbours are apart
     * @param flat by how much they are apart in the order of m or k
     */
    record Loop(int size, int step, int flat) {}

    /**
     * Returns the loops over planes, taps and channels in a patch of {@code lines} lines: at most three, joined where
     * they go on evenly.
     */
    List<Loop> loops(int lines) {
        var loops = new ArrayList<Loop>();
        int flat = planes() * y.taps() * x.taps() * channels();
        for (Loop next : List.of(new Loop(planes(), lines * line(), 0), new Loop(y.taps(), y.tapStep() * line(), 0),
                new Loop(x.taps(), x.tapStep() * channels(), 0), new Loop(channels(), 1, 0))) {
            flat /= next.size();
            Loop last = loops.isEmpty() ? null : loops.get(loops.size() - 1);
            if (last != null && last.step() == next.size() * next.step()) {
                loops.set(loops.size() - 1, new Loop(last.size() * next.size(), next.step(), flat));
            } else if (next.size() > 1) {
                loops.add(new Loop(next.size(), next.step(), flat));
            }
        }
        return loops;
    }

    /** Returns how many numbers a line has before those of the image. */
    int left() {
        return Math.max(0, -x.low()) * channels();
    }

    /** Returns how many numbers of a line lie in the image. */
    int run() {
        int size = tile.contraction().extents().get(x.axis()).size();
        return Math.max(0, Math.min(x.reach(x.places()), size - x.low()) * channels() - left());
    }

    /** Returns the image, the first operand, with borders before and after its lines, which are zeros. */
    Expr bordered(Expr image) {
        int axis = axes(tile).indexOf(y.axis());
        var before = new ArrayList<>(Collections.nCopies(image.rank(), 0));
        before.set(axis, Math.max(0, -y.low()));
        int size = Math.max(image.shape().size(axis) + before.get(axis),
                y.low() + before.get(axis) + y.reach(y.places()));
        Shape shape = image.shape().with(axis, Dim.of(size));
        return shape.equals(image.shape()) ? image
                : image.view(new Movement.Pad(before, Collections.nCopies(image.rank(), 1), shape, 0));
    }

    /** Returns where in {@link #bordered} number {@code t} of those of a line that lie in the image is. */
    List<Index> at(Index batch, Index image, Index plane, Index line, Index t) {
        List<Index> place = tile.at(Index.coordinates(batch, tile.sizes(tile.batch())), List.of(), List.of(),
                List.of());
        put(place, imageAxes(), image);
        put(place, before, plane);
        put(place, after, t.modulo(channels()));
        place.set(y.axis(), line.plus(Math.max(0, y.low())));
        place.set(x.axis(), t.dividedBy(channels()).plus(Math.max(0, x.low())));
        return axes(tile).stream().map(place::get).toList();
    }

    private void put(List<Index> place, List<Integer> axes, Index flat) {
        List<Index> at = Index.coordinates(flat, tile.sizes(axes));
        IntStream.range(0, axes.size()).forEach(i -> place.set(axes.get(i), at.get(i)));
    }
}
