package io.clarion.theano.worker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;

/** An array's place in the file. */
public record Slot(long at, DType dtype, Shape shape) {
    /** Returns the number of bytes that an array takes. */
    static long bytes(DType dtype, Shape shape) {
        return (long) shape.elements() * dtype.bytes();
    }

    /** Returns the place after this one, for the next array. */
    long end() {
        return at + bytes(dtype, shape);
    }

    /** Describes the array and its place in a message. */
    public void describe(ObjectNode message) {
        message.put("at", at);
        describe(message, dtype, shape);
    }

    /** Describes an array in a message. */
    public static void describe(ObjectNode message, DType dtype, Shape shape) {
        message.put("dtype", dtype.word());
        var sizes = message.putArray("shape");
        for (int size : shape.sizes()) {
            sizes.add(size);
        }
    }

    /** Copies an array into the file. */
    public void put(MappedFile file, NDArray array) {
        file.slice(at, array.bytes().remaining()).put(array.bytes());
    }

    /** Copies what lies in the file into an array of as many bytes. */
    public void get(MappedFile file, NDArray array) {
        array.bytes().put(file.slice(at, array.bytes().remaining()));
    }
}
