package io.clarion.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The sizes of a tensor's axes, outermost first. */
public record Shape(List<Dim> dims) {
    /** The shape of a scalar. */
    public static final Shape SCALAR = new Shape(List.of());

    public Shape {
        dims = List.copyOf(dims);
    }

    /** Returns a shape of known sizes. */
    public static Shape of(int... sizes) {
        return new Shape(Arrays.stream(sizes).mapToObj(Dim::of).toList());
    }

    public int rank() {
        return dims.size();
    }

    /** Returns the size of {@code axis}, which counts from the end if negative. */
    public Dim dim(int axis) {
        return dims.get(axis(axis));
    }

    /** Returns the known size of {@code axis}. */
    public int size(int axis) {
        return dim(axis).size();
    }

    /** Returns the axis counted from the front, from one that may count from the end. */
    public int axis(int axis) {
        if (axis < -rank() || axis >= rank()) {
            throw new IllegalArgumentException("axis " + axis + " does not exist in shape " + this
                    + (rank() == 0 ? ", a scalar" : "; allowed are " + -rank() + " to " + (rank() - 1)));
        }
        return axis < 0 ? axis + rank() : axis;
    }

    /** Returns all axes, counted from the front. */
    public List<Integer> axes() {
        return java.util.stream.IntStream.range(0, rank()).boxed().toList();
    }

    /** Returns the axes given, counted from the front, in ascending order. An axis named twice is an error. */
    public List<Integer> axes(int... axes) {
        List<Integer> sorted = Arrays.stream(axes).map(this::axis).sorted().boxed().toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).equals(sorted.get(i - 1))) {
                throw new IllegalArgumentException(
                        "axis " + sorted.get(i) + " is named twice in " + Arrays.toString(axes));
            }
        }
        return sorted;
    }

    public boolean isKnown() {
        return dims.stream().allMatch(Dim::isKnown);
    }

    /** Returns the known sizes. */
    public int[] sizes() {
        return dims.stream().mapToInt(Dim::size).toArray();
    }

    /** Returns the number of elements, as a size that may not be known yet. */
    public Dim count() {
        return isKnown() ? Dim.of(elements()) : dims.stream().reduce(Dim.ONE, Dim::times);
    }

    /** Returns the known number of elements. */
    public int elements() {
        if (dims.stream().anyMatch(d -> d.is(0))) {
            return 0;
        }
        long n = 1;
        for (Dim d : dims) {
            n *= d.size();
            if (n > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("a tensor of shape " + this + " has more than 2^31 - 1 elements");
            }
        }
        return (int) n;
    }

    /** Returns the distance, in elements, between neighbours along each axis of a dense row-major tensor. */
    public int[] strides() {
        int[] strides = new int[rank()];
        int step = 1;
        for (int a = rank() - 1; a >= 0; a--) {
            strides[a] = step;
            step *= size(a);
        }
        return strides;
    }

    /** Returns this shape with {@code axis} of another size. */
    public Shape with(int axis, Dim size) {
        var changed = new ArrayList<>(dims);
        changed.set(axis(axis), size);
        return new Shape(changed);
    }

    /** Returns this shape without {@code axes}, which count from the front. */
    public Shape without(List<Integer> axes) {
        var kept = new ArrayList<Dim>();
        for (int a = 0; a < rank(); a++) {
            if (!axes.contains(a)) {
                kept.add(dims.get(a));
            }
        }
        return new Shape(kept);
    }

    /** Returns this shape with {@code axes}, which count from the front, of size 1. */
    public Shape keeping(List<Integer> axes) {
        var kept = new ArrayList<>(dims);
        axes.forEach(a -> kept.set(a, Dim.ONE));
        return new Shape(kept);
    }

    /** Returns this shape followed by the axes of another. */
    public Shape then(Shape other) {
        var all = new ArrayList<>(dims);
        all.addAll(other.dims);
        return new Shape(all);
    }

    /** Returns the axes from {@code from} to before {@code to}. */
    public Shape part(int from, int to) {
        return new Shape(dims.subList(from, to));
    }

    /** Returns this shape with axes of size 1 put in front until it has {@code rank}. */
    public Shape padded(int rank) {
        var all = new ArrayList<>(Collections.nCopies(Math.max(0, rank - rank()), Dim.ONE));
        all.addAll(dims);
        return new Shape(all);
    }

    /**
     * Returns the shape to which both broadcast by NumPy's rule: aligned at the last axis, a size of 1 stretches. Of
     * two sizes not known yet, they are taken to be equal; a call checks it.
     */
    public Shape broadcast(Shape other) {
        int rank = Math.max(rank(), other.rank());
        Shape a = padded(rank);
        Shape b = other.padded(rank);
        var met = new ArrayList<Dim>();
        for (int i = 0; i < rank; i++) {
            Dim x = a.dim(i);
            Dim y = b.dim(i);
            if (!x.is(1) && !y.is(1) && !x.mayEqual(y)) {
                throw new IllegalArgumentException("shapes " + this + " and " + other + " do not broadcast: "
                        + x.describe() + " meets " + y.describe() + " (equal sizes would do, or a 1)");
            }
            met.add(x.is(1) ? y : y.is(1) || x.isKnown() ? x : y);
        }
        return new Shape(met);
    }

    /** Returns whether a tensor of shape {@code other} may be given where this shape is expected. */
    public boolean accepts(Shape other) {
        return rank() == other.rank()
                && java.util.stream.IntStream.range(0, rank()).allMatch(i -> dim(i).mayEqual(other.dim(i)));
    }

    /** Returns this shape with the symbols' values in it. */
    public Shape resolve(Map<Dim.Symbol, Integer> values) {
        return isKnown() ? this : new Shape(dims.stream().map(d -> d.resolve(values)).toList());
    }

    /** As Keras writes it: {@code (2, None, 3)}, {@code (5,)}, {@code ()}. */
    @Override
    public String toString() {
        String inner = dims.stream().map(Dim::describe).collect(Collectors.joining(", "));
        return rank() == 1 ? "(" + inner + ",)" : "(" + inner + ")";
    }
}
