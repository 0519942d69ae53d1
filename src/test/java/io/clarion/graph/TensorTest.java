package io.clarion.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.reference.Evaluation;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
    private final Tensor matrix = Tensor.constant(NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
    private final Tensor ints = Tensor.constant(NDArray.of(new int[] {1, 2, 3}, 3));

    @Test
    void arithmeticBroadcastsAndPromotes() {
        Tensor sum = matrix.plus(ints);
        assertEquals(DType.FLOAT32, sum.dtype());
        assertArrayEquals(new double[] {2, 4, 6, 5, 7, 9}, Evaluation.of(sum).toDoubles());
        assertEquals(DType.INT32, ints.times(2).dtype());
        assertEquals(DType.FLOAT32, ints.times(0.5).dtype());
        assertEquals(DType.FLOAT32, ints.div(ints).dtype());
        assertArrayEquals(new double[] {0.5, 1, 1.5}, Evaluation.of(ints.div(2)).toDoubles());
        assertEquals(DType.BOOL, ints.less(matrix).dtype());
    }

    @Test
    void aNumberTakesTheDtypeOfItsTensorIfThatHasIt() {
        Tensor bytes = Tensor.constant(NDArray.of(new byte[] {1}, 1));
        Tensor halves = Tensor.constant(NDArray.of(DType.FLOAT16, new double[] {1}, 1));
        assertEquals(DType.UINT8, bytes.plus(255).dtype());
        assertEquals(DType.INT32, bytes.plus(-1).dtype());
        assertEquals(DType.INT32, bytes.number(256).dtype());
        assertEquals(DType.INT64, ints.plus(1L << 31).dtype());
        assertEquals(DType.INT32, ints.plus(Integer.MIN_VALUE).dtype());
        assertEquals(DType.FLOAT32, ints.number(0x1p63).dtype());
        assertEquals(DType.FLOAT32, ints.number(Double.NEGATIVE_INFINITY).dtype());
        assertEquals(DType.FLOAT32, bytes.times(0.5).dtype());
        assertEquals(DType.FLOAT32, ints.greater(1).number(1).dtype());
        assertEquals(DType.FLOAT16, halves.plus(0.1).dtype());
        assertEquals(DType.FLOAT16, halves.div(bytes).dtype());
        assertEquals(DType.FLOAT16, halves.plus(ints).dtype());
    }

    @Test
    void functionsRefuseTypesTheyHaveNoMeaningFor() {
        String message = assertThrows(IllegalArgumentException.class, () -> ints.apply(ScalarFn.EXP)).getMessage();
        assertTrue(message.contains("exp") && message.contains("int32") && message.contains("cast"), message);
        Tensor truth = ints.greater(1);
        assertThrows(IllegalArgumentException.class, () -> truth.neg());
        assertThrows(IllegalArgumentException.class, () -> ints.apply(ScalarFn.NOT));
        assertThrows(IllegalArgumentException.class, () -> Tensor.map(ScalarFn.SELECT, ints, ints, ints));
    }

    @Test
    void shapesThatDoNotFitAreErrorsAtOnce() {
        assertThrows(IllegalArgumentException.class, () -> matrix.plus(Tensor.constant(NDArray.of(new float[2], 2))));
        assertThrows(IllegalArgumentException.class, () -> matrix.reshape(Shape.of(4)));
        assertThrows(IllegalArgumentException.class, () -> matrix.slice(1, 2, Dim.of(2)));
        assertThrows(IllegalArgumentException.class, () -> matrix.view(new Movement.Windows(1, 4, 1, 1)));
        assertThrows(IllegalArgumentException.class, () -> matrix.view(new Movement.Broadcast(Shape.of(2, 4))));
        assertThrows(IllegalArgumentException.class,
                () -> matrix.view(new Movement.Pad(List.of(0, 0), List.of(1, 2), Shape.of(2, 4), 0)));
        assertThrows(IllegalArgumentException.class,
                () -> Tensor.of(new Op.Concat(0), matrix, matrix.reshape(Shape.of(3, 2))));
    }

    @Test
    void whatChangesNothingIsTheTensorItself() {
        assertSame(matrix, matrix.reshape(Shape.of(2, 3)));
        assertSame(matrix, matrix.permute(List.of(0, 1)));
        assertSame(matrix, matrix.broadcast(Shape.of(2, 3)));
        assertSame(matrix, matrix.cast(DType.FLOAT32));
        assertSame(matrix, matrix.sum(List.of()));
    }

    @Test
    void sumsAreOverTheAxesNamed() {
        assertArrayEquals(new double[] {6, 15}, Evaluation.of(matrix.sum(List.of(1))).toDoubles());
        assertArrayEquals(new double[] {5, 7, 9}, Evaluation.of(matrix.sum(List.of(0))).toDoubles());
        assertEquals(21, Evaluation.of(matrix.sum(List.of(0, 1))).item());
        assertArrayEquals(new double[] {5, 7, 9}, Evaluation.of(matrix.sumTo(Shape.of(3))).toDoubles());
        assertArrayEquals(new double[] {6, 15}, Evaluation.of(matrix.sumTo(Shape.of(2, 1))).toDoubles());
    }

    @Test
    void aContractionThatOnlyPlacesElementsIsAView() {
        var turned = new Contraction(List.of(Dim.of(2), Dim.of(3), Dim.of(2)), List.of(List.of(0, 1)), List.of(1, 2, 0),
                List.of());
        Tensor y = turned.apply(List.of(matrix));
        assertInstanceOf(Op.View.class, y.op());
        assertArrayEquals(new double[] {1, 4, 1, 4, 2, 5, 2, 5, 3, 6, 3, 6}, Evaluation.of(y).toDoubles());
    }

    @Test
    void mixedTypesAreRefusedWhereTheyMeet() {
        var product = new Contraction(List.of(Dim.of(3)), List.of(List.of(0), List.of(0)), List.of(), List.of());
        for (Op op : List.of(new Op.Concat(0), new Op.Contract(product))) {
            assertEquals("dtypes int32 and float32 differ; cast one of them",
                    assertThrows(IllegalArgumentException.class, () -> Tensor.of(op, ints, ints.cast(DType.FLOAT32)))
                            .getMessage());
        }
        for (Op op : List.of(new Op.Gather(), new Op.ScatterAdd(Dim.of(3)))) {
            assertEquals("indices are float32; int32 would do: cast them",
                    assertThrows(IllegalArgumentException.class, () -> Tensor.of(op, ints, ints.cast(DType.FLOAT32)))
                            .getMessage());
        }
    }

    @Test
    void aContractionRefusesOperandsOfOtherShapes() {
        var dot = new Contraction(List.of(Dim.of(2), Dim.of(4)), List.of(List.of(0, 1)), List.of(0), List.of());
        String message = assertThrows(IllegalArgumentException.class, () -> dot.apply(List.of(matrix))).getMessage();
        assertTrue(message.contains("(2, 3)") && message.contains("(2, 4)"), message);
    }
}
