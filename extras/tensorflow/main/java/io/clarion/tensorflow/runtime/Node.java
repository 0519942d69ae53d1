package io.clarion.tensorflow.runtime;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_AddControlInput;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_AddInput;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_AddInputList;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_FinishOperation;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetAttrBool;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetAttrFuncName;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetAttrInt;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetAttrIntList;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetAttrShape;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetAttrString;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetAttrTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetAttrType;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetAttrTypeList;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.tensorflow.internal.c_api.TF_Operation;
import org.tensorflow.internal.c_api.TF_OperationDescription;
import org.tensorflow.internal.c_api.TF_Tensor;

/**
 * An operation of a function that is being built: inputs in the order of its definition, then attributes. Types and
 * lengths that follow from the inputs need not be set.
 */
public final class Node {
    private final String type;
    private final TF_OperationDescription description;

    Node(String type, TF_OperationDescription description) {
        this.type = type;
        this.description = description;
    }

    /** Adds inputs of one tensor each. */
    public Node inputs(Output... values) {
        for (Output value : values) {
            TF_AddInput(description, value.pointer());
        }
        return this;
    }

    /** Adds an input that is a list of tensors. */
    public Node list(List<Output> values) {
        TF_AddInputList(description, Output.array(values), values.size());
        return this;
    }

    /** Lets this run after what computes the given values. */
    public Node after(List<Output> values) {
        values.forEach(value -> TF_AddControlInput(description, value.operation()));
        return this;
    }

    public Node set(String attribute, ElementType value) {
        TF_SetAttrType(description, attribute, value.code());
        return this;
    }

    public Node types(String attribute, List<ElementType> values) {
        TF_SetAttrTypeList(description, attribute, values.stream().mapToInt(ElementType::code).toArray(),
                values.size());
        return this;
    }

    public Node set(String attribute, long value) {
        TF_SetAttrInt(description, attribute, value);
        return this;
    }

    public Node set(String attribute, boolean value) {
        TF_SetAttrBool(description, attribute, (byte) (value ? 1 : 0));
        return this;
    }

    public Node set(String attribute, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        TF_SetAttrString(description, attribute, new BytePointer(bytes), bytes.length);
        return this;
    }

    public Node ints(String attribute, int... values) {
        TF_SetAttrIntList(description, attribute, HostTensors.longs(values), values.length);
        return this;
    }

    public Node shape(String attribute, int... sizes) {
        TF_SetAttrShape(description, attribute, HostTensors.longs(sizes), sizes.length);
        return this;
    }

    /** Sets an attribute that is the name of a function. */
    public Node function(String attribute, String name) {
        TF_SetAttrFuncName(description, attribute, name, name.length());
        return this;
    }

    Node tensor(String attribute, TF_Tensor value) {
        try (Status status = new Status()) {
            TF_SetAttrTensor(description, attribute, value, status.pointer());
            status.check(type + ": attribute " + attribute);
        }
        return this;
    }

    /** Finishes the operation and returns its first output. */
    public Output output() {
        return outputs(1).get(0);
    }

    /** Finishes the operation and returns its first {@code count} outputs. */
    public List<Output> outputs(int count) {
        TF_Operation operation = finished();
        return IntStream.range(0, count).mapToObj(i -> new Output(operation, i)).toList();
    }

    private TF_Operation finished() {
        try (Status status = new Status()) {
            TF_Operation operation = TF_FinishOperation(description, status.pointer());
            status.check(type);
            return operation;
        }
    }
}
