package io.clarion.device;

import io.clarion.K;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What goes row by row through several stages of one kernel on a CPU, in numbers of rows that fill groups and that do
 * not.
 */
class ChainTest {
    private static final Tolerance CLOSE = Tolerance.composed(8, 1);

    private static NDArray drawn(Draw draw, int... shape) {
        return draw.array(DType.FLOAT32, -1, 1, Shape.of(shape));
    }

    private static void expectWithGradient(Comparison compared, String what, Tensor y, Tensor x, Tensor weights) {
        compared.expect(what, y, CLOSE);
        compared.expect("gradient of " + what, K.gradients(K.sum(y.times(weights)), x), CLOSE);
    }

    @Test
    void softmaxAndItsLikeAreThoseOfTheReference() {
        var draw = new Draw(11);
        var compared = new Comparison();
        for (int rows : new int[] {37, 130}) {
            for (int columns : new int[] {3, 40, 321}) {
                Tensor x = compared.input(drawn(draw, rows, columns));
                Tensor weights = compared.input(drawn(draw, rows, columns));
                String of = " of " + rows + " rows of " + columns;
                expectWithGradient(compared, "softmax" + of, K.softmax(x), x, weights);
                expectWithGradient(compared, "logsumexp" + of, K.logsumexp(x, -1, true), x, weights);
                Tensor centred = x.minus(K.mean(x, -1, true));
                expectWithGradient(compared, "normalised" + of,
                        centred.div(K.sqrt(K.mean(K.square(centred), -1, true).plus(0.1))), x, weights);
                compared.expect("l2 normalised" + of, K.l2Normalize(x, 1), CLOSE);
            }
        }
        compared.check();
    }

    @Test
    void rowsOfSeveralAxesAreThoseOfTheReference() {
        var draw = new Draw(12);
        var compared = new Comparison();
        Tensor x = compared.input(drawn(draw, 19, 5, 24));
        Tensor weights = compared.input(drawn(draw, 19, 5, 24));
        expectWithGradient(compared, "softmax of the last axis", K.softmax(x), x, weights);
        Tensor greatest = K.max(x, 1, true);
        expectWithGradient(compared, "below the greatest of the middle axis",
                K.exp(x.minus(greatest)).div(K.sum(K.exp(x.minus(greatest)), new int[] {1, 2}, true)), x, weights);
        compared.check();
    }

    @Test
    void crossEntropiesAreThoseOfTheReference() {
        var draw = new Draw(13);
        var compared = new Comparison();
        for (int rows : new int[] {9, 64}) {
            Tensor logits = compared.input(drawn(draw, rows, 10));
            Tensor labels = compared.input(draw.array(DType.INT32, 0, 9, Shape.of(rows)));
            Tensor loss = K.mean(K.sparseCategoricalCrossentropy(logits, labels, true));
            compared.expect("loss of " + rows, loss, CLOSE);
            compared.expect("gradient of the loss of " + rows, K.gradients(loss, logits), CLOSE);
        }
        compared.check();
    }

    /**
     * Rows by whole vectors, of which a core's share, 100 or 104, is none: of 7 columns, products read vectors along
     * the rows.
     */
    @Test
    void denseLayersAreThoseOfTheReference() {
        var draw = new Draw(15);
        var compared = new Comparison();
        for (int rows : new int[] {37, 200, 208}) {
            Tensor x = compared.input(drawn(draw, rows, 12));
            Tensor labels = compared.input(drawn(draw, rows, 3));
            List<Tensor> weights = List.of(compared.input(drawn(draw, 12, 100)), compared.input(drawn(draw, 100, 7)),
                    compared.input(drawn(draw, 7, 3)));
            Tensor y = K
                    .softmax(K.dot(K.tanh(K.dot(K.tanh(K.dot(x, weights.get(0))), weights.get(1))), weights.get(2)));
            compared.expect("a net's answer to " + rows + " rows", y, CLOSE);
            List<Tensor> gradients = K.gradients(K.sum(y.times(labels)), weights);
            IntStream.range(0, weights.size())
                    .forEach(i -> compared.expect("gradient " + i + " of " + rows + " rows", gradients.get(i), CLOSE));
        }
        compared.check();
    }

    /** A GRU, whose state goes through two products, with widths that are no multiple of a vector. */
    private static StepFunction gru(Tensor u, Tensor v, int units) {
        return (x, states) -> {
            Tensor h = states.get(0);
            Tensor gates = K.sigmoid(x.slice(1, 0, Dim.of(2 * units)).plus(K.dot(h, u)));
            Tensor z = gates.slice(1, 0, Dim.of(units));
            Tensor r = gates.slice(1, units, Dim.of(units));
            Tensor candidate = K.tanh(x.slice(1, 2 * units, Dim.of(units)).plus(K.dot(r.times(h), v)));
            Tensor next = z.times(h).plus(z.neg().plus(1).times(candidate));
            return new StepFunction.Step(next, List.of(next));
        };
    }

    @Test
    void rnnsOfAnyNumberOfSamplesAreThoseOfTheReference() {
        var draw = new Draw(14);
        var compared = new Comparison();
        for (int samples : new int[] {1, 33, 100}) {
            for (int units : new int[] {16, 37}) {
                Tensor x = compared.input(drawn(draw, samples, 3, 3 * units));
                Tensor u = compared.input(drawn(draw, units, 2 * units));
                Tensor v = compared.input(drawn(draw, units, units));
                Tensor h = compared.input(drawn(draw, samples, units));
                RnnOutputs r = K.rnn(gru(u, v, units), x, List.of(h));
                String what = " of " + samples + " samples and " + units + " units";
                compared.expect("outputs" + what, r.outputs(), CLOSE);
                List<Tensor> of = List.of(x, u, v, h);
                List<Tensor> gradients = K.gradients(K.sum(K.square(r.outputs())), of);
                IntStream.range(0, of.size())
                        .forEach(i -> compared.expect("gradient " + i + what, gradients.get(i), CLOSE));
            }
        }
        compared.check();
    }
}
