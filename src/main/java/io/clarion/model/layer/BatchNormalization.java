package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.Normalized;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Each feature with mean 0 and variance 1, then scaled by gamma and shifted by beta: by the batch in training, by
 * moving averages of the batches' mean and variance in tests. <a href="https://arxiv.org/abs/1502.03167">Ioffe and
 * Szegedy</a>; Keras's mode 0.
 *
 * @param axis     the axis of the features
 * @param momentum what the averages keep at each batch
 * @param epsilon  added to the variance
 */
public record BatchNormalization(int axis, double momentum, double epsilon, Weight gamma, Weight beta)
        implements Layer {
    public BatchNormalization {
        InputChecks.check(momentum >= 0 && momentum <= 1,
                "averages cannot keep a share of " + momentum + "; a number from 0 to 1 would do");
        InputChecks.check(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY,
                "epsilon cannot be " + epsilon + "; a finite number from 0 would do");
    }

    /** Features on the last axis. */
    public BatchNormalization() {
        this(-1);
    }

    public BatchNormalization(int axis) {
        this(axis, 0.99, 1e-3, Weight.of(Initialiser.ONE), Weight.of(Initialiser.ZERO));
    }

    @Override
    public Mapping build(List<Shape> inputs, Parameters parameters) {
        Shape input = InputChecks.one(inputs);
        int features = InputChecks.size(input, axis);
        int at = input.axis(axis);
        int[] others = IntStream.range(0, input.rank()).filter(a -> a != at).toArray();
        Shape wide = Shape.SCALAR.padded(input.rank()).with(at, Dim.of(features));
        Tensor scale = parameters.add("gamma", gamma, features);
        Tensor shift = parameters.add("beta", beta, features);
        Tensor mean = parameters.addUntrained("running_mean", Initialiser.ZERO, features);
        Tensor variance = parameters.addUntrained("running_variance", Initialiser.ONE, features);
        return (in, effects) -> {
            Tensor x = in.get(0).value();
            Normalized batch = K.normalizeBatchInTraining(x, scale, shift, others, epsilon);
            effects.update(mean, now -> averaged(now, batch.mean()));
            effects.update(variance, now -> averaged(now, batch.variance()));
            Tensor running = K.batchNormalization(x, mean.reshape(wide), variance.reshape(wide), shift.reshape(wide),
                    scale.reshape(wide), epsilon);
            return new Signal(K.inTrainPhase(batch.normalized(), running), in.get(0).mask());
        };
    }

    private Tensor averaged(Tensor average, Tensor value) {
        return average.times(momentum).plus(value.times(1 - momentum));
    }
}
