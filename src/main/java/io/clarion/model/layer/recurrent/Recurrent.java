package io.clarion.model.layer.recurrent;

import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction.Step;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.Mapping;
import io.clarion.model.layer.Parameters;
import io.clarion.model.layer.Signal;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A layer that goes along time, (samples, time, features) to (samples, units) or (samples, time, units), from a state
 * of zeros. Masked steps leave the state as it is.
 */
public sealed interface Recurrent extends Layer permits SimpleRnn, Gru, Lstm {
    int units();

    Recurrence recurrence();

    /** Returns the same layer with other settings. */
    Recurrent with(Recurrence other);

    /** Returns how many tensors of {@code units} are computed from an input and the state. */
    int gates();

    /** Returns how many tensors the state has; the first is the output. */
    int states();

    /** Returns the first values of the bias of a gate. */
    default Initialiser firstBias(int gate) {
        return recurrence().bias().first();
    }

    /**
     * Returns a step.
     *
     * @param x         the input times the kernel, plus the bias: (samples, gates · units)
     * @param states    as the step before left them
     * @param dropped   what the first of them is multiplied by before the recurrent weights; null for nothing
     * @param recurrent (units, gates · units)
     */
    Step step(Tensor x, List<Tensor> states, Tensor dropped, Tensor recurrent);

    /** Returns this with the output of every step: Keras's return_sequences. */
    default Recurrent sequences() {
        return with(recurrence().sequences(true));
    }

    /** Returns this against time: Keras's go_backwards. */
    default Recurrent backwards() {
        return with(recurrence().backwards(!recurrence().backwards()));
    }

    default Recurrent unrolled() {
        return with(recurrence().unrolled(true));
    }

    /** Returns this with dropout of inputs and of the state before: Keras's dropout_W and dropout_U. */
    default Recurrent dropout(double ofInput, double ofState) {
        return with(recurrence().dropout(ofInput, ofState));
    }

    @Override
    default Mapping build(List<Shape> inputs, Parameters parameters) {
        Shape input = InputChecks.one(inputs);
        InputChecks.rank(input, 3, "(samples, time, features)");
        int features = InputChecks.size(input, 2);
        Recurrence r = recurrence();
        Tensor kernel = parameters.add("kernel", r.kernel(), gatesOf(r.kernel().first(), parameters, features));
        Tensor recurrent = parameters.add("recurrent_kernel", r.recurrent(),
                gatesOf(r.recurrent().first(), parameters, units()));
        Tensor bias = parameters.add("bias", r.bias(), biases(parameters));
        return (in, effects) -> {
            Tensor x = in.get(0).value();
            Tensor mask = in.get(0).mask();
            Dim samples = x.shape().dim(0);
            Tensor kept = r.dropInput() == 0 ? x : x.times(K.expandDims(keeping(x, features, r.dropInput()), 1));
            List<Tensor> constants = r.dropState() == 0 ? List.of() : List.of(keeping(x, units(), r.dropState()));
            Tensor zeros = Tensor.literal(x.dtype(), 0).broadcast(new Shape(List.of(samples, Dim.of(units()))));
            RnnOutputs out = K.rnn(
                    (now, all) -> step(now, all.subList(0, states()), constants.isEmpty() ? null : all.get(states()),
                            recurrent),
                    K.dot(kept, kernel).plus(bias), Collections.nCopies(states(), zeros), r.backwards(), mask,
                    constants, r.unrolled(),
                    null);
            return r.sequences() ? new Signal(out.outputs(), mask) : new Signal(out.lastOutput());
        };
    }

    /**
     * Returns what each sample's features are multiplied by at every step: 1 in tests; in training 0 or 1 / (1 −
     * level).
     */
    private static Tensor keeping(Tensor x, int features, double level) {
        Tensor ones = Tensor.literal(x.dtype(), 1).broadcast(new Shape(List.of(x.shape().dim(0), Dim.of(features))));
        return K.inTrainPhase(() -> K.dropout(ones, level), () -> ones);
    }

    /** Weights (from, gates · units) of which each gate's are drawn by themselves. */
    private NDArray gatesOf(Initialiser first, Parameters parameters, int from) {
        List<NDArray> drawn = new ArrayList<>();
        for (int g = 0; g < gates(); g++) {
            drawn.add(parameters.draw(first, DimOrdering.TF, from, units()));
        }
        return besides(drawn, from);
    }

    private NDArray biases(Parameters parameters) {
        List<NDArray> drawn = new ArrayList<>();
        for (int g = 0; g < gates(); g++) {
            drawn.add(parameters.draw(firstBias(g), DimOrdering.TF, units()));
        }
        return besides(drawn, 1).reshape(gates() * units());
    }

    private NDArray besides(List<NDArray> gates, int rows) {
        NDArray all = NDArray.zeros(gates.get(0).dtype(), Shape.of(rows, gates.size() * units()));
        for (int i = 0; i < all.elements(); i++) {
            int column = i % (gates.size() * units());
            int row = i / (gates.size() * units());
            all.set(i, gates.get(column / units()).get(row * units() + column % units()));
        }
        return all;
    }

    /** Returns gate number {@code g} of (samples, gates · units). */
    static Tensor gate(Tensor gates, int g, int units) {
        return gates.slice(1, g * units, Dim.of(units));
    }

    /** Returns x, or x times what is kept of it. */
    static Tensor dropped(Tensor x, Tensor by) {
        return by == null ? x : x.times(by);
    }
}
