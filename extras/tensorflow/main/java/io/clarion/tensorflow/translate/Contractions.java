package io.clarion.tensorflow.translate;

import io.clarion.graph.Contraction;
import io.clarion.graph.Contraction.Window;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensorflow.runtime.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Sums of products: a convolution or a gradient of one where TensorFlow has it ({@link Convolutions}), else windows are
 * taken out and a {@link Product} is left.
 */
record Contractions(Nodes tf) {
    Output of(Contraction c, List<Output> in, DType dtype) {
        Optional<Output> direct = dtype.isFloating() ? new Convolutions(tf, c, dtype).of(in) : Optional.empty();
        return direct.orElseGet(() -> tf
                .narrowed(general(c, in.stream().map(x -> tf.widened(x, dtype)).toList(), Nodes.wide(dtype)), dtype));
    }

    private Output general(Contraction c, List<Output> in, DType dtype) {
        List<Integer> extents = c.extents().stream().map(Dim::size).toList();
        var terms = new ArrayList<Term>();
        IntStream.range(0, in.size()).forEach(i -> terms.add(new Term(in.get(i), c.operands().get(i))));
        var out = new ArrayList<>(c.out());
        var overlapping = new ArrayList<Window>();
        for (Window w : c.windows()) {
            boolean isRead = terms.stream().anyMatch(t -> t.axes().contains(w.position()));
            if (isRead && !out.contains(w.position()) && terms.stream().allMatch(t -> isReplaceable(w, t))) {
                terms.replaceAll(t -> t.axes().contains(w.position()) ? patches(w, t, extents, dtype) : t);
            } else if (!isRead && out.contains(w.position()) && !out.contains(w.place()) && !out.contains(w.tap())) {
                replace(out, w.position(), List.of(w.place(), w.tap()));
                overlapping.add(w);
            } else {
                terms.add(mask(w, extents, dtype));
            }
        }
        var product = new Product(tf, extents);
        Term y = new Term(product.of(
                repeated(terms, extents, out, c.windows().stream().map(Window::position).toList(), dtype), out), out);
        for (Window w : overlapping.reversed()) {
            y = added(product, w, y, extents);
        }
        return product.ordered(y, c.out());
    }

    private static boolean isReplaceable(Window w, Term t) {
        return !t.axes().contains(w.position()) || !t.axes().contains(w.place()) && !t.axes().contains(w.tap());
    }

    private static void replace(List<Integer> axes, int axis, List<Integer> by) {
        int at = axes.indexOf(axis);
        axes.remove(at);
        axes.addAll(at, by);
    }

    /**
     * Returns the terms with one more, a factor, if axes repeat them: an axis that nothing reads repeats each term.
     * Positions are determined by place and tap, and repeat nothing.
     */
    private List<Term> repeated(List<Term> terms, List<Integer> extents, List<Integer> out, List<Integer> positions,
            DType dtype) {
        int times = IntStream.range(0, extents.size()).filter(a -> !out.contains(a) && !positions.contains(a))
                .filter(a -> terms.stream().noneMatch(t -> t.axes().contains(a))).map(extents::get)
                .reduce(1, (a, b) -> a * b);
        var all = new ArrayList<>(terms);
        if (times != 1) {
            all.add(new Term(tf.scalar(dtype, times), List.of()));
        }
        return all;
    }

    /** Returns the position that a place and a tap lead to, −1 if it is outside. */
    private static IntUnaryOperator position(Window w, List<Integer> extents) {
        int taps = extents.get(w.tap());
        return i -> {
            int at = w.stride() * (i / taps) + w.dilation() * (i % taps) - w.pad();
            return at >= 0 && at < extents.get(w.position()) ? at : -1;
        };
    }

    private static int[] positions(Window w, List<Integer> extents) {
        return IntStream.range(0, extents.get(w.place()) * extents.get(w.tap())).map(position(w, extents)).toArray();
    }

    private Output placed(int[] values, Window w, List<Integer> extents) {
        return tf.constant(NDArray.of(values, extents.get(w.place()), extents.get(w.tap())));
    }

    /** Returns the term with each window's elements in place of the position; a window sees 0 beyond the ends. */
    private Term patches(Window w, Term t, List<Integer> extents, DType dtype) {
        int axis = t.axes().indexOf(w.position());
        int size = extents.get(w.position());
        int[] at = positions(w, extents);
        boolean leaves = IntStream.of(at).anyMatch(p -> p < 0);
        int[] none = new int[t.axes().size()];
        int[] one = none.clone();
        one[axis] = leaves ? 1 : 0;
        Output padded = tf.pad(t.value(), none, one, tf.scalar(dtype, 0));
        var axes = new ArrayList<>(t.axes());
        replace(axes, w.position(), List.of(w.place(), w.tap()));
        return new Term(
                tf.gather(padded, placed(IntStream.of(at).map(p -> p < 0 ? size : p).toArray(), w, extents), axis),
                axes);
    }

    /** Adds up what windows hold of each position. */
    private Term added(Product product, Window w, Term y, List<Integer> extents) {
        var rest = new ArrayList<>(y.axes());
        rest.removeAll(List.of(w.place(), w.tap()));
        var order = new ArrayList<>(List.of(w.place(), w.tap()));
        order.addAll(rest);
        Output sums = tf.op("UnsortedSegmentSum", product.arranged(y, order), placed(positions(w, extents), w, extents),
                tf.scalar(DType.INT32, extents.get(w.position())));
        rest.add(0, w.position());
        return new Term(sums, rest);
    }

    /** Emits a window's mask as a term: 1 where position, place and tap fit, else 0. */
    private Term mask(Window w, List<Integer> extents, DType dtype) {
        int[] at = positions(w, extents);
        int n = extents.get(w.position());
        double[] ones = new double[at.length * n];
        for (int i = 0; i < at.length; i++) {
            if (at[i] >= 0) {
                ones[i * n + at[i]] = 1;
            }
        }
        return new Term(tf.constant(NDArray.of(dtype, ones, extents.get(w.place()), extents.get(w.tap()), n)),
                List.of(w.place(), w.tap(), w.position()));
    }
}
