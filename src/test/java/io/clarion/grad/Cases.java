package io.clarion.grad;

import io.clarion.check.RandomValues;
import io.clarion.graph.Branches;
import io.clarion.graph.Contraction;
import io.clarion.graph.Loops;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** A random use of each kind of node that has gradients. */
enum Cases {
    RESHAPE {
        @Override
        Case draw(RandomValues s) {
            int[] sizes = s.sizes(1, 3, 3);
            return one(s, sizes, x -> x.reshape(new Shape(List.of(x.shape().count(), Dim.ONE))));
        }
    },
    PERMUTE {
        @Override
        Case draw(RandomValues s) {
            int[] sizes = s.sizes(1, 4, 3);
            List<Integer> order = s.permutation(sizes.length);
            return one(s, sizes, x -> x.view(new Movement.Permute(order)));
        }
    },
    BROADCAST {
        @Override
        Case draw(RandomValues s) {
            int[] to = s.sizes(1, 3, 3);
            List<Integer> stretched = s.some(to.length, 1);
            int[] from = to.clone();
            Arrays.setAll(from, a -> stretched.contains(a) ? 1 : to[a]);
            return one(s, from, x -> x.view(new Movement.Broadcast(Shape.of(to))));
        }
    },
    SLICE {
        @Override
        Case draw(RandomValues s) {
            return one(s, new int[] {4, 6},
                    x -> x.view(new Movement.Slice(List.of(1, 1), List.of(1, 2), Shape.of(3, 2))));
        }
    },
    PAD {
        @Override
        Case draw(RandomValues s) {
            List<Integer> before = s.numbers(2, 0, 2);
            List<Integer> step = s.numbers(2, 1, 2);
            return one(s, new int[] {2, 3}, x -> x.view(new Movement.Pad(before, step, Shape.of(6, 8), 0.7)));
        }
    },
    REVERSE {
        @Override
        Case draw(RandomValues s) {
            int[] sizes = s.sizes(1, 3, 3);
            List<Integer> axes = s.some(sizes.length, 1);
            return one(s, sizes, x -> x.view(new Movement.Reverse(axes)));
        }
    },
    WINDOWS {
        @Override
        Case draw(RandomValues s) {
            var windows = new Movement.Windows(s.number(0, 1), s.number(1, 3), s.number(1, 3), s.number(1, 2));
            return one(s, new int[] {6, 5}, x -> x.view(windows));
        }
    },
    CONCAT {
        @Override
        Case draw(RandomValues s) {
            return new Case(List.of(drawn(s, 2, 1), drawn(s, 2, 3)),
                    x -> Tensor.of(new Op.Concat(1), x.get(0), x.get(1), x.get(0)));
        }
    },
    CONTRACT {
        @Override
        Case draw(RandomValues s) {
            Contraction c = s.contraction();
            List<NDArray> operands = c.operands().stream().map(axes -> s.array(DType.FLOAT64, -0.4, 0.4,
                    axes.stream().mapToInt(a -> c.extents().get(a).size()).toArray())).toList();
            return new Case(operands, c::apply);
        }
    },
    MATRIX_PRODUCT {
        @Override
        Case draw(RandomValues s) {
            var c = new Contraction(s.numbers(4, 1, 3).stream().map(Dim::of).toList(),
                    List.of(List.of(0, 1, 2), List.of(0, 2, 3)),
                    List.of(0, 1, 3), List.of());
            return new Case(c.operands().stream().map(axes -> s.array(DType.FLOAT64, -1, 1,
                    axes.stream().mapToInt(a -> c.extents().get(a).size()).toArray())).toList(), c::apply);
        }
    },
    SQUARE_OF_A_MATRIX {
        @Override
        Case draw(RandomValues s) {
            var c = new Contraction(List.of(Dim.of(3), Dim.of(3), Dim.of(3)), List.of(List.of(0, 1), List.of(1, 2)),
                    List.of(0, 2), List.of());
            return new Case(List.of(s.array(DType.FLOAT64, -1, 1, 3, 3)), x -> c.apply(List.of(x.get(0), x.get(0))));
        }
    },
    MAX {
        @Override
        Case draw(RandomValues s) {
            return reduction(s, Op.Reduce.Kind.MAX);
        }
    },
    FIRST_MAX {
        @Override
        Case draw(RandomValues s) {
            return reduction(s, Op.Reduce.Kind.FIRST_MAX);
        }
    },
    MIN {
        @Override
        Case draw(RandomValues s) {
            return reduction(s, Op.Reduce.Kind.MIN);
        }
    },
    PROD {
        @Override
        Case draw(RandomValues s) {
            return reduction(s, Op.Reduce.Kind.PROD);
        }
    },
    GATHER {
        @Override
        Case draw(RandomValues s) {
            Tensor indices = Tensor.constant(NDArray.of(s.numbers(6, 0, 2).stream().mapToInt(i -> i).toArray(), 2, 3));
            return new Case(List.of(drawn(s, 3, 2)), x -> Tensor.of(new Op.Gather(), x.get(0), indices));
        }
    },
    SCATTER_ADD {
        @Override
        Case draw(RandomValues s) {
            Tensor indices = Tensor.constant(NDArray.of(s.numbers(6, -1, 3).stream().mapToInt(i -> i).toArray(), 2, 3));
            return new Case(List.of(drawn(s, 2, 3, 2)),
                    x -> Tensor.of(new Op.ScatterAdd(Dim.of(3)), x.get(0), indices));
        }
    },
    SCAN {
        @Override
        Case draw(RandomValues s) {
            int[] sizes = s.sizes(1, 3, 4);
            var scan = new Op.Scan(s.number(0, sizes.length - 1), s.number(0, 1) == 1);
            return new Case(List.of(drawn(s, sizes), drawn(s, sizes)), x -> Tensor.of(scan, x.get(0), x.get(1)));
        }
    },
    /** Two carried values, one of which is only summed; products with the same weights in each step. */
    LOOP {
        @Override
        Case draw(RandomValues s) {
            int steps = s.number(1, 4);
            boolean reversed = s.number(0, 1) == 1;
            return new Case(List.of(drawn(s, 2, 3), drawn(s, 2, 3), drawn(s, steps, 2, 3), drawn(s, 3, 3), drawn(s, 3)),
                    x -> {
                        Loops.Outcome r = Loops.of(List.of(x.get(0), x.get(1)), List.of(x.get(2)), Dim.of(steps),
                                reversed, (carried, element) -> {
                                    Tensor h = dot(element.get(0).apply(ScalarFn.TANH).plus(carried.get(0)), x.get(3))
                                            .plus(x.get(4)).apply(ScalarFn.SIGMOID);
                                    return new Loops.Traced(List.of(h, carried.get(1).plus(h.times(element.get(0)))),
                                            List.of(h.times(carried.get(1)), element.get(0).times(x.get(4))));
                                });
                        return Tensor.of(new Op.Concat(0), r.outputs().get(0), r.outputs().get(1),
                                r.last().get(0).expand(List.of(0)), r.last().get(1).expand(List.of(0)));
                    });
        }
    },
    LOOP_IN_A_LOOP {
        @Override
        Case draw(RandomValues s) {
            return new Case(List.of(drawn(s, 3), drawn(s, 2, 4, 3), drawn(s, 3)), x -> {
                Loops.Outcome r = Loops.of(List.of(x.get(0)), List.of(x.get(1)), Dim.of(2), false, (outer, rows) -> {
                    Loops.Outcome inner = Loops.of(outer, rows, Dim.of(4), true, (carried, row) -> {
                        Tensor next = carried.get(0).times(x.get(2)).plus(row.get(0).times(outer.get(0)))
                                .apply(ScalarFn.TANH);
                        return new Loops.Traced(List.of(next), List.of(next));
                    });
                    return new Loops.Traced(inner.last(), List.of(inner.outputs().get(0).sum(List.of(0))));
                });
                return r.outputs().get(0);
            });
        }
    },
    BRANCH {
        @Override
        Case draw(RandomValues s) {
            Tensor condition = Tensor.constant(NDArray.of(new int[] {s.number(0, 1)}, 1)).reshape(Shape.SCALAR);
            return new Case(List.of(drawn(s, 2, 3), drawn(s, 2, 3)), x -> Branches.of(condition,
                    () -> List.of(x.get(0).times(x.get(1)).apply(ScalarFn.SIN)), () -> List.of(x.get(1).times(2)))
                    .get(0));
        }
    },
    CAST {
        @Override
        Case draw(RandomValues s) {
            return one(s, new int[] {3}, x -> x.cast(DType.FLOAT32).cast(DType.FLOAT64));
        }
    };

    /** A function and where it is differentiated. */
    record Case(List<NDArray> x, CentralDifferences.Built built) {}

    @FunctionalInterface
    private interface OfOne {
        Tensor of(Tensor x);
    }

    abstract Case draw(RandomValues s);

    private static NDArray drawn(RandomValues s, int... sizes) {
        return s.array(DType.FLOAT64, -1, 1, sizes);
    }

    private static Case one(RandomValues s, int[] sizes, OfOne built) {
        return new Case(List.of(drawn(s, sizes)), x -> built.of(x.get(0)));
    }

    private static Tensor dot(Tensor x, Tensor w) {
        return new Contraction(List.of(x.shape().dim(0), x.shape().dim(1), w.shape().dim(1)),
                List.of(List.of(0, 1), List.of(1, 2)),
                List.of(0, 2), List.of()).apply(List.of(x, w));
    }

    private static Case reduction(RandomValues s, Op.Reduce.Kind kind) {
        int[] sizes = s.sizes(1, 3, 3);
        List<Integer> axes = s.some(sizes.length, 1).stream().sorted().toList();
        return one(s, sizes, x -> Tensor.of(new Op.Reduce(kind, axes), x));
    }
}
