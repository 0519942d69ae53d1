package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.clarion.config.Configuration;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KSessionTest {
    private Configuration before;

    @BeforeEach
    void start() {
        K.useDevice("reference:0");
        before = Session.configuration();
    }

    @AfterEach
    void restore() {
        Session.configure(c -> before);
        K.clearSession();
    }

    @Test
    void theDeviceInUseIsTheOneChosen() {
        assertEquals("reference", K.backend());
        assertEquals("reference:0", K.device().report().id());
        K.useDevice(K.device());
        assertEquals("reference:0", K.device().report().id());
    }

    @Test
    void settingsHoldFromThenOn() {
        K.setFloatx("float64");
        K.setEpsilon(0.01);
        K.setImageDimOrdering("th");
        assertEquals(DType.FLOAT64, K.floatx());
        assertEquals(DType.FLOAT64, K.zeros(2).dtype());
        assertEquals(DType.FLOAT64, K.placeholder(2).dtype());
        assertEquals(DType.FLOAT64, K.castToFloatx(NDArray.of(new int[] {1}, 1)).dtype());
        assertEquals(0.01, K.epsilon());
        assertEquals(DimOrdering.TH, K.imageDimOrdering());
    }

    @Test
    void uidsCountEachPrefixByItself() {
        K.clearSession();
        assertEquals(1, K.getUid("dense"));
        assertEquals(2, K.getUid("dense"));
        assertEquals(1, K.getUid());
        K.clearSession();
        assertEquals(1, K.getUid("dense"));
    }

    @Test
    void theLearningPhaseIsAnInputUntilItIsSet() {
        Tensor y = K.inTrainPhase(K.constant(1), K.constant(2));
        try (Function f = K.function(List.of(K.learningPhase()),
                List.of(y, K.inTestPhase(K.constant(1), K.constant(2))))) {
            List<NDArray> training = f.call(NDArray.scalar(DType.INT32, 1));
            List<NDArray> testing = f.call(NDArray.scalar(DType.INT32, 0));
            assertEquals(List.of(1.0, 2.0), training.stream().map(NDArray::item).toList());
            assertEquals(List.of(2.0, 1.0), testing.stream().map(NDArray::item).toList());
        }
        Tensor x = K.constant(3);
        K.setLearningPhase(1);
        assertSame(x, K.inTrainPhase(x, K.constant(4)));
        K.setLearningPhase(0);
        assertSame(x, K.inTestPhase(x, K.constant(4)));
    }

    @Test
    void aSessionSeedFixesTheDraws() {
        K.setRandomSeed(7);
        float[] first = K.eval(K.randomUniform(5)).toFloats();
        float[] second = K.eval(K.randomUniform(5)).toFloats();
        K.setRandomSeed(7);
        assertArrayEquals(first, K.eval(K.randomUniform(5)).toFloats());
        assertArrayEquals(second, K.eval(K.randomUniform(5)).toFloats());
    }
}
