package io.clarion.tensorflow.translate;

import io.clarion.tensorflow.runtime.Output;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Sums of products over named axes without windows: products of matrices where two terms share an axis that is summed,
 * else elementwise.
 *
 * @param extents the size of each axis
 */
record Product(Nodes tf, List<Integer> extents) {
    /** Emits the product of {@code terms}, summed over all axes but {@code out}. */
    Output of(List<Term> terms, List<Integer> out) {
        Term all = terms.get(0);
        for (int i = 1; i < terms.size(); i++) {
            List<Integer> needed = Stream
                    .concat(out.stream(), terms.subList(i + 1, terms.size()).stream().flatMap(t -> t.axes().stream()))
                    .distinct().toList();
            all = pair(all, terms.get(i), needed);
        }
        return ordered(summed(all, out), out);
    }

    private int[] sizes(List<Integer> axes) {
        return axes.stream().mapToInt(extents::get).toArray();
    }

    private int count(List<Integer> axes) {
        return Arrays.stream(sizes(axes)).reduce(1, (a, b) -> a * b);
    }

    /** Sums over what is not {@code needed}. */
    private Term summed(Term term, List<Integer> needed) {
        List<Integer> places = IntStream.range(0, term.axes().size()).boxed()
                .filter(i -> !needed.contains(term.axes().get(i))).toList();
        return new Term(tf.sum(term.value(), places), term.axes().stream().filter(needed::contains).toList());
    }

    /**
     * Emits the values of a term whose axes are among {@code order}, in that order, with those that it lacks repeated.
     */
    Output ordered(Term term, List<Integer> order) {
        return tf.broadcast(aligned(term, order), narrowed(term, order), sizes(order));
    }

    private int[] narrowed(Term term, List<Integer> order) {
        return order.stream().mapToInt(a -> term.axes().contains(a) ? extents.get(a) : 1).toArray();
    }

    /** Emits a term's values like {@link #ordered}, with a size of 1 for the axes that the term lacks. */
    private Output aligned(Term term, List<Integer> order) {
        List<Integer> present = order.stream().filter(term.axes()::contains).toList();
        Output moved = arranged(term, present);
        return present.size() == order.size() ? moved
                : tf.reshape(moved, narrowed(term, order));
    }

    /** Emits a term's values with its axes in another order. */
    Output arranged(Term term, List<Integer> order) {
        return tf.transpose(term.value(), order.stream().map(term.axes()::indexOf).toList());
    }

    private Term pair(Term x, Term y, List<Integer> needed) {
        Term a = summed(x, Stream.concat(needed.stream(), y.axes().stream()).toList());
        Term b = summed(y, Stream.concat(needed.stream(), x.axes().stream()).toList());
        List<Integer> shared = a.axes().stream().filter(b.axes()::contains).toList();
        List<Integer> summed = shared.stream().filter(i -> !needed.contains(i)).toList();
        List<Integer> batch = needed.stream().filter(shared::contains).toList();
        List<Integer> rows = needed.stream().filter(i -> a.axes().contains(i) && !shared.contains(i)).toList();
        List<Integer> columns = needed.stream().filter(i -> b.axes().contains(i) && !shared.contains(i)).toList();
        if (summed.isEmpty() || rows.isEmpty() && columns.isEmpty()) {
            return elementwise(a, b, needed, summed);
        }
        boolean turned = rows.isEmpty()
                || !columns.isEmpty() && needed.indexOf(columns.get(0)) < needed.indexOf(rows.get(0));
        return turned ? matrices(b, a, batch, columns, summed, rows) : matrices(a, b, batch, rows, summed, columns);
    }

    private Term elementwise(Term a, Term b, List<Integer> needed, List<Integer> summed) {
        List<Integer> kept = needed.stream().filter(i -> a.axes().contains(i) || b.axes().contains(i)).toList();
        List<Integer> all = joined(kept, summed);
        boolean broadcasts = Broadcasting.isSupported(List.of(narrowed(a, all), narrowed(b, all)));
        Output product = broadcasts ? tf.op("Mul", aligned(a, all), aligned(b, all))
                : tf.op("Mul", ordered(a, all), ordered(b, all));
        return new Term(tf.sum(product, IntStream.range(kept.size(), all.size()).boxed().toList()), kept);
    }

    /**
     * Returns the product of matrices of (batch, rows, summed) and (batch, summed, columns), each of which may lie
     * transposed.
     */
    private Term matrices(Term a, Term b, List<Integer> batch, List<Integer> rows, List<Integer> shared,
            List<Integer> columns) {
        List<Integer> summed = a.axes().stream().filter(shared::contains).toList();
        boolean turnsA = a.axes().equals(joined(batch, summed, rows));
        boolean turnsB = b.axes().equals(joined(batch, columns, summed));
        Output left = matrix(a, batch, turnsA ? summed : rows, turnsA ? rows : summed);
        Output right = matrix(b, batch, turnsB ? columns : summed, turnsB ? summed : columns);
        Output product = batch.isEmpty()
                ? tf.node("MatMul").inputs(left, right).set("transpose_a", turnsA).set("transpose_b", turnsB).output()
                : tf.node("BatchMatMulV2").inputs(left, right).set("adj_x", turnsA).set("adj_y", turnsB).output();
        List<Integer> out = joined(batch, rows, columns);
        return new Term(tf.reshape(product, sizes(out)), out);
    }

    private Output matrix(Term term, List<Integer> batch, List<Integer> first, List<Integer> second) {
        Output moved = arranged(term, joined(batch, first, second));
        return batch.isEmpty() ? tf.reshape(moved, count(first), count(second))
                : tf.reshape(moved, count(batch), count(first), count(second));
    }

    private static List<Integer> joined(List<Integer> first, List<Integer> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static List<Integer> joined(List<Integer> first, List<Integer> second, List<Integer> third) {
        return joined(joined(first, second), third);
    }
}
