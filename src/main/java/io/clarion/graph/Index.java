package io.clarion.graph;

/**
 * Picks places along an axis of {@link Tensor#at(Index...)}, as NumPy's indices and slices do: negative numbers count
 * from the end, and a slice that leaves the axis ends there. Sizes need not be known before a call.
 *
 * <pre>{@code
 * import static io.clarion.graph.Index.*;
 *
 * x.at(ALL, at(-1))                   // x[:, -1]
 * x.at(REST, from(-2))                // x[..., -2:]
 * x.at(between(1, -1).step(2))        // x[1:-1:2]
 * x.at(ALL, ALL.step(-1), NEW)        // x[:, ::-1, None]
 * }</pre>
 */
public sealed interface Index {
    /** All places of an axis: NumPy's {@code :}. */
    Span ALL = new Span(null, null, 1);
    /** A new axis of size 1: NumPy's {@code None}. */
    Index NEW = new NewAxis();
    /** All axes that no other index names: NumPy's {@code ...}. */
    Index REST = new Rest();

    /** Returns one place of an axis, which the result lacks. */
    static Index at(int place) {
        return new Place(place);
    }

    /** Returns the places from {@code start} on. */
    static Span from(int start) {
        return new Span(start, null, 1);
    }

    /** Returns the places to before {@code stop}. */
    static Span to(int stop) {
        return new Span(null, stop, 1);
    }

    /** Returns the places from {@code start} to before {@code stop}. */
    static Span between(int start, int stop) {
        return new Span(start, stop, 1);
    }

    /** One place of an axis. */
    record Place(int place) implements Index {}

    /**
     * Places of an axis at equal distances.
     *
     * @param start the first place; null for the end from which the steps begin
     * @param stop  the place before which they end; null for none
     * @param step  the distance, not 0; negative steps go towards the front
     */
    record Span(Integer start, Integer stop, int step) implements Index {
        public Span {
            if (step == 0) {
                throw new IllegalArgumentException("a step of 0 never ends");
            }
        }

        /** Returns every {@code distance}th of these places; towards the front if it is negative. */
        public Span step(int distance) {
            return new Span(start, stop, distance);
        }
    }

    /** See {@link #NEW}. */
    record NewAxis() implements Index {}

    /** See {@link #REST}. */
    record Rest() implements Index {}
}
