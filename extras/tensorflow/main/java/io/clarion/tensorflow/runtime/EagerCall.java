package io.clarion.tensorflow.runtime;

import static org.tensorflow.internal.c_api.global.tensorflow.TFE_DeleteOp;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_Execute;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_NewOp;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_OpAddInput;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_OpSetAttrShape;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_OpSetAttrString;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_OpSetAttrType;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_OpSetDevice;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.tensorflow.internal.c_api.TFE_Context;
import org.tensorflow.internal.c_api.TFE_Op;
import org.tensorflow.internal.c_api.TFE_TensorHandle;

/**
 * A call of one operation or function, given its inputs in order and then run; the context stays open until the same
 * thread closes it.
 */
public final class EagerCall implements AutoCloseable {
    private final String name;
    private final EagerContext context;
    private final Status status = new Status();
    private final TFE_Op op;

    EagerCall(EagerContext context, String name, String device) {
        this.name = name;
        this.context = context;
        TFE_Context open = context.enter();
        try {
            this.op = TFE_NewOp(open, name, status.pointer());
            check();
            TFE_OpSetDevice(op, device, status.pointer());
            check();
        } catch (RuntimeException e) {
            context.leave();
            throw e;
        }
    }

    private void check() {
        status.check(name);
    }

    /** Adds an input. */
    public EagerCall input(TensorHandle value) {
        TFE_OpAddInput(op, value.pointer(), status.pointer());
        check();
        return this;
    }

    /** Sets an attribute that is a type. */
    public EagerCall type(String attribute, ElementType type) {
        TFE_OpSetAttrType(op, attribute, type.code());
        return this;
    }

    /** Sets an attribute that is a shape. */
    public EagerCall shape(String attribute, int[] sizes) {
        TFE_OpSetAttrShape(op, attribute, HostTensors.longs(sizes), sizes.length, status.pointer());
        check();
        return this;
    }

    /** Sets an attribute that is a string. */
    public EagerCall string(String attribute, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        try (BytePointer pointer = new BytePointer(bytes)) {
            TFE_OpSetAttrString(op, attribute, pointer, bytes.length);
        }
        return this;
    }

    /** Runs the call and returns its outputs, which the caller closes. */
    public List<TensorHandle> run(int outputs) {
        try (PointerPointer<TFE_TensorHandle> results = new PointerPointer<>(Math.max(1, outputs));
                IntPointer count = new IntPointer(1)) {
            count.put(outputs);
            TFE_Execute(op, results, count, status.pointer());
            check();
            return IntStream.range(0, outputs).mapToObj(i -> new TensorHandle(results.get(TFE_TensorHandle.class, i)))
                    .toList();
        }
    }

    @Override
    public void close() {
        TFE_DeleteOp(op);
        status.close();
        context.leave();
    }
}
