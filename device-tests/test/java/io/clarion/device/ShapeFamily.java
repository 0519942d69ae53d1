package io.clarion.device;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.StepFunction;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.List;

/** Families of kernels, each with tensors of which the last axis, and the one before it, may have any size. */
enum ShapeFamily {
    MAP {
        @Override
        void add(Case c) {
            Tensor x = c.matrix();
            c.expect("map", K.exp(x).times(2).plus(c.matrix()), 2, 1);
            c.expect("row and column", K.tanh(x.plus(c.input(c.last()))).times(c.input(c.before(), 1)), 2, 1);
            Tensor half = c.input(DType.FLOAT16, c.before(), c.last());
            c.expect("map of halves", K.sigmoid(half), 1, 1);
        }
    },
    MAP_TYPES {
        @Override
        void add(Case c) {
            for (DType type : List.of(DType.BOOL, DType.UINT8, DType.INT32, DType.INT64, DType.FLOAT16,
                    DType.FLOAT64)) {
                Tensor x = c.input(type, c.before(), c.last());
                c.exact("comparison", x.less(c.input(type, c.last()).broadcast(x.shape())));
                c.exact("cast", x.cast(DType.FLOAT32));
            }
        }
    },
    REDUCE_ALONG {
        @Override
        void add(Case c) {
            Tensor x = c.matrix();
            c.expect("sum of products", K.sum(x.times(c.matrix()), 1), 1, c.last());
            c.exact("greatest", K.max(x, 1));
            c.expect("logarithm of a sum", K.logsumexp(x, 1), 2, c.last());
            c.exact("any", K.any(c.input(DType.BOOL, c.before(), c.last()), 1));
            c.expect("sum of halves", K.sum(c.input(DType.FLOAT16, c.before(), c.last()), 1), 1, c.last());
        }
    },
    REDUCE_ACROSS {
        @Override
        void add(Case c) {
            Tensor x = c.matrix();
            c.expect("sum of products", K.sum(x.times(c.matrix()), 0), 1, c.before());
            c.exact("least", K.min(x, 0));
            c.expect("sum of exponentials", K.sum(K.exp(x), 0), 1, c.before());
            c.exact("sum of int64", K.sum(c.input(DType.INT64, c.before(), c.last()), 0));
            c.expect("sum of two axes", K.sum(c.input(3, c.before(), c.last()), 0, 2), 1, 3 * c.last());
        }
    },
    SOFTMAX {
        @Override
        void add(Case c) {
            Tensor x = c.matrix();
            c.expect("softmax", K.softmax(x), 2, c.last());
            Tensor loss = K.sum(K.categoricalCrossentropy(K.softmax(x), c.matrix()));
            c.expect("its loss's gradient", K.gradients(loss, x), 4, c.last());
        }
    },
    NORMALISE {
        @Override
        void add(Case c) {
            Tensor x = c.matrix();
            c.expect("of rows", x.minus(K.mean(x, 1, true)).div(K.std(x, 1, true).plus(1)), 4, c.last());
            c.expect("of columns", x.minus(K.mean(x, 0, true)).div(K.std(x, 0, true).plus(1)), 4, c.before());
        }
    },
    ARG {
        @Override
        void add(Case c) {
            Tensor x = c.matrix();
            c.exact("along", K.argmax(x, 1));
            c.exact("across", K.argmin(x, 0));
        }
    },
    SCAN {
        @Override
        void add(Case c) {
            Tensor x = c.matrix();
            c.expect("along", K.cumsum(x, 1), 1, c.last());
            c.expect("across", K.cumsum(K.exp(x), 0), 1, c.before());
        }
    },
    TRANSPOSE {
        @Override
        void add(Case c) {
            c.exact("matrix", K.transpose(c.matrix()));
            c.expect("with a function", K.exp(K.transpose(c.matrix())), 1, 1);
            c.exact("of three axes", K.permuteDimensions(c.input(3, c.before(), c.last()), 2, 0, 1));
            c.exact("of bytes", K.transpose(c.input(DType.UINT8, c.before(), c.last())));
        }
    },
    MOVE {
        @Override
        void add(Case c) {
            Tensor x = c.matrix();
            c.exact("concatenation", K.concatenate(List.of(x, c.input(c.before(), 3), x)));
            c.exact("reverse", K.reverse(x, 1));
            c.exact("every other column",
                    x.view(new Movement.Slice(List.of(0, 0), List.of(1, 2), Shape.of(c.before(), (c.last() + 1) / 2))));
            c.exact("border",
                    x.view(new Movement.Pad(List.of(1, 2), List.of(1, 1), Shape.of(c.before() + 1, c.last() + 3), 1)));
            c.exact("spread",
                    x.view(new Movement.Pad(List.of(0, 1), List.of(1, 2), Shape.of(c.before(), 2 * c.last() + 1), 0)));
        }
    },
    GATHER {
        @Override
        void add(Case c) {
            Tensor x = c.matrix();
            Tensor places = c.indices(c.before(), 9);
            Tensor rows = Tensor.of(new Op.Gather(), x, places);
            c.exact("rows", rows);
            c.expect("their sums", Tensor.of(new Op.ScatterAdd(Dim.of(c.before())), c.input(9, c.last()), places), 1,
                    9);
        }
    },
    PRODUCT {
        @Override
        void add(Case c) {
            c.expect("m, n", K.dot(c.input(c.before(), 24), c.input(24, c.last())), 1, 24);
            c.expect("m, k", K.dot(c.matrix(), c.input(c.last(), 20)), 1, c.last());
            c.expect("k, n", K.dot(c.input(20, c.before()), c.matrix()), 1, c.before());
            c.expect("k, m", K.dot(K.transpose(c.matrix()), c.input(c.before(), 36)), 1, c.before());
            c.expect("n, k", K.dot(c.input(18, c.last()), K.transpose(c.matrix())), 1, c.last());
        }
    },
    LAYER {
        @Override
        void add(Case c) {
            Tensor x = c.input(66, c.before());
            Tensor w = c.matrix();
            Tensor y = K.relu(K.dot(x, w).plus(c.input(c.last())));
            c.expect("dense", y, 2, c.before());
            c.expect("of a function", K.dot(K.tanh(x), w), 2, c.before());
            c.expect("batches", K.batchDot(c.input(3, 17, c.before()), c.input(3, c.before(), c.last())), 1,
                    c.before());
            c.expect("its gradient", K.gradients(K.sum(K.square(y)), w), 4, 66 * c.before());
        }
    },
    CONVOLVE_IMAGE {
        @Override
        void add(Case c) {
            int channels = List.of(1, 3, 4, 8).get((c.before() + c.last()) % 4);
            int high = Math.min(c.before(), 3 + c.before() % 18);
            Tensor x = c.input(2, high, c.last(), channels);
            Tensor w = c.input(3, 3, channels, 5);
            convolution(c, "image", x, w, DimOrdering.TF, 9 * channels, high * c.last() * 2);
            Tensor first = c.input(2, channels, high, c.last());
            convolution(c, "channels first", first, c.input(6, channels, 3, 3), DimOrdering.TH, 9 * channels,
                    high * c.last() * 2);
            c.exact("pool",
                    K.pool2d(x, new int[] {2, 2}, new int[] {1, 2}, BorderMode.SAME, DimOrdering.TF, PoolMode.MAX));
            c.expect("mean pool",
                    K.pool2d(first, new int[] {3, 2}, new int[] {2, 2}, BorderMode.SAME, DimOrdering.TH, PoolMode.AVG),
                    1, 6);
        }
    },
    CONVOLVE_CHANNELS {
        @Override
        void add(Case c) {
            int channels = 1 + (c.before() - 1) % 20;
            int size = 5 + c.before() % 5;
            Tensor x = c.input(1, size, size, channels);
            convolution(c, "filters", x, c.input(3, 3, channels, c.last()), DimOrdering.TF, 9 * channels, 9 * c.last());
            Tensor wide = c.input(1, 4, size, c.last());
            convolution(c, "channels", wide, c.input(3, 3, c.last(), channels), DimOrdering.TF, 9 * c.last(),
                    9 * channels);
            c.expect("depthwise", K.depthwiseConv2d(wide, c.input(3, 3, c.last(), 1), new int[] {1, 1}, BorderMode.SAME,
                    DimOrdering.TF), 1, 9);
            c.expect("one axis", K.conv1d(c.input(2, c.last(), 4), c.input(3, 4, channels), 1, BorderMode.SAME), 1, 12);
        }
    },
    LOOP {
        @Override
        void add(Case c) {
            Tensor x = c.input(c.before(), 3, c.last());
            Tensor start = c.matrix();
            StepFunction step = (now, states) -> {
                Tensor next = K.tanh(now.plus(states.get(0)));
                return new StepFunction.Step(next, List.of(next));
            };
            c.expect("steps", K.rnn(step, x, List.of(start)).outputs(), 3, 3);
            if (c.last() <= 40) {
                Tensor u = c.input(c.last(), c.last());
                StepFunction dense = (now, states) -> {
                    Tensor next = K.tanh(now.plus(K.dot(states.get(0), u)));
                    return new StepFunction.Step(next, List.of(next));
                };
                Tensor y = K.rnn(dense, x, List.of(start)).lastOutput();
                c.expect("recurrent layer", y, 3, 3 * c.last());
                c.expect("its gradient", K.gradients(K.sum(y), u), 6, 3 * c.last() * c.before());
            }
        }
    };

    /** Adds the tensors of this family for the sizes of {@code c}. */
    abstract void add(Case c);

    private static void convolution(Case c, String what, Tensor x, Tensor w, DimOrdering ordering, int terms,
            int places) {
        Tensor y = K.conv2d(x, w, new int[] {1, 1}, BorderMode.SAME, ordering);
        c.expect(what, y, 1, terms);
        Tensor loss = K.sum(y.times(c.input(y.shape().sizes())));
        c.expect(what + ": gradient by weights", K.gradients(loss, w), 1, places);
        c.expect(what + ": gradient by images", K.gradients(loss, x), 1, terms);
        c.expect(what + ", strides", K.relu(K.conv2d(x, w, new int[] {2, 2}, BorderMode.SAME, ordering)), 1, terms);
    }

    /** The sizes of a family's tensors, and where they are compared. */
    record Case(ShapeFamily family, Comparison comparison, Draw draw, int before, int last) {
        Tensor matrix() {
            return input(before, last);
        }

        Tensor input(int... sizes) {
            return input(DType.FLOAT32, sizes);
        }

        Tensor input(DType type, int... sizes) {
            return comparison.input(draw.array(type, -1, 1, Shape.of(sizes)));
        }

        /** Indices of {@code rows} rows, and one outside. */
        Tensor indices(int rows, int count) {
            return comparison.input(draw.array(DType.INT32, 0, rows, Shape.of(count)));
        }

        void expect(String what, Tensor t, double functions, double terms) {
            comparison.expect(family + " " + what + " of (" + before + ", " + last + ")", t,
                    Tolerance.composed(functions, terms));
        }

        void exact(String what, Tensor t) {
            comparison.expect(family + " " + what + " of (" + before + ", " + last + ")", t, Tolerance.EXACT);
        }
    }
}
