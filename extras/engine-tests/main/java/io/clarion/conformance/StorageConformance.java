package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.Graph;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Variables move to the device that uses them, and back. */
public interface StorageConformance extends TestedEngine {
    private static Graph counting(Variable v) {
        return new Graph(List.of(), List.of(), List.of(new Graph.Update(v, TestedEngine.read(v).plus(1))));
    }

    @Test
    default void aVariableFollowsTheFunctionsThatUseIt() {
        try (var v = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(9)), "v");
                var here = new Function(counting(v), device());
                var there = new Function(counting(v), TestedEngine.reference())) {
            for (int round = 0; round < 3; round++) {
                here.call();
                assertTrue(v.isOn(device()));
                there.call();
                assertFalse(v.isOn(device()));
            }
            here.call();
            assertEquals(7, v.value().get(8));
        }
    }

    @Test
    default void aValueThatIsSetIsReadByTheNextCall() {
        try (var v = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(4)), "v");
                var f = new Function(counting(v), device())) {
            f.call();
            v.set(TestedEngine.counting(4, 10));
            assertTrue(v.isOn(device()));
            f.call();
            assertArrayEquals(TestedEngine.counting(4, 11).toDoubles(), v.value().toDoubles());
        }
    }

    @Test
    default void aVariableThatClosesLeavesNothingOnTheDevice() {
        long before = device().memoryHeld();
        var v = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(1000)), "v");
        TestedEngine.call(device(), counting(v));
        v.close();
        assertFalse(v.isOn(device()));
        assertEquals(1, v.value().get(999));
        assertEquals(before, device().memoryHeld());
    }

    @Test
    default void emptyAndScalarVariablesAreKeptToo() {
        try (var empty = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(0, 3)), "empty");
                var one = new Variable(NDArray.scalar(DType.INT64, 1L << 40), "one")) {
            TestedEngine.call(device(), counting(empty));
            TestedEngine.call(device(), counting(one));
            assertEquals(Shape.of(0, 3), empty.value().shape());
            assertEquals((1L << 40) + 1, one.value().getLong(0));
        }
    }
}
