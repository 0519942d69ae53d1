package io.clarion.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import org.junit.jupiter.api.Test;

class VariableTest {
    private final Variable variable = new Variable(NDArray.of(new float[] {1, 2}, 2), "weights");

    /** A storage that only keeps what it is given. */
    private static final class Kept implements Storage {
        private final Object device;
        private NDArray value;
        private boolean closed;

        private Kept(Object device, NDArray value) {
            this.device = device;
            this.value = value;
        }

        @Override
        public Object device() {
            return device;
        }

        @Override
        public NDArray read() {
            return value.copy();
        }

        @Override
        public void write(NDArray replacement) {
            value = replacement;
        }

        @Override
        public void inTurn(Runnable action) {
            action.run();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private Kept on(Object device) {
        return (Kept) variable.on(device, value -> new Kept(device, value));
    }

    @Test
    void theValueMovesToTheDeviceThatUsesIt() {
        Kept first = on("a");
        assertSame(first, on("a"));
        first.write(NDArray.of(new float[] {5, 6}, 2));
        Kept second = on("b");
        assertTrue(first.closed);
        assertArrayEquals(new double[] {5, 6}, second.read().toDoubles());
        variable.close();
        assertTrue(second.closed);
        assertArrayEquals(new double[] {5, 6}, variable.value().toDoubles());
    }

    @Test
    void aNewValueIsConvertedWhereverTheOldOneIs() {
        variable.set(NDArray.of(new double[] {3, 0.1}, 2));
        assertArrayEquals(new double[] {3, 0.1f}, variable.value().toDoubles());
        Kept storage = on("a");
        variable.set(NDArray.of(new int[] {7, 8}, 2));
        assertEquals(DType.FLOAT32, storage.read().dtype());
        assertArrayEquals(new double[] {7, 8}, variable.value().toDoubles());
    }

    @Test
    void aValueOfAnotherShapeIsRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> variable.set(NDArray.of(new float[3], 3)))
                .getMessage();
        assertTrue(message.contains("weights") && message.contains("(2,)") && message.contains("(3,)"), message);
    }

    @Test
    void whatIsReadOrGivenIsACopy() {
        variable.value().set(0, 9);
        NDArray given = NDArray.of(new float[] {3, 4}, 2);
        variable.set(given);
        given.set(0, 9);
        assertArrayEquals(new double[] {3, 4}, variable.value().toDoubles());
    }
}
