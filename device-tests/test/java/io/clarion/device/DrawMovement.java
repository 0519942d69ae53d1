package io.clarion.device;

import io.clarion.graph.Movement;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Random movements of each kind; where one does not fit a shape, the tensor stays as it is. */
enum DrawMovement {
    RESHAPE {
        @Override
        Tensor of(Tensor x, Draw draw) {
            if (x.shape().elements() == 0) {
                return x.reshape(Shape.of(draw.size(), 0));
            }
            var dims = new ArrayList<Integer>();
            for (int size : x.shape().sizes()) {
                int factor = draw.one(IntStream.rangeClosed(1, size).filter(f -> size % f == 0).boxed().toList());
                if (draw.chance(0.4) && !dims.isEmpty()) {
                    dims.set(dims.size() - 1, dims.get(dims.size() - 1) * factor);
                    dims.add(size / factor);
                } else {
                    dims.add(factor);
                    dims.add(size / factor);
                }
            }
            while (dims.size() > 5 || dims.size() > 1 && draw.chance(0.4)) {
                int at = draw.number(0, dims.size() - 2);
                dims.set(at, dims.get(at) * dims.remove(at + 1));
            }
            return x.reshape(Shape.of(dims.stream().mapToInt(d -> d).toArray()));
        }
    },
    PERMUTE {
        @Override
        Tensor of(Tensor x, Draw draw) {
            return x.view(new Movement.Permute(draw.permutation(x.rank())));
        }
    },
    BROADCAST {
        @Override
        Tensor of(Tensor x, Draw draw) {
            Tensor wide = x.rank() < 5 ? x.expand(List.of(draw.number(0, x.rank()))) : x;
            int room = MOST_ELEMENTS / Math.max(1, x.shape().elements());
            Shape to = new Shape(wide.shape().dims().stream()
                    .map(d -> d.is(1) && draw.chance(0.7) ? Dim.of(Math.min(draw.number(0, 9), room)) : d).toList());
            return to.dims().stream().mapToDouble(Dim::size).reduce(1, (a, b) -> a * b) > MOST_ELEMENTS ? x
                    : wide.view(new Movement.Broadcast(to));
        }
    },
    SLICE {
        @Override
        Tensor of(Tensor x, Draw draw) {
            var start = new ArrayList<Integer>();
            var step = new ArrayList<Integer>();
            var to = new ArrayList<Dim>();
            for (int size : x.shape().sizes()) {
                start.add(size == 0 ? 0 : draw.number(0, Math.min(size - 1, 5)));
                step.add(draw.number(1, 3));
                int most = size == 0 ? 0 : (size - 1 - start.get(start.size() - 1)) / step.get(step.size() - 1) + 1;
                to.add(Dim.of(draw.chance(0.5) ? most : draw.number(Math.min(1, most), most)));
            }
            return x.view(new Movement.Slice(start, step, new Shape(to)));
        }
    },
    PAD {
        @Override
        Tensor of(Tensor x, Draw draw) {
            var before = new ArrayList<Integer>();
            var step = new ArrayList<Integer>();
            var to = new ArrayList<Dim>();
            for (int size : x.shape().sizes()) {
                boolean asIs = draw.chance(0.4);
                before.add(asIs ? 0 : draw.number(0, 3));
                step.add(asIs ? 1 : draw.number(1, 3));
                int last = before.size() - 1;
                to.add(Dim.of(before.get(last) + Math.max(0, size - 1) * step.get(last) + Math.min(1, size)
                        + (asIs ? 0 : draw.number(0, 3))));
            }
            double value = draw.one(List.of(0.0, 1.0));
            return to.stream().mapToDouble(Dim::size).reduce(1, (a, b) -> a * b) > MOST_ELEMENTS ? x
                    : x.view(new Movement.Pad(before, step, new Shape(to), value));
        }
    },
    REVERSE {
        @Override
        Tensor of(Tensor x, Draw draw) {
            return x.view(new Movement.Reverse(draw.some(x.rank(), Math.min(1, x.rank()))));
        }
    },
    WINDOWS {
        @Override
        Tensor of(Tensor x, Draw draw) {
            List<Integer> wide = IntStream.range(0, x.rank()).filter(a -> x.shape().size(a) >= 2).boxed().toList();
            if (wide.isEmpty() || x.rank() > 4) {
                return x;
            }
            int axis = draw.one(wide);
            int taps = draw.number(1, Math.min(4, x.shape().size(axis)));
            int dilation = taps == 1 ? 1 : draw.number(1, Math.min(3, (x.shape().size(axis) - 1) / (taps - 1)));
            return x.shape().elements() * taps > MOST_ELEMENTS ? x
                    : x.view(new Movement.Windows(axis, taps, draw.number(1, 3), dilation));
        }
    },
    /** Several pieces of the same tensor, or of a changed one, one after another. */
    CONCAT {
        @Override
        Tensor of(Tensor x, Draw draw) {
            if (x.rank() == 0) {
                return x;
            }
            int axis = draw.number(0, x.rank() - 1);
            var parts = new ArrayList<>(List.of(x));
            for (int i = draw.number(0, 2); i > 0 && x.shape().elements() * 3 <= MOST_ELEMENTS; i--) {
                Tensor other = x.dtype() == DType.BOOL ? x.apply(io.clarion.graph.ScalarFn.NOT) : x.neg();
                parts.add(other.slice(axis, 0, Dim.of(draw.number(0, x.shape().size(axis)))));
            }
            Collections.swap(parts, 0, draw.number(0, parts.size() - 1));
            return Tensor.of(new io.clarion.graph.Op.Concat(axis), parts);
        }
    };

    private static final int MOST_ELEMENTS = 40_000;

    abstract Tensor of(Tensor x, Draw draw);
}
