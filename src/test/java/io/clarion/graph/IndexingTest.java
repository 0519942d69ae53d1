package io.clarion.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.engine.Engines;
import io.clarion.grad.Gradients;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Slices against the rule of Python's {@code slice.indices}. */
class IndexingTest {
    private static final int MOST = 7;

    /** The places that Python's slice has of {@code n}. */
    private static int[] places(int n, Integer start, Integer stop, int step) {
        int least = step > 0 ? 0 : -1;
        int most = step > 0 ? n : n - 1;
        int first = start == null ? step > 0 ? least : most : Math.clamp(start < 0 ? start + n : start, least, most);
        int last = stop == null ? step > 0 ? most : least : Math.clamp(stop < 0 ? stop + n : stop, least, most);
        return IntStream.iterate(first, i -> step > 0 ? i < last : i > last, i -> i + step).toArray();
    }

    private static List<Index.Span> spans() {
        var all = new ArrayList<Index.Span>();
        for (int start = -MOST - 1; start <= MOST; start++) {
            for (int stop = -MOST - 1; stop <= MOST; stop++) {
                for (int step : new int[] {1, 2, 3, 9, -1, -2, -3, -9}) {
                    all.add(new Index.Span(start < -MOST ? null : start, stop < -MOST ? null : stop, step));
                }
            }
        }
        return all;
    }

    private static Function function(List<Tensor> inputs, List<Tensor> outputs) {
        return new Function(new Graph(inputs, outputs, List.of()),
                Engines.named("reference").orElseThrow().open("reference:0"));
    }

    @Test
    void everySliceIsPythonsWhetherTheSizeIsKnownOrNot() {
        Tensor open = Tensor.of(new Op.Placeholder(DType.INT32, new Shape(List.of(new Dim.Symbol("n"))), "open"));
        List<Index.Span> spans = spans();
        for (int n : new int[] {0, 1, 5}) {
            NDArray numbers = NDArray.of(IntStream.range(0, n).toArray(), n);
            Tensor known = Tensor.of(new Op.Placeholder(DType.INT32, Shape.of(n), "known"));
            var outputs = new ArrayList<Tensor>();
            spans.forEach(s -> outputs.addAll(List.of(known.at(s), open.at(s))));
            try (Function f = function(List.of(known, open), outputs)) {
                List<NDArray> got = f.call(numbers, numbers);
                for (int i = 0; i < got.size(); i++) {
                    Index.Span s = spans.get(i / 2);
                    assertArrayEquals(places(n, s.start(), s.stop(), s.step()), got.get(i).toInts(), s + " of " + n);
                }
            }
        }
    }

    @Test
    void gradientsGoBackToThePlacesThatWerePicked() {
        Tensor open = Tensor.of(new Op.Placeholder(DType.FLOAT32, new Shape(List.of(new Dim.Symbol("n"))), "open"));
        List<Index.Span> spans = spans().stream().filter(s -> Math.abs(s.step()) < 3).toList();
        Tensor squared = open.times(open);
        List<Tensor> outputs = spans.stream().map(s -> Gradients.of(squared.at(s), List.of(open)).get(0)).toList();
        try (Function f = function(List.of(open), outputs)) {
            List<NDArray> got = f.call(NDArray.of(new float[] {1, 2, 3, 4, 5}, 5));
            for (int i = 0; i < got.size(); i++) {
                Index.Span s = spans.get(i);
                double[] slopes = new double[5];
                IntStream.of(places(5, s.start(), s.stop(), s.step())).forEach(p -> slopes[p] = 2 * (p + 1));
                assertArrayEquals(slopes, got.get(i).toDoubles(), s.toString());
            }
        }
    }

    @Test
    void sizesThatStayAreKnownToBeTheSame() {
        Tensor x = Tensor
                .of(new Op.Placeholder(DType.FLOAT32, new Shape(List.of(new Dim.Symbol("n"), Dim.of(3))), "x"));
        assertEquals(x.shape(), x.at(Index.ALL.step(-1)).shape());
        assertEquals(x.at(Index.from(1)).shape(), x.at(Index.to(-1)).shape());
        assertEquals("(1, None, 2, 1)", x.at(Index.NEW, Index.REST, Index.from(-2), Index.NEW).shape().toString());
        assertEquals("(None,)", x.at(Index.REST, Index.at(0)).shape().toString());
    }

    @Test
    void placesOutsideAreRefused() {
        Tensor x = Tensor
                .of(new Op.Placeholder(DType.FLOAT32, new Shape(List.of(new Dim.Symbol("n"), Dim.of(3))), "x"));
        refuses("place 3 is outside axis 1 of shape (None, 3); -3 to 2 would do", () -> x.at(0, 3));
        refuses("place -4 is outside axis 1 of shape (None, 3); -3 to 2 would do", () -> x.at(0, -4));
        refuses("3 indices are too many for shape (None, 3), which has 2 axes", () -> x.at(0, 0, 0));
        refuses("REST stands twice among the indices", () -> x.at(Index.REST, Index.at(0), Index.REST));
        refuses("a step of 0 never ends", () -> x.at(Index.ALL.step(0)));
        for (int place : new int[] {2, -3}) {
            try (Function f = function(List.of(x), List.of(x.at(place)))) {
                assertThrows(IllegalArgumentException.class,
                        () -> f.call(NDArray.zeros(DType.FLOAT32, Shape.of(2, 3))));
            }
        }
    }

    private static void refuses(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
