package io.clarion.model;

import io.clarion.K;
import io.clarion.engine.Function;
import io.clarion.graph.Tensor;
import io.clarion.model.Digits.Labelled;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;

/**
 * A net as functions on K's device: classify, evaluate and learn. The loss is the mean softmax cross-entropy of the
 * logits with the labels; all of it is computed on the device.
 */
public final class Classifier implements AutoCloseable {
    private final Net net;
    private final Function classify;
    private final Function evaluate;
    private final Function learn;

    /** Nothing is compiled before the first call. */
    public Classifier(Net net, Optimizer optimizer) {
        this.net = net;
        Tensor images = net.placeholder();
        Tensor labels = K.placeholder(new int[] {K.NONE}, DType.INT32, "labels");
        Tensor logits = net.forward().apply(images);
        Tensor said = K.argmax(logits);
        Tensor loss = K.mean(K.sparseCategoricalCrossentropy(logits, labels, true));
        Tensor accuracy = K.mean(K.equal(said, labels));
        classify = K.function(List.of(images), List.of(said));
        evaluate = K.function(List.of(images, labels), List.of(loss, accuracy));
        learn = K.function(List.of(images, labels), List.of(loss, accuracy), optimizer.updates(loss, net.parameters()));
    }

    /** The class of each image: int32 (samples,). */
    public NDArray classify(NDArray images) {
        return classify.call(net.fitted(images)).get(0);
    }

    /** Learns from a batch; the score is of before. */
    public Score learn(Labelled batch) {
        return score(learn, batch);
    }

    /** The score on samples, {@code batch} at a time. */
    public Score evaluate(Labelled samples, int batch) {
        Score score = Score.NONE;
        for (int from = 0; from < samples.samples(); from += batch) {
            int to = Math.min(from + batch, samples.samples());
            score = score.and(score(evaluate, samples.part(from, to)));
        }
        return score;
    }

    private Score score(Function function, Labelled batch) {
        List<NDArray> lossAndAccuracy = function.call(net.fitted(batch.images()), batch.labels());
        return new Score(batch.samples(), lossAndAccuracy.get(0).item(), lossAndAccuracy.get(1).item());
    }

    @Override
    public void close() {
        classify.close();
        evaluate.close();
        learn.close();
    }
}
