package io.clarion.check;

import io.clarion.graph.Contraction;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Draws random shapes, values and contractions: the tests of engines are made of them. */
public final class RandomValues {
    private final Random random;
    private int drawn;

    public RandomValues(long seed) {
        this.random = new Random(seed);
    }

    /** Returns a number from {@code low} to {@code high}, both possible. */
    public int number(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    public int[] sizes(int leastRank, int greatestRank, int greatestSize) {
        return random.ints(number(leastRank, greatestRank), 1, greatestSize + 1).toArray();
    }

    /**
     * Returns numbers from low to high in random order, no two the same, none at a multiple of a sixteenth of the range
     * nor in another sample of the same size: so none is near where a function of the tests has a kink.
     */
    public double[] spread(int n, double low, double high) {
        double shift = 0.29 + 0.01 * (drawn++ % 7);
        var values = new ArrayList<Double>();
        for (int i = 0; i < n; i++) {
            values.add(low + (high - low) * (i + shift) / n);
        }
        Collections.shuffle(values, random);
        return values.stream().mapToDouble(v -> v).toArray();
    }

    public NDArray array(DType type, double low, double high, int... sizes) {
        double[] values = spread(Arrays.stream(sizes).reduce(1, (a, b) -> a * b), low, high);
        return NDArray.of(type, type.isFloating() ? values : Arrays.stream(values).map(Math::rint).toArray(), sizes);
    }

    public Tensor tensor(DType type, int... sizes) {
        return Tensor.constant(array(type, -4, 4, sizes));
    }

    public List<Integer> numbers(int n, int low, int high) {
        return random.ints(n, low, high + 1).boxed().toList();
    }

    public List<Integer> permutation(int n) {
        var order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
        Collections.shuffle(order, random);
        return order;
    }

    /** Some of 0 … n − 1 in random order. */
    public List<Integer> some(int n, int least) {
        return permutation(n).subList(0, number(least, n));
    }

    /** Returns a contraction of any kind: axes in any operands and places, windows that tie any three. */
    public Contraction contraction() {
        int axes = number(3, 6);
        List<Dim> extents = numbers(axes, 1, 4).stream().map(Dim::of).toList();
        List<List<Integer>> operands = IntStream.range(0, number(1, 3)).mapToObj(i -> some(axes, 1)).toList();
        List<Contraction.Window> windows = IntStream.range(0, number(0, 2)).mapToObj(i -> {
            List<Integer> tied = permutation(axes);
            return new Contraction.Window(tied.get(0), tied.get(1), tied.get(2), number(1, 3), number(1, 3),
                    number(-1, 3));
        }).toList();
        return new Contraction(extents, operands, some(axes, 0), windows);
    }
}
