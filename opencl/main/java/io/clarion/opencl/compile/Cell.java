package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import java.util.List;

/**
 * A part of a buffer that changes from step to step of a loop: its elements at place {@code at} of axis 0.
 *
 * @param at an expression of the loop's counters; null for the whole buffer
 */
record Cell(Tensor buffer, Index at) {
    /** The place in the buffer of a place in the cell. */
    List<Index> place(List<Index> inside) {
        if (at == null) {
            return inside;
        }
        var place = new java.util.ArrayList<Index>();
        place.add(at);
        place.addAll(inside);
        return place;
    }

    /** The flat place in the buffer of one in a cell of {@code elements}. */
    Index flat(Index inside, int elements) {
        return at == null ? inside : at.times(elements).plus(inside);
    }

    /** The element of a loop of this depth at hand. */
    static Index time(int depth, int steps) {
        return Index.var(TIME + depth, steps);
    }

    /** Which half of a buffer for a carried value a step reads; it writes the other. */
    static Index half(int depth) {
        return Index.var(HALF + depth, 2);
    }

    static final String TIME = "time";
    static final String HALF = "half";

    /** Whether a variable of an index is a counter of a loop, which kernels get as an argument. */
    static boolean isCounter(String variable) {
        return variable.matches("(" + TIME + "|" + HALF + ")\\d+");
    }
}
