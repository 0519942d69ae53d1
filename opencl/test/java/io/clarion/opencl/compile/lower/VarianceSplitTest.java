package io.clarion.opencl.compile.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.clarion.K;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Which squared deviations are summed with the parts of a mean. */
class VarianceSplitTest {
    private static final Strategy CPU = Strategy.cpu(8, 2);

    /**
     * Whether deviations of a square matrix from its sums over one axis, set along it or across, are summed in their
     * parts.
     */
    private static boolean isByParts(Tensor x, int meanOver, boolean along, int sumOver) {
        int n = x.shape().size(0);
        Tensor sums = SplitAccumulations.of(K.sum(x, meanOver), CPU);
        Tensor v = sums.reshape(meanOver == 0 == along ? Shape.of(1, n) : Shape.of(n, 1)).broadcast(x.shape());
        Tensor squares = K.sum(K.square(x.minus(v)), sumOver);
        return VarianceSplit.of(squares, ((Op.Contract) squares.op()).contraction()).isPresent();
    }

    @Test
    void deviationsFromSumsOverTheSameAxisAloneAre() {
        Tensor x = K.placeholder(new int[] {4096, 4096}, DType.FLOAT32);
        for (int axis : new int[] {0, 1}) {
            for (boolean along : new boolean[] {false, true}) {
                for (int sumOver : new int[] {0, 1}) {
                    assertEquals(along && sumOver == axis, isByParts(x, axis, along, sumOver),
                            axis + " " + along + " " + sumOver);
                }
            }
        }
    }

    @Test
    void thePartsAreThoseOfTheSameTensor() {
        Tensor x = K.placeholder(new int[] {4096, 4096}, DType.FLOAT32);
        Tensor y = K.placeholder(new int[] {4096, 4096}, DType.FLOAT32);
        Tensor v = SplitAccumulations.of(K.sum(y, 0), CPU).broadcast(x.shape());
        Tensor squares = K.sum(K.square(x.minus(v)), 0);
        assertFalse(VarianceSplit.of(squares, ((Op.Contract) squares.op()).contraction()).isPresent());
    }
}
