package io.clarion.graph;

import io.clarion.tensor.Dim;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Views of the places that indices pick. */
final class Indexing {
    private Indexing() {}

    /** Returns the elements of {@code x} at places, as {@link Tensor#at(Index...)} says. */
    static Tensor of(Tensor x, List<Index> places) {
        Tensor picked = x;
        var dropped = new ArrayList<Integer>();
        var added = new ArrayList<Integer>();
        int axis = 0;
        for (Index place : whole(x, places)) {
            switch (place) {
                case Index.Place(int at) -> {
                    checkInside(x, axis, at);
                    picked = single(picked, axis, at);
                    dropped.add(axis++);
                }
                case Index.Span span -> picked = span(picked, axis++, span);
                case Index.NewAxis none -> added.add(axis - dropped.size() + added.size());
                case Index.Rest rest -> throw new IllegalArgumentException("REST stands twice among the indices");
            }
        }
        return picked.reshape(picked.shape().without(dropped)).expand(added);
    }

    /**
     * Returns the indices with as many {@link Index#ALL} in place of the first {@link Index#REST}, or at the end, as
     * there are axes without.
     */
    private static List<Index> whole(Tensor x, List<Index> places) {
        int named = (int) places.stream().filter(p -> p instanceof Index.Place || p instanceof Index.Span).count();
        if (named > x.rank()) {
            throw new IllegalArgumentException(
                    named + " indices are too many for shape " + x.shape() + ", which has " + x.rank() + " axes");
        }
        var whole = new ArrayList<>(places);
        int rest = places.indexOf(Index.REST);
        if (rest >= 0) {
            whole.remove(rest);
        }
        whole.addAll(rest >= 0 ? rest : whole.size(), Collections.nCopies(x.rank() - named, Index.ALL));
        return whole;
    }

    private static void checkInside(Tensor x, int axis, int place) {
        Dim n = x.shape().dim(axis);
        if (n.isKnown() && (place < -n.size() || place >= n.size())) {
            throw new IllegalArgumentException("place " + place + " is outside axis " + axis + " of shape " + x.shape()
                    + (n.is(0) ? ", which is empty" : "; " + -n.size() + " to " + (n.size() - 1) + " would do"));
        }
    }

    private static Tensor single(Tensor x, int axis, int place) {
        return place >= 0 ? x.slice(axis, place, Dim.ONE) : reversed(x, axis).slice(axis, ~place, Dim.ONE);
    }

    private static Tensor span(Tensor x, int axis, Index.Span span) {
        if (span.step() < 0) {
            // Place i of the reverse is place ~i, counted from the other end.
            return span(reversed(x, axis), axis,
                    new Index.Span(flipped(span.start()), flipped(span.stop()), Math.negateExact(span.step())));
        }
        Tensor tail = span.start() == null ? x : from(x, axis, span.start());
        Dim n = x.shape().dim(axis);
        Dim count = span.stop() == null ? tail.shape().dim(axis)
                : span.start() == null ? bound(n, span.stop()) : bound(n, span.stop()).excess(bound(n, span.start()));
        Dim steps = span.step() == 1 ? count : count.plus(span.step() - 1).dividedBy(Dim.of(span.step()));
        return steps.equals(tail.shape().dim(axis)) ? tail : tail.view(slice(tail, axis, 0, span.step(), steps));
    }

    private static Integer flipped(Integer place) {
        return place == null ? null : ~place;
    }

    /** Returns how many places of {@code n} lie before one that may be negative or outside. */
    private static Dim bound(Dim n, int place) {
        // min(n, place) is n − max(0, n − place).
        return place < 0 ? n.excess(Dim.of(Math.negateExact(place)))
                : n.isKnown() ? Dim.of(Math.min(n.size(), place)) : n.minus(n.excess(Dim.of(place)));
    }

    private static Tensor from(Tensor x, int axis, int start) {
        Dim n = x.shape().dim(axis);
        Dim before = bound(n, start);
        if (before.isKnown() || start >= 0) {
            return x.view(slice(x, axis, before.isKnown() ? before.size() : start, 1,
                    before.isKnown() ? n.minus(before) : n.excess(Dim.of(start))));
        }
        // A slice starts at a number: the last so many of an axis are the first of its reverse.
        return reversed(reversed(x, axis).view(slice(x, axis, 0, 1, n.minus(before))), axis);
    }

    private static Movement slice(Tensor x, int axis, int start, int step, Dim count) {
        var starts = new ArrayList<>(Collections.nCopies(x.rank(), 0));
        var steps = new ArrayList<>(Collections.nCopies(x.rank(), 1));
        starts.set(axis, start);
        steps.set(axis, step);
        return new Movement.Slice(starts, steps, x.shape().with(axis, count));
    }

    private static Tensor reversed(Tensor x, int axis) {
        return x.view(new Movement.Reverse(List.of(axis)));
    }
}
