package io.clarion.tensorflow.runtime;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteGraph;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GraphToFunction;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewGraph;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewOperation;

import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Function;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Operation;
import org.tensorflow.internal.c_api.TF_Tensor;

/**
 * Builds a function of an {@link EagerContext}: inputs, operations, outputs. For one thread, which closes the builder
 * before those that it opened earlier.
 */
public final class FunctionBuilder implements AutoCloseable {
    private final PointerScope scope = new PointerScope();
    private final TF_Graph graph = TF_NewGraph();
    private final List<Output> inputs = new ArrayList<>();
    private final Map<String, Integer> operations = new TreeMap<>();
    private int made;

    /** Adds an input of a known shape. */
    public Output input(ElementType type, int... shape) {
        Output input = node("Placeholder").set("dtype", type).shape("shape", shape).output();
        inputs.add(input);
        return input;
    }

    /** Begins an operation. */
    public Node node(String type) {
        operations.merge(type, 1, Integer::sum);
        return new Node(type, TF_NewOperation(graph, type, "n" + made++));
    }

    /** Adds an array that never changes. */
    public Output constant(NDArray value) {
        TF_Tensor tensor = HostTensors.of(value);
        try {
            return node("Const").set("dtype", ElementType.stored(value.dtype())).tensor("value", tensor).output();
        } finally {
            TF_DeleteTensor(tensor);
        }
    }

    /** Returns how many operations there are of each type. */
    public Map<String, Integer> operations() {
        return new TreeMap<>(operations);
    }

    /** Ends the function and adds it to {@code context}. */
    public void addTo(EagerContext context, String name, List<Output> outputs) {
        List<Output> named = outputs.stream().map(o -> node("Identity").inputs(o).output()).toList();
        try (Status status = new Status()) {
            TF_Function function = TF_GraphToFunction(graph, new BytePointer(name), (byte) 0, -1, (TF_Operation) null,
                    inputs.size(), Output.array(inputs),
                    named.size(), Output.array(named), (BytePointer) null, null, null, status.pointer());
            status.check("function " + name + " could not be built");
            context.add(function);
        }
    }

    @Override
    public void close() {
        TF_DeleteGraph(graph);
        scope.close();
    }
}
