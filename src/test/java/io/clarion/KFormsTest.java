package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.Index;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Forms of Keras's Python: names, the learning phase, updates, and what sizes refuse. */
class KFormsTest {
    @BeforeEach
    void start() {
        K.useDevice("reference:0");
    }

    @AfterEach
    void forget() {
        K.clearSession();
    }

    @Test
    void updatesTakeNumbers() {
        Tensor v = K.zeros(new int[] {2}, DType.INT32);
        Tensor w = K.ones(2);
        Tensor u = K.ones(2);
        try (Function f = K.function(List.of(), List.of(),
                List.of(K.updateAdd(v, 1), K.updateSub(w, 0.5), K.update(u, 7)))) {
            f.call();
            f.call();
        }
        assertArrayEquals(new int[] {2, 2}, K.getValue(v).toInts());
        assertArrayEquals(new float[] {0, 0}, K.getValue(w).toFloats());
        assertArrayEquals(new float[] {7, 7}, K.getValue(u).toFloats());
    }

    @Test
    void thePhaseSaysWhetherItIsFixed() {
        assertEquals(OptionalInt.empty(), K.fixedLearningPhase());
        K.setLearningPhase(1);
        assertEquals(OptionalInt.of(1), K.fixedLearningPhase());
        Tensor x = K.ones(2);
        assertEquals(x, K.inTrainPhase(() -> x, K.zeros(2)));
        assertEquals(x, K.inTestPhase(K.zeros(2), () -> x));
        assertEquals(x, K.inTrainPhase(x, () -> K.zeros(2)));
        assertEquals(x, K.inTestPhase(() -> K.zeros(2), x));
    }

    @Test
    void thePhaseIsFedAsKerasFeedsIt() {
        try (Function f = K.function(List.of(K.learningPhase()),
                List.of(K.inTrainPhase(K.constant(3), () -> K.constant(4))))) {
            assertEquals(3, f.call(NDArray.scalar(DType.FLOAT32, 1)).get(0).item());
            assertEquals(4, f.call(NDArray.scalar(DType.FLOAT64, 0)).get(0).item());
            refuses("call: input 0 (keras_learning_phase) has dtype int32, the value given has float32; cast it first: this conversion could lose something",
                    () -> f.call(NDArray.scalar(DType.FLOAT32, 0.5)));
        }
    }

    @Test
    void tensorsHaveNames() {
        assertEquals("image", K.placeholder(new int[] {2}, DType.FLOAT32, "image").name());
        assertEquals("kernel", K.zeros(new int[] {2}, DType.FLOAT32, "kernel").name());
        Tensor sum = K.ones(2).plus(1);
        assertTrue(sum.name().matches("add_\\d+"), sum.name());
        assertTrue(K.dot(K.ones(2, 2), sum).name().matches("contract_\\d+"));
    }

    @Test
    void sizesThatNoCallTellsAreRefused() {
        Tensor x = K.placeholder(K.NONE, 6);
        Tensor data = K.placeholder(new int[0], DType.INT32, "data");
        refuses("reshape: data is no size that is known before a call computes; sizes of K.shape, whole numbers, and their sums and products would do",
                () -> K.reshape(x, List.of(-1, data)));
        refuses("reshape: shape [-1, -1] has more than one -1", () -> K.reshape(x, List.of(-1, -1)));
        refuses("reshape: 2.5 is no size; a whole number or a scalar tensor such as K.shape(x).at(1) would do",
                () -> K.reshape(x, List.of(2.5, -1)));
        refuses("repeat: an axis cannot have -1 elements", () -> K.repeat(x, K.constant(-1, DType.INT32)));
        refuses("dropout: the noise shape half is no shape; an int[], a list of numbers and scalar tensors, or a vector such as K.shape(x) would do",
                () -> K.dropout(x, 0.5, "half"));
        refuses("dropout: noise shape [None] is not a size for each axis of x (None, 6)",
                () -> K.dropout(x, 0.5, List.of(K.shape(x).at(0))));
        refuses("slice: place 6 is outside axis 1 of shape (None, 6); -6 to 5 would do",
                () -> K.slice(x, Index.ALL, Index.at(6)));
    }

    private static void refuses(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
