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
import java.util.stream.Stream;

/** Random shapes and values. */
final class Draw {
    /** Around what vectors and tiles hold. */
    private static final int[] SIZES = {1, 1, 2, 3, 7, 8, 9, 31, 63, 65, 130};
    private static final int MOST_ELEMENTS = 12_000;
    /** All types, float32 as often as the others together. */
    private static final List<DType> TYPES = Stream.concat(Arrays.stream(DType.values()),
            Collections.nCopies(DType.values().length - 1, DType.FLOAT32).stream()).toList();

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

    /** A floating-point type, float32 more often than others. */
    DType floating() {
        return one(TYPES.stream().filter(DType::isFloating).toList());
    }

    /** Any type but bool, float32 more often than others. */
    DType number() {
        return one(TYPES.stream().filter(t -> t != DType.BOOL).toList());
    }

    /** Any type, float32 more often than others. */
    DType type() {
        return one(TYPES);
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

    /** Numbers from low to high; whole ones for integers, for uint8 without their signs; 0 and 1 for bools. */
    NDArray array(DType type, double low, double high, Shape shape) {
        double[] values = new double[shape.elements()];
        Arrays.setAll(values, i -> switch (type) {
            case BOOL -> random.nextInt(2);
            case UINT8 -> Math.abs(Math.rint(low + (high - low) * random.nextDouble()));
            case INT32, INT64 -> Math.rint(low + (high - low) * random.nextDouble());
            case FLOAT16, FLOAT32 -> (float) (low + (high - low) * random.nextDouble());
            case FLOAT64 -> low + (high - low) * random.nextDouble();
        });
        return NDArray.of(type, values, shape.sizes());
    }

    /** Small whole numbers, many of them equal. */
    NDArray whole(DType type, Shape shape) {
        return array(type, -4, 4, shape).cast(DType.INT32).cast(type);
    }

    /** As {@link #whole}; of floating-point numbers, some replaced by NaN and infinities. */
    NDArray special(DType type, Shape shape) {
        NDArray x = whole(type, shape);
        for (int i = 0; type.isFloating() && i < x.elements(); i++) {
            if (chance(0.05)) {
                x.set(i, one(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0)));
            }
        }
        return x;
    }
}
