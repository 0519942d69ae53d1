package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.SparseArray;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sparse placeholders and variables do what dense ones of the same values do. */
class KSparseTest {
    private static final NDArray MATRIX = NDArray.of(new float[] {0, 2, 0, 0, -1, 0, 0, 3, 0, 0, 0, 0}, 3, 4);
    private static final SparseArray SPARSE = SparseArray.of(MATRIX);

    @BeforeEach
    void start() {
        K.useDevice("reference:0");
    }

    private static Tensor sparse(int... shape) {
        return K.placeholder(shape, null, DType.FLOAT32, true, "s");
    }

    private static Tensor dense(int... shape) {
        return K.placeholder(shape, DType.FLOAT32);
    }

    private static NDArray values(int... shape) {
        NDArray a = NDArray.zeros(DType.FLOAT32, io.clarion.tensor.Shape.of(shape));
        for (int i = 0; i < a.elements(); i++) {
            a.set(i, Math.sin(1 + 2 * i));
        }
        return a;
    }

    @Test
    void aMatrixIsTheSameFromCoordinatesRowsAndElements() {
        NDArray stored = NDArray.of(new float[] {2, -1, 3}, 3);
        for (SparseArray s : List.of(SPARSE, SparseArray.coo(stored, new int[] {0, 1, 1}, new int[] {1, 0, 3}, 3, 4),
                SparseArray.csr(stored, new int[] {1, 0, 3}, new int[] {0, 1, 3, 3}, 3, 4))) {
            assertArrayEquals(MATRIX.toFloats(), s.toDense().toFloats());
            assertArrayEquals(MATRIX.toFloats(), K.eval(K.variable(s)).toFloats());
        }
    }

    @Test
    void valuesAtOnePlaceAddUp() {
        SparseArray twice = SparseArray.coo(NDArray.of(new float[] {2, 3}, 2), new int[] {1, 1}, new int[] {0, 0}, 2,
                1);
        assertArrayEquals(new float[] {0, 5}, twice.toDense().toFloats());
        assertArrayEquals(new float[] {0, 5}, K.eval(K.variable(twice)).toFloats());
        assertArrayEquals(new float[] {0, 5}, K.eval(K.dot(K.variable(twice), K.ones(1))).toFloats());
    }

    @Test
    void aVariableKeepsItsValue() {
        Tensor v = K.variable(SPARSE);
        assertTrue(K.isSparse(v));
        assertFalse(K.isSparse(K.toDense(v)));
        assertArrayEquals(new int[] {3, 4}, K.intShape(v));
        assertEquals(3, K.getSparseValue(v).stored());
        assertArrayEquals(MATRIX.toFloats(), K.getValue(v).toFloats());
        assertEquals("setValue: a sparse matrix keeps its value",
                assertThrows(IllegalArgumentException.class, () -> K.setValue(v, MATRIX)).getMessage());
    }

    /** Values and gradients of a function of a sparse and a dense tensor. */
    private static void sameAsDense(BinaryOperator<Tensor> net, SparseArray matrix, NDArray y) {
        Tensor s = sparse(-1, matrix.shape().size(1));
        Tensor d = dense(-1, matrix.shape().size(1));
        Tensor w = dense(y.shape().sizes());
        Tensor bySparse = net.apply(s, w);
        Tensor byDense = net.apply(d, w);
        try (Function f = K.function(List.of(s, w),
                List.of(bySparse, K.gradients(K.square(bySparse), w), K.gradients(K.square(bySparse), s)));
                Function g = K.function(List.of(d, w),
                        List.of(byDense, K.gradients(K.square(byDense), w), K.gradients(K.square(byDense), d)))) {
            List<NDArray> got = f.call(matrix, y);
            List<NDArray> want = g.call(matrix.toDense(), y);
            assertEquals(want.get(0).shape(), got.get(0).shape());
            assertArrayEquals(want.get(0).toFloats(), got.get(0).toFloats(), 1e-6f);
            assertArrayEquals(want.get(1).toFloats(), got.get(1).toFloats(), 1e-6f);
            for (int i = 0; i < matrix.shape().elements(); i++) {
                assertEquals(matrix.toDense().get(i) == 0 ? 0 : want.get(2).get(i), got.get(2).get(i), 1e-6);
            }
        }
    }

    @Test
    void productsAreThoseOfTheDenseMatrix() {
        sameAsDense(K::dot, SPARSE, values(4, 5));
        sameAsDense(K::dot, SPARSE, values(4));
        sameAsDense(K::dot, SPARSE, values(2, 4, 3));
        sameAsDense((s, w) -> K.dot(w, s), SPARSE, values(2, 5, 3));
        sameAsDense((s, w) -> K.dot(w, s), SPARSE, values(3));
        sameAsDense((s, w) -> K.dot(K.transpose(s), w), SPARSE, values(3, 2));
        sameAsDense((s, w) -> K.relu(K.dot(s, w)), SparseArray.of(values(40, 6)), values(6, 2));
        sameAsDense(K::dot, SparseArray.of(NDArray.zeros(DType.FLOAT32, MATRIX.shape())), values(4, 2));
    }

    @Test
    void jointMatricesStaySparse() {
        sameAsDense((s, w) -> K.dot(K.concatenate(List.of(s, s), 0), w), SPARSE, values(4, 2));
        sameAsDense((s, w) -> K.dot(K.concatenate(List.of(s, s), 1), w), SPARSE, values(8, 2));
        assertTrue(K.isSparse(K.concatenate(List.of(sparse(3, 4), K.transpose(sparse(5, 3))))));
        assertFalse(K.isSparse(K.concatenate(List.of(sparse(3, 4), dense(3, 4)))));
    }

    @Test
    void allOtherFunctionsUseTheDenseMatrix() {
        sameAsDense((s, w) -> K.softmax(s.times(w)), SPARSE, values(3, 4));
        sameAsDense((s, w) -> K.sum(K.toDense(s).plus(w), 0), SPARSE, values(3, 4));
    }

    @Test
    void aProductHasNoNodeOfTheMatrix() {
        Tensor s = sparse(1_000_000, 500_000);
        Tensor w = K.placeholder(new int[] {500_000, 2}, DType.FLOAT32);
        Tensor loss = K.sum(K.square(K.dot(s, w)));
        List<Tensor> all = Graph.tensors(List.of(loss, K.gradients(loss, w)));
        assertTrue(all.stream().noneMatch(
                t -> t.shape().rank() == 2 && t.shape().dim(0).is(1_000_000) && t.shape().dim(1).is(500_000)));
    }

    @Test
    void matricesOfAboutAsManyValuesShareAnExecutable() {
        Tensor s = sparse(-1, -1);
        try (Function f = K.function(List.of(s), List.of(K.dot(s, K.ones(4))))) {
            assertEquals(f.explain(SPARSE), f.explain(SparseArray.of(values(3, 4))));
            assertArrayEquals(new float[] {2, 2, 0}, f.call(SPARSE).get(0).toFloats());
        }
    }

    private static void refuses(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Function f = K.function(List.of(sparse(-1, 4)), List.of());
        refuses("call: input 0 (s) is sparse, the value given is not; SparseArray.of(value) would do",
                () -> f.call(MATRIX));
        refuses("call: input 0 (s) has shape (None, 4), the value given has (4, 3)",
                () -> f.call(SparseArray.of(values(4, 3))));
        Function g = K.function(List.of(K.placeholder(new int[] {3, 4}, DType.FLOAT32, "d")), List.of());
        refuses("call: input 0 (d) is not sparse, the value given is; value.toDense() would do", () -> g.call(SPARSE));
        refuses("placeholder: a sparse tensor is a matrix; shape (2,) is none", () -> sparse(2));
        refuses("dot: the last axis of x (3, 4) has 4 elements, the first of y (3, 2) has 3",
                () -> K.dot(sparse(3, 4), dense(3, 2)));
        refuses("column 4 of value 0 is outside; there are 4",
                () -> SparseArray.coo(NDArray.of(new float[1], 1), new int[] {0}, new int[] {4}, 3, 4));
        refuses("row starts have to rise from 0 to the number of values, 1, and be one more than there are rows in shape (3, 4)",
                () -> SparseArray.csr(NDArray.of(new float[1], 1), new int[] {0}, new int[] {0, 1}, 3, 4));
        refuses("getSparseValue: Literal[dtype=FLOAT32, value=1.0] float32() is not sparse",
                () -> K.getSparseValue(K.constant(1)));
    }
}
