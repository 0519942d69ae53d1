package io.clarion.conformance.cases;

import io.clarion.K;
import io.clarion.check.RandomValues;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A function of K with random shapes, values and options.
 *
 * @param smooth whether it has second gradients that differences can find
 */
public record RandomCase(String name, boolean smooth, Generator generator) {
    /** Draws a call. */
    @FunctionalInterface
    interface Generator {
        Drawn draw(RandomValues s);
    }

    /** A function of tensors, as a graph of its arguments. */
    @FunctionalInterface
    interface Built {
        Tensor of(List<Tensor> x);
    }

    /**
     * A call: the values of its differentiable arguments, in double precision.
     *
     * @param open whether the second axis of the first argument, time, has a size that the call alone tells
     */
    record Drawn(List<NDArray> x, Built built, boolean open) {
        Drawn(List<NDArray> x, Built built) {
            this(x, built, false);
        }
    }

    /**
     * A call as part of a function: inputs, their values and the result. Some arguments lie in their inputs transposed
     * or as a slice, as views.
     */
    public record Trial(String what, List<Tensor> inputs, List<NDArray> values, Tensor y) {
        /** Returns a scalar of the result, with gradients of any order: each element and its square, weighted. */
        public Tensor loss(RandomValues s) {
            Tensor weights = Tensor.constant(s.array(y.dtype(), -1, 1, y.shape().sizes()));
            return K.sum(weights.times(y.plus(K.square(y).times(0.5))));
        }
    }

    /** Returns the call that {@code seed} draws, with arguments of the given type. */
    public Trial trial(long seed, DType type) {
        var s = new RandomValues(seed);
        Drawn drawn = generator.draw(s);
        var inputs = new ArrayList<Tensor>();
        var values = new ArrayList<NDArray>();
        var arguments = new ArrayList<Tensor>();
        for (NDArray x : drawn.x) {
            NDArray value = x.cast(type);
            int rank = x.shape().rank();
            boolean open = drawn.open && inputs.isEmpty();
            boolean turned = !open && rank > 1 && s.number(0, 3) == 0;
            boolean cut = !open && !turned && rank > 0 && s.number(0, 3) == 0;
            values.add(turned ? turned(value) : cut ? padded(value) : value);
            int[] sizes = values.getLast().shape().sizes();
            if (open) {
                sizes[1] = K.NONE;
            }
            inputs.add(K.placeholder(sizes, type));
            int[] start = new int[rank];
            Arrays.fill(start, 1);
            arguments.add(turned ? K.transpose(inputs.getLast())
                    : cut ? K.slice(inputs.getLast(), start, x.shape().sizes()) : inputs.getLast());
        }
        String what = name + ", seed " + seed + ", of " + drawn.x.stream().map(x -> x.shape().toString()).toList();
        try {
            return new Trial(what, inputs, values, drawn.built.of(arguments));
        } catch (RuntimeException e) {
            throw new AssertionError(what + " cannot be built", e);
        }
    }

    /** Returns the array whose transpose is {@code x}. */
    private static NDArray turned(NDArray x) {
        return K.eval(K.transpose(Tensor.constant(x)));
    }

    /** Returns the array with one more element at each end of each axis, of which {@code x} is the middle. */
    private static NDArray padded(NDArray x) {
        int[] sizes = IntStream.of(x.shape().sizes()).map(n -> n + 2).toArray();
        NDArray wide = NDArray.zeros(x.dtype(), Shape.of(sizes));
        for (int i = 0; i < x.elements(); i++) {
            int rest = i;
            int place = 0;
            int step = 1;
            for (int a = sizes.length - 1; a >= 0; a--) {
                place += (1 + rest % (sizes[a] - 2)) * step;
                rest /= sizes[a] - 2;
                step *= sizes[a];
            }
            wide.set(place, x.get(i));
        }
        return wide;
    }

    @Override
    public String toString() {
        return name;
    }
}
