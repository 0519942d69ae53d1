package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.config.Configuration;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which dtypes K's functions give, and floatx. */
class KDTypesTest {
    private Configuration before;

    @BeforeEach
    void start() {
        K.useDevice("reference:0");
        before = Session.configuration();
    }

    @AfterEach
    void restore() {
        Session.configure(c -> before);
    }

    private static Tensor ones(DType dtype) {
        return K.constant(1, dtype, 3, 4);
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT16", "FLOAT32", "FLOAT64"})
    void floatxIsTheTypeWhereNoneIsGiven(DType floatx) {
        K.setFloatx(floatx.word());
        Tensor ints = ones(DType.INT32);
        for (Tensor t : new Tensor[] {K.zeros(2), K.ones(2), K.eye(2), K.constant(1), K.variable(2), K.placeholder(2),
                K.randomUniform(2), K.randomNormal(2),
                K.randomBinomial(new int[] {2}, 0.5), K.randomUniformVariable(new int[] {2}, 0, 1),
                K.randomNormalVariable(new int[] {2}, 0, 1),
                K.oneHot(ints, 3), K.mean(ints), K.var(ones(DType.BOOL)), K.std(ones(DType.UINT8)),
                K.variable(new float[] {1}, 1),
                K.variable(NDArray.of(new double[] {1}, 1)), ints.times(0.5), ints.div(2), ints.div(ints),
                K.pow(K.cast(ints, floatx), 1.5),
                K.maximum(ints, 0.5), K.dropout(ones(floatx), 0.5), K.dropout(ints, 0.5), ones(DType.BOOL).plus(1)}) {
            assertEquals(floatx, t.dtype(), t::toString);
        }
        assertEquals(floatx, K.castToFloatx(NDArray.of(new long[] {1}, 1)).dtype());
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void functionsKeepTheDtypeOfTheirArguments(DType dtype) {
        DType number = dtype == DType.BOOL ? DType.INT32 : dtype;
        Tensor x = ones(dtype);
        for (Tensor t : new Tensor[] {K.zerosLike(x), K.onesLike(x), K.reshape(x, 12), K.transpose(x),
                K.concatenate(java.util.List.of(x, x)), K.tile(x, 1, 2),
                K.gather(x, K.constant(NDArray.of(new long[] {2}, 1))),
                K.variable(NDArray.zeros(dtype, x.shape()), dtype), K.reverse(x, 0)}) {
            assertEquals(dtype, t.dtype(), t::toString);
        }
        for (Tensor t : new Tensor[] {K.sum(x), K.prod(x), K.max(x), K.min(x, 0)}) {
            assertEquals(number, t.dtype(), t::toString);
        }
        for (Tensor t : new Tensor[] {K.any(x), K.all(x, 1), K.equal(x, x), K.lesser(x, 1)}) {
            assertEquals(DType.BOOL, t.dtype(), t::toString);
        }
        assertEquals(DType.INT32, K.argmax(x).dtype());
        assertEquals(dtype.promote(DType.INT32), K.dot(x, K.transpose(x)).dtype());
        assertEquals(12, K.eval(K.sum(x)).item());
        assertEquals(4, K.eval(K.dot(x, K.transpose(x))).get(8));
    }

    @Test
    void aMeanOfHalvesDoesNotOverflow() {
        Tensor x = K.constant(NDArray.of(DType.FLOAT16, new double[] {60000, 60000, 30000}, 3));
        assertEquals(DType.FLOAT16, K.mean(x).dtype());
        assertEquals(49984, K.eval(K.mean(x)).item());
    }

    @Test
    void uniformHalvesStayBelowOne() {
        int[] shape = {20_000};
        for (Tensor x : new Tensor[] {K.randomUniform(shape, 0, 1, DType.FLOAT16, 7),
                K.randomUniformVariable(shape, 0, 1, DType.FLOAT16, null, 7)}) {
            double[] values = K.eval(x).toDoubles();
            assertTrue(Arrays.stream(values).allMatch(v -> v >= 0 && v < 1));
            assertEquals(1 - 0x1p-11, Arrays.stream(values).max().orElseThrow());
        }
        assertTrue(Arrays.stream(K.eval(K.randomNormal(shape, 0, 1, DType.FLOAT16, 7)).toDoubles())
                .allMatch(Double::isFinite));
    }

    @Test
    void drawsOfWholeNumbersSpreadOverTheRange() {
        double[] values = K.eval(K.randomUniform(new int[] {1000}, 0, 4, DType.INT32, 7)).toDoubles();
        assertArrayEquals(new double[] {0, 1, 2, 3}, Arrays.stream(values).distinct().sorted().toArray());
    }

    @Test
    void longIndicesBeyondInt32AreOutside() {
        Tensor rows = K.constant(NDArray.of(new float[] {1, 2}, 2));
        Tensor indices = K.variable(NDArray.of(new long[] {1, (1L << 32) + 1, -(1L << 32)}, 3), DType.INT64);
        assertThrows(IllegalArgumentException.class, () -> K.eval(K.gather(rows, indices)));
        assertArrayEquals(new double[] {0, 1, 0, 0, 0, 0}, K.eval(K.oneHot(indices, 2)).toDoubles());
    }
}
