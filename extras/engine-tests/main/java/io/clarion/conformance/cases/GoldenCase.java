package io.clarion.conformance.cases;

import com.fasterxml.jackson.databind.JsonNode;
import io.clarion.K;
import io.clarion.check.Spread;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.reference.ReferenceEngine;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * A call of a Keras function with the outputs and gradients that it has to give. An element may be off by a part of its
 * array's magnitude, or as far as rounding errors of the terms that it is computed from take it, which may be far
 * larger than it is.
 */
public record GoldenCase(String group, int index, JsonNode json) {
    /** Relative error of single elements of elementwise functions. */
    private static final double ELEMENTWISE = 2e-6;
    /** Error of everything else, as a part of the largest magnitude of the array. */
    private static final double SUMS = 1e-5;
    /** Runs with rounding errors where an element is off by more. */
    private static final int RUNS = 8;

    /** Returns the case's name, as in {@code nn 3: l2_normalize (2, 3, 5) {"axis":-1}}. */
    public String name() {
        var name = new StringBuilder(group + " " + index + ": " + json.get("fn").textValue());
        json.get("tensors").forEach(t -> name.append(' ').append(t.get("shape")));
        json.get("args").forEach(a -> name.append(a.isObject() || a.isArray() && a.get(0).isObject() ? "" : " " + a));
        return name.append(json.get("kwargs").isEmpty() ? "" : " " + json.get("kwargs")).toString();
    }

    /**
     * The case as part of a function.
     *
     * @param inputs  placeholders and {@code values} what to give for them
     * @param results outputs and gradients
     */
    public record Trial(GoldenCase of, List<Tensor> inputs, List<NDArray> values, List<Tensor> results, int outputs) {
        /** Checks the arrays that {@link #results} gave: an {@link AssertionError} says what is wrong with them. */
        public void check(List<NDArray> got) {
            List<NDArray> expected = new ArrayList<>(arrays(of.json.get("expect")));
            List<Integer> differentiated = of.differentiated();
            differentiated.forEach(i -> expected.add(array(of.json.get("grads").get(Integer.toString(i)))));
            List<List<NDArray>> runs = null;
            for (int i = 0; i < got.size(); i++) {
                String wrong = compare(expected.get(i), got.get(i), i < outputs && of.group.equals("elementwise"));
                if (wrong != null) {
                    runs = runs == null ? withRoundingErrors() : runs;
                    var spread = new Spread(expected.get(i));
                    for (List<NDArray> run : runs) {
                        spread.widen(run.get(i));
                    }
                    String what = i < outputs ? "output " + i : "gradient of tensor " + differentiated.get(i - outputs);
                    if (spread.wrong(got.get(i)) != null) {
                        throw new AssertionError(of.name() + ": " + what + ": " + wrong);
                    }
                }
            }
        }

        /** Returns what the reference engine gives with rounding errors of a device's size. */
        private List<List<NDArray>> withRoundingErrors() {
            LongFunction<Device> devices = ReferenceEngine.withRoundingErrors();
            return IntStream.range(0, RUNS).mapToObj(seed -> {
                try (Function f = new Function(new Graph(inputs, results, List.of()), devices.apply(seed))) {
                    return f.call(values);
                }
            }).toList();
        }
    }

    /** Returns this case's values and gradients as graphs, to be computed in a function of one's own. */
    public Trial trial() {
        List<NDArray> values = arrays(json.get("tensors"));
        List<Tensor> inputs = values.stream().map(v -> K.placeholder(v.shape().sizes(), v.dtype())).toList();
        List<Tensor> outputs = GoldenCalls.call(json.get("fn").textValue(), new GoldenArguments(json, inputs));
        var results = new ArrayList<>(outputs);
        List<Integer> differentiated = differentiated();
        if (!differentiated.isEmpty()) {
            results.addAll(K.gradients(loss(outputs), differentiated.stream().map(inputs::get).toList()));
        }
        return new Trial(this, inputs, values, results, outputs.size());
    }

    private List<Integer> differentiated() {
        return !json.has("grads") ? List.of() : IntStream.range(0, json.get("tensors").size()).boxed()
                .filter(i -> json.get("grads").has(Integer.toString(i))).toList();
    }

    private Tensor loss(List<Tensor> outputs) {
        List<NDArray> weights = arrays(json.get("w"));
        return IntStream.range(0, outputs.size())
                .mapToObj(i -> K.sum(outputs.get(i).times(Tensor.constant(weights.get(i)))))
                .reduce(Tensor::plus).orElseThrow();
    }

    /** Returns what is wrong; null if nothing is. */
    private static String compare(NDArray expected, NDArray got, boolean elementwise) {
        if (!got.shape().equals(expected.shape())) {
            return "shape " + got.shape() + ", not " + expected.shape();
        }
        double largest = Arrays.stream(expected.toDoubles()).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        for (int i = 0; i < got.elements(); i++) {
            double e = expected.get(i);
            double g = got.get(i);
            double bound = !expected.dtype().isFloating() ? 0
                    : elementwise ? ELEMENTWISE * Math.abs(e) + Float.MIN_NORMAL : SUMS * largest;
            if (Double.compare(e, g) != 0 && !(Math.abs(e - g) <= bound)) {
                return "element " + i + " is " + g + ", not " + e + "; the difference may be " + bound
                        + ", or what rounding errors make of it";
            }
        }
        return null;
    }

    private static List<NDArray> arrays(JsonNode arrays) {
        return StreamSupport.stream(arrays.spliterator(), false).map(GoldenCase::array).toList();
    }

    private static NDArray array(JsonNode array) {
        int[] shape = GoldenArguments.ints(array.get("shape"));
        JsonNode data = array.get("data");
        double[] values = IntStream.range(0, data.size()).mapToDouble(i -> value(data.get(i))).toArray();
        return NDArray.of(DType.of(array.get("dtype").textValue()), values, shape);
    }

    private static double value(JsonNode node) {
        return node.isBoolean() ? node.booleanValue() ? 1 : 0
                : !node.isTextual() ? node.doubleValue() : switch (node.textValue()) {
                    case "inf" -> Double.POSITIVE_INFINITY;
                    case "-inf" -> Double.NEGATIVE_INFINITY;
                    default -> Double.NaN;
                };
    }

    @Override
    public String toString() {
        return name();
    }
}
