package io.clarion.tensorflow.runtime;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A resource variable in a context. One that nobody closes is freed when it is garbage. */
public final class ContextVariable implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final AtomicLong MADE = new AtomicLong();

    private final DType dtype;
    private final Shape shape;
    private final Memory memory;
    private final Cleaner.Cleanable cleanable;

    /** The native memory of a variable, which has to be freed. */
    private record Memory(EagerContext context, String device, TensorHandle handle) implements Runnable {
        @Override
        public void run() {
            context.ifOpen(() -> {
                try (EagerCall destroy = context.call("DestroyResourceOp", device)) {
                    destroy.input(handle).run(0);
                }
                handle.close();
            });
        }
    }

    private ContextVariable(DType dtype, Shape shape, Memory memory) {
        this.dtype = dtype;
        this.shape = shape;
        this.memory = memory;
        this.cleanable = CLEANER.register(this, memory);
    }

    /** Returns a variable on a device of the context's with a copy of {@code value}. */
    public static ContextVariable of(EagerContext context, String device, NDArray value) {
        try (EagerCall make = context.call("VarHandleOp", device)) {
            TensorHandle handle = make.type("dtype", ElementType.stored(value.dtype()))
                    .shape("shape", value.shape().sizes())
                    .string("shared_name", "clarion_variable_" + MADE.incrementAndGet()).run(1).get(0);
            var variable = new ContextVariable(value.dtype(), value.shape(), new Memory(context, device, handle));
            variable.write(value);
            return variable;
        }
    }

    /** Returns the handle by which a function is given the variable. */
    public TensorHandle handle() {
        return memory.handle;
    }

    /** Returns a copy of the value. */
    public NDArray read() {
        NDArray value = NDArray.zeros(dtype, shape);
        try (EagerCall read = memory.context.call("ReadVariableOp", memory.device)) {
            List<TensorHandle> results = read.type("dtype", ElementType.stored(dtype)).input(memory.handle).run(1);
            try (TensorHandle result = results.get(0)) {
                result.read(value);
            }
        }
        return value;
    }

    /** Replaces the value. */
    public void write(NDArray value) {
        try (EagerCall assign = memory.context.call("AssignVariableOp", memory.device);
                TensorHandle handle = TensorHandle.of(value)) {
            assign.type("dtype", ElementType.stored(dtype)).input(memory.handle).input(handle).run(0);
        }
    }

    @Override
    public void close() {
        cleanable.clean();
    }
}
