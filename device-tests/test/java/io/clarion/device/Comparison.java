package io.clarion.device;

import io.clarion.conformance.TestedEngine;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.opencl.OpenClDevice;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One graph of many outputs, computed by the reference engine and by every device, also in another layout, which has
 * the types for it: drivers build one large program much sooner than many small ones.
 */
final class Comparison {
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<NDArray> values = new ArrayList<>();
    private final List<Expected> expected = new ArrayList<>();
    private boolean isApart;

    private record Expected(String what, Tensor tensor, Tolerance tolerance) {}

    /** A tensor with the given value, which each call hands over. */
    Tensor input(NDArray value) {
        return input(Tensor.of(new Op.Placeholder(value.dtype(), value.shape(), "x" + inputs.size())), value);
    }

    /** Returns the placeholder, which is given that value, or keeps the one that it was given before. */
    Tensor input(Tensor placeholder, NDArray value) {
        if (!inputs.contains(placeholder)) {
            inputs.add(placeholder);
            values.add(value);
        }
        return placeholder;
    }

    /** The value that {@link #input} was given. */
    NDArray value(Tensor input) {
        return values.get(inputs.indexOf(input));
    }

    /** Has a tensor compared; {@code what} it is, for messages. */
    void expect(String what, Tensor tensor, Tolerance tolerance) {
        expected.add(new Expected(what, tensor, tensor.dtype().isFloating() ? tolerance : Tolerance.EXACT));
    }

    /** Returns the tensors that are compared. */
    List<Tensor> tensors() {
        return expected.stream().map(Expected::tensor).toList();
    }

    void check() {
        check(Devices.layoutsInTurn());
    }

    /** As {@link #check(List)}, each tensor in a function of its own, so that no kernel makes several of them. */
    void checkApart(List<TestedDevice> devices) {
        isApart = true;
        check(devices);
    }

    void check(List<TestedDevice> devices) {
        List<Tensor> tensors = tensors();
        var wanted = new ArrayList<>(tensors);
        expected.stream().map(e -> e.tolerance().magnitude()).filter(Objects::nonNull).forEach(wanted::add);
        List<NDArray> want = run(TestedEngine.reference(), wanted, inputs);
        var wrong = new ArrayList<String>();
        for (TestedDevice d : devices) {
            var got = new ArrayList<NDArray>();
            List<Tensor> here = tensors.stream().filter(d::has).toList();
            try {
                List<Tensor> fed = inputs.stream().filter(d::has).toList();
                List<NDArray> computed = isApart ? runApart(d.device(), here, fed) : run(d.device(), here, fed);
                int next = 0;
                for (Tensor t : tensors) {
                    got.add(d.has(t) ? computed.get(next++) : null);
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(d + " cannot compute " + expected.stream().map(Expected::what).toList(), e);
            }
            int magnitude = tensors.size();
            for (int i = 0; i < tensors.size(); i++) {
                Expected e = expected.get(i);
                NDArray size = e.tolerance().magnitude() == null ? want.get(i) : want.get(magnitude++);
                if (got.get(i) != null) {
                    compare(d + ": " + e.what(), e.tolerance(), want.get(i), size, got.get(i), wrong);
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new AssertionError(wrong.size() + " of " + tensors.size() * devices.size() + " outputs are wrong:\n"
                    + String.join("\n", wrong.subList(0, Math.min(20, wrong.size()))));
        }
    }

    private List<NDArray> runApart(OpenClDevice device, List<Tensor> outputs, List<Tensor> fed) {
        Map<Tensor, List<Tensor>> read = new LinkedHashMap<>();
        outputs.forEach(t -> read.put(t, Graph.allTensors(List.of(t)).stream().filter(fed::contains).toList()));
        device.prepare(outputs.stream().map(t -> new Graph(read.get(t), List.of(t), List.of())).toList());
        return outputs.stream().map(t -> run(device, List.of(t), read.get(t)).get(0)).toList();
    }

    private List<NDArray> run(io.clarion.engine.Device device, List<Tensor> outputs, List<Tensor> fed) {
        try (Function function = new Function(new Graph(fed, outputs, List.of()), device)) {
            return function.call(fed.stream().map(this::value).toList());
        }
    }

    /** Adds to {@code wrong} what is wrong with {@code got}. */
    static void compare(String what, Tolerance tolerance, NDArray want, NDArray magnitude, NDArray got,
            List<String> wrong) {
        if (!want.shape().equals(got.shape()) || want.dtype() != got.dtype()) {
            wrong.add(what + " is " + got.dtype().word() + got.shape() + ", not " + want.dtype().word() + want.shape());
            return;
        }
        double largest = tolerance.overall()
                ? Arrays.stream(magnitude.toDoubles()).filter(Double::isFinite).map(Math::abs).max().orElse(0) : 0;
        int bad = 0;
        int worst = -1;
        double most = -1;
        for (int i = 0; i < want.elements(); i++) {
            double size = tolerance.overall() ? largest : magnitude.get(i);
            if (!tolerance.allows(want.dtype(), want.get(i), got.get(i), size)) {
                bad++;
                double off = Math.abs(want.get(i) - got.get(i));
                if (worst < 0 || !(off <= most)) {
                    worst = i;
                    most = off;
                }
            }
        }
        if (bad > 0) {
            double size = tolerance.overall() ? largest : magnitude.get(worst);
            wrong.add(what + " " + want.dtype().word() + want.shape() + ": " + bad + " of " + want.elements()
                    + " elements, the worst is element " + worst + ": " + got.get(worst) + ", not " + want.get(worst)
                    + "; the difference may be " + tolerance.bound(want.dtype(), size));
        }
    }

    /** |x| of an input, for magnitudes. */
    static Tensor magnitude(Tensor x) {
        return x.dtype() == DType.BOOL ? x : x.apply(io.clarion.graph.ScalarFn.ABS);
    }
}
