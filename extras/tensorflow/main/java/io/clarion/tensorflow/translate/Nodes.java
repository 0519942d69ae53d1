package io.clarion.tensorflow.translate;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensorflow.runtime.ElementType;
import io.clarion.tensorflow.runtime.FunctionBuilder;
import io.clarion.tensorflow.runtime.Node;
import io.clarion.tensorflow.runtime.Output;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Emits operations that several topics need; constant vectors and scalars are shared. */
final class Nodes {
    private final FunctionBuilder function;
    private final Map<Object, Output> constants = new HashMap<>();

    Nodes(FunctionBuilder function) {
        this.function = function;
    }

    private record Scalar(ElementType type, long bits) {}

    /** Begins an operation. */
    Node node(String type) {
        return function.node(type);
    }

    /** Emits an operation of which the inputs say everything. */
    Output op(String type, Output... inputs) {
        return node(type).inputs(inputs).output();
    }

    /** Emits an int32 vector. */
    Output ints(int... values) {
        return constants.computeIfAbsent(Arrays.stream(values).boxed().toList(),
                k -> function.constant(NDArray.of(values, values.length)));
    }

    Output ints(List<Integer> values) {
        return ints(values.stream().mapToInt(i -> i).toArray());
    }

    /** Emits a scalar of the type in which {@code dtype} is computed. */
    Output scalar(DType dtype, double value) {
        return constants.computeIfAbsent(new Scalar(ElementType.computed(dtype), Double.doubleToRawLongBits(value)),
                k -> function.constant(NDArray.scalar(computed(dtype), value)));
    }

    /** Emits an array in the type in which its dtype is computed. */
    Output constant(NDArray value) {
        return function.constant(value.cast(computed(value.dtype())));
    }

    private static DType computed(DType dtype) {
        return dtype == DType.FLOAT16 ? DType.FLOAT32 : dtype;
    }

    Output cast(Output x, ElementType to) {
        return node("Cast").inputs(x).set("DstT", to).output();
    }

    Output reshape(Output x, int... shape) {
        return op("Reshape", x, ints(shape));
    }

    Output reshape(Output x, Shape shape) {
        return reshape(x, shape.sizes());
    }

    /** Axis {@code i} of the result is axis {@code order.get(i)} of {@code x}. */
    Output transpose(Output x, List<Integer> order) {
        return IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i) ? x : op("Transpose", x, ints(order));
    }

    /** Stretches axes of size 1, one after another where TensorFlow cannot do all at once. */
    Output broadcast(Output x, int[] from, int[] to) {
        if (Arrays.equals(from, to)) {
            return x;
        }
        if (Broadcasting.isSupported(List.of(from, to))) {
            return op("BroadcastTo", x, ints(to));
        }
        Output y = x;
        int[] sizes = from.clone();
        for (int a = 0; a < to.length; a++) {
            if (sizes[a] != to[a]) {
                sizes[a] = to[a];
                y = op("BroadcastTo", y, ints(sizes));
            }
        }
        return y;
    }

    /** Emits a tensor of one value. */
    Output filled(DType dtype, double value, int... shape) {
        return shape.length == 0 ? scalar(dtype, value) : op("Fill", ints(shape), scalar(dtype, value));
    }

    /** Returns the elements, or slices, of {@code x} along {@code axis} that {@code indices} name. */
    Output gather(Output x, Output indices, int axis) {
        return op("GatherV2", x, indices, scalar(DType.INT32, axis));
    }

    /** Puts {@code before} and {@code after} elements of one value at the ends of each axis. */
    Output pad(Output x, int[] before, int[] after, Output value) {
        if (IntStream.of(before).allMatch(n -> n == 0) && IntStream.of(after).allMatch(n -> n == 0)) {
            return x;
        }
        int[] pads = IntStream.range(0, before.length).flatMap(a -> IntStream.of(before[a], after[a])).toArray();
        return op("PadV2", x, reshape(ints(pads), before.length, 2), value);
    }

    /** Emits a slice of a tensor: along each axis, {@code sizes} elements from {@code start} in steps. */
    Output slice(Output x, int[] start, int[] step, int[] sizes) {
        int[] end = IntStream.range(0, start.length)
                .map(a -> start[a] + (sizes[a] == 0 ? 0 : (sizes[a] - 1) * step[a] + 1)).toArray();
        return start.length == 0 ? x : op("StridedSlice", x, ints(start), ints(end), ints(step));
    }

    /** Sums over {@code axes}. */
    Output sum(Output x, List<Integer> axes) {
        return axes.isEmpty() ? x : op("Sum", x, ints(axes));
    }

    /**
     * Returns the narrow types, for which TensorFlow lacks many kernels, are computed in int32: what wraps there wraps
     * to the same low bits.
     */
    static boolean isNarrow(DType dtype) {
        return dtype == DType.UINT8 || dtype == DType.BOOL;
    }

    /** Makes int32 of a narrow type. */
    Output widened(Output x, DType dtype) {
        return isNarrow(dtype) ? cast(x, ElementType.INT32) : x;
    }

    /** Makes of what was computed of {@link #widened} values a value of {@code dtype} again. */
    Output narrowed(Output x, DType dtype) {
        return isNarrow(dtype) ? cast(x, ElementType.computed(dtype)) : x;
    }

    /** Returns the type in which sums, products and extremes of {@code dtype} are computed. */
    static DType wide(DType dtype) {
        return isNarrow(dtype) ? DType.INT32 : dtype;
    }
}
