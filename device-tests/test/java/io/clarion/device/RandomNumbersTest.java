package io.clarion.device;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import org.junit.jupiter.api.Test;

/**
 * Random tensors of every distribution, in loops and in branches too, are the same on every device as on the reference
 * engine.
 */
class RandomNumbersTest {
    private static final int[] SHAPE = {37, 11};

    @Test
    void theSameSeedGivesTheSameNumbers() {
        var compared = new Comparison();
        Tensor x = compared.input(NDArray.zeros(DType.FLOAT32, Shape.of(37, 11))).plus(1);
        compared.expect("uniform", K.randomUniform(SHAPE, 0, 1, DType.FLOAT32, 11), Tolerance.EXACT);
        compared.expect("uniform in a range", K.randomUniform(SHAPE, -3, 5, DType.FLOAT32, 11),
                Tolerance.composed(1, 1));
        compared.expect("binomial", K.randomBinomial(SHAPE, 0.3, DType.FLOAT32, 12), Tolerance.EXACT);
        compared.expect("normal", K.randomNormal(SHAPE, 0, 1, DType.FLOAT32, 13), Tolerance.composed(4, 1));
        Tensor dropped = K.dropout(x, 0.4, null, 14);
        compared.expect("dropout", dropped, Tolerance.composed(1, 1));
        compared.expect("the gradient of dropout, which drops the same", K.gradients(K.sum(dropped), x),
                Tolerance.composed(1, 1));
        Tensor one = K.constant(1, DType.INT32);
        Tensor rows = K.constant(NDArray.zeros(DType.FLOAT32, Shape.of(5, 7)));
        compared.expect("a draw of each step of a loop", K.foldl((sum, row) -> K.tanh(sum.times(2)).plus(row)
                .plus(K.randomUniform(new int[] {7}, 0, 1, DType.FLOAT32, 15)), rows), Tolerance.composed(8, 1));
        compared.expect("a draw of a branch in a loop",
                K.foldl((sum, row) -> K.switch_(K.sum(sum).greater(-1), () -> K.tanh(sum).plus(
                        K.randomUniform(new int[] {7}, 0, 1, DType.FLOAT32, 16)), () -> row), rows),
                Tolerance.composed(8, 1));
        compared.expect("a draw of a branch",
                K.switch_(one, () -> K.randomUniform(SHAPE, 0, 1, DType.FLOAT32, 17), () -> x), Tolerance.EXACT);
        compared.check();
    }
}
