package io.clarion.device;

import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Random shapes and values. */
final class Draw {
    /** Around what vectors and tiles hold. */
    private static final int[] SIZES = {1, 1, 2, 3, 7, 8, 9, 31, 63, 65, 130};
    private static final int MOST_ELEMENTS = 12_000;

    private final Random random;

    Draw(long seed) {
        this.random = new Random(seed);
    }

    /** As often as {@code -Dclarion.samples} says (once, without it), something drawn from {@code seed}. */
    static void repeat(long seed, Consumer<Draw> test) {
        var seeds = new Random(seed);
        for (int i = 0; i < Integer.getInteger("clarion.samples", 1); i++) {
            test.accept(new Draw(seeds.nextLong()));
        }
    }

    /** A number from {@code low} to {@code high}, both possible. */
    int number(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    boolean chance(double p) {
        return random.nextDouble() < p;
    }

    <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** A size to which vectors and tiles fit or do not. */
    int size() {
        return SIZES[random.nextInt(SIZES.length)];
    }

    /** A shape that may have an axis of size 0. */
    Shape shape(int leastRank, int mostRank) {
        return Shape.of(sizes(leastRank, mostRank, chance(0.08)));
    }

    /** A shape without an axis of size 0. */
    Shape filled(int leastRank, int mostRank) {
        return Shape.of(sizes(leastRank, mostRank, false));
    }

    private int[] sizes(int leastRank, int mostRank, boolean empty) {
        int[] sizes = new int[number(leastRank, mostRank)];
        int left = MOST_ELEMENTS;
        for (int a : permutation(sizes.length)) {
            int size = size();
            sizes[a] = size <= left ? size : 1;
            left /= sizes[a];
        }
        if (empty && sizes.length > 0) {
            sizes[random.nextInt(sizes.length)] = 0;
        }
        return sizes;
    }

    /** A shape that NumPy would broadcast to {@code to}: front axes may be missing, others may be 1. */
    Shape broadcastable(Shape to) {
        int from = chance(0.4) && to.rank() > 0 ? number(0, to.rank()) : 0;
        return new Shape(IntStream.range(from, to.rank()).mapToObj(a -> chance(0.3) ? Dim.ONE : to.dim(a)).toList());
    }

    List<Integer> permutation(int n) {
        var order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
        Collections.shuffle(order, random);
        return order;
    }

    /** Some of 0 … n − 1, at least {@code least}, ascending. */
    List<Integer> some(int n, int least) {
        return permutation(n).subList(0, number(least, n)).stream().sorted().toList();
    }

    /** Numbers from low to high; whole ones for integers; 0 and 1 for bools. */
    NDArray array(DType type, double low, double high, Shape shape) {
        double[] values = new double[shape.elements()];
        Arrays.setAll(values, i -> switch (type) {
            case BOOL -> random.nextInt(2);
            case INT32 -> Math.rint(low + (high - low) * random.nextDouble());
            case FLOAT32, FLOAT64 -> (float) (low + (high - low) * random.nextDouble());
        });
        return NDArray.of(type, values, shape.sizes());
    }

    /** Small whole numbers, many of them equal. */
    NDArray whole(DType type, Shape shape) {
        return array(type, -4, 4, shape).cast(DType.INT32).cast(type);
    }

    /** As {@link #whole}, some replaced by NaN and infinities. */
    NDArray special(Shape shape) {
        NDArray x = whole(DType.FLOAT32, shape);
        for (int i = 0; i < x.elements(); i++) {
            if (chance(0.05)) {
                x.set(i, one(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0)));
            }
        }
        return x;
    }
}
