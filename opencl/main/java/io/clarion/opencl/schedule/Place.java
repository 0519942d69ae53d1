package io.clarion.opencl.schedule;

import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Kernel;
import java.util.ArrayList;
import java.util.List;

/** A buffer that arguments of kernels are bound to, and that may be another in each call. */
final class Place {
    private final List<Argument> arguments = new ArrayList<>();
    private Buffer buffer;

    private record Argument(Kernel kernel, int number) {}

    /** Returns the buffer at hand; null if there is none. */
    Buffer buffer() {
        return buffer;
    }

    /** Has an argument follow this place. */
    void bind(Kernel kernel, int number) {
        arguments.add(new Argument(kernel, number));
        if (buffer != null) {
            kernel.arg(number, buffer);
        }
    }

    /** Puts a buffer here; if that fails, none is here. */
    void put(Buffer next) {
        if (next != buffer) {
            buffer = null;
            arguments.forEach(a -> a.kernel.arg(a.number, next));
            buffer = next;
        }
    }

    /** Returns what is here no more. */
    Buffer take() {
        Buffer taken = buffer;
        buffer = null;
        return taken;
    }
}
