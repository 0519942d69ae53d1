package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/**
 * Several inputs as one, by Keras's modes.
 *
 * @param axes of {@link Mode#CONCAT} the one along which inputs follow each other; of {@link Mode#DOT} and
 *             {@link Mode#COS} one of the first and one of the second input, over which products are summed
 */
public record Merge(Mode mode, List<Integer> axes) implements Layer {
    /** The mode in which inputs are merged. */
    public enum Mode { SUM, MUL, AVE, MAX, CONCAT, DOT, COS }

    public Merge {
        axes = List.copyOf(axes);
    }

    public static Merge sum() {
        return new Merge(Mode.SUM, List.of());
    }

    public static Merge mul() {
        return new Merge(Mode.MUL, List.of());
    }

    /** Returns the mean of the inputs. */
    public static Merge ave() {
        return new Merge(Mode.AVE, List.of());
    }

    public static Merge max() {
        return new Merge(Mode.MAX, List.of());
    }

    /** Returns a layer that concatenates inputs along the last axis. */
    public static Merge concat() {
        return concat(-1);
    }

    public static Merge concat(int axis) {
        return new Merge(Mode.CONCAT, List.of(axis));
    }

    /** Returns a layer with the {@link K#batchDot} of two inputs over their last axes. */
    public static Merge dot() {
        return dot(-1, -1);
    }

    public static Merge dot(int axisOfFirst, int axisOfSecond) {
        return new Merge(Mode.DOT, List.of(axisOfFirst, axisOfSecond));
    }

    /** Returns the cosine between two inputs' last axes: (samples, 1, …). */
    public static Merge cos() {
        return new Merge(Mode.COS, List.of(-1, -1));
    }

    @Override
    public Mapping build(List<Shape> inputs, Parameters parameters) {
        boolean pair = mode == Mode.DOT || mode == Mode.COS;
        if (inputs.size() < 2 || pair && inputs.size() > 2) {
            throw new IllegalArgumentException("inputs given: " + inputs.size() + "; merging by " + mode + " takes two"
                    + (pair ? "" : " or more"));
        }
        if (!pair && mode != Mode.CONCAT && !inputs.stream().allMatch(inputs.get(0)::accepts)) {
            throw new IllegalArgumentException(
                    "inputs of shapes " + inputs + " differ; merging by " + mode + " takes equal shapes");
        }
        return (in, effects) -> new Signal(merged(in.stream().map(Signal::value).toList()), mask(in));
    }

    private Tensor merged(List<Tensor> x) {
        return switch (mode) {
            case SUM -> all(x, Tensor::plus);
            case MUL -> all(x, Tensor::times);
            case AVE -> all(x, Tensor::plus).div(x.size());
            case MAX -> all(x, K::maximum);
            case CONCAT -> K.concatenate(x, axes.get(0));
            case DOT -> dot(x.get(0), x.get(1));
            case COS -> {
                Tensor lengths = K.sqrt(dot(x.get(0), x.get(0)).times(dot(x.get(1), x.get(1))));
                yield K.expandDims(dot(x.get(0), x.get(1)).div(K.maximum(lengths, K.epsilon())), 1);
            }
        };
    }

    private static Tensor all(List<Tensor> x, BinaryOperator<Tensor> of) {
        return x.stream().reduce(of).orElseThrow();
    }

    private Tensor dot(Tensor x, Tensor y) {
        return K.batchDot(x, y, new int[] {axes.get(0), axes.get(1)});
    }

    /** Returns a step counts if it does in every input; those that follow each other in time keep their own. */
    private Tensor mask(List<Signal> in) {
        List<Tensor> masks = in.stream().map(Signal::mask).filter(Objects::nonNull).toList();
        if (masks.isEmpty() || mode == Mode.DOT || mode == Mode.COS) {
            return null;
        }
        if (mode == Mode.CONCAT && in.get(0).value().shape().axis(axes.get(0)) == 1) {
            return K.concatenate(IntStream.range(0, in.size()).mapToObj(i -> in.get(i).mask() != null ? in.get(i).mask()
                    : Tensor.literal(DType.BOOL, 1).broadcast(in.get(i).value().shape().part(0, 2))).toList(), 1);
        }
        return all(masks, (a, b) -> a.apply(ScalarFn.AND, b));
    }
}
