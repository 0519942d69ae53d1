package io.clarion.tensorflow.translate;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensorflow.runtime.EagerContext;
import io.clarion.tensorflow.runtime.ElementType;
import io.clarion.tensorflow.runtime.FunctionBuilder;
import io.clarion.tensorflow.runtime.Output;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph that has become a function of a context. The function takes the graph's inputs, the handles of
 * {@link #variables}, and, if {@link #draws}, two uint64 numbers: 0 and the number of the call. It returns the outputs
 * and, if there are updates, one more value when they are done.
 */
public final class TranslatedGraph implements AutoCloseable {
    private final List<Variable> variables;
    private final Functions functions;
    private final String name;
    private final boolean draws;

    private TranslatedGraph(List<Variable> variables, Functions functions, String name, boolean draws) {
        this.variables = variables;
        this.functions = functions;
        this.name = name;
        this.draws = draws;
    }

    /** Translates a graph whose sizes are all known, to a function whose name begins with {@code prefix}. */
    public static TranslatedGraph of(Graph graph, EagerContext context, String prefix) {
        var functions = new Functions(context, prefix);
        try (FunctionBuilder function = new FunctionBuilder()) {
            return built(graph, functions, function);
        } catch (RuntimeException e) {
            functions.remove();
            throw e;
        }
    }

    private static TranslatedGraph built(Graph graph, Functions functions, FunctionBuilder function) {
        var tf = new Nodes(function);
        var casts = new Casts(tf);
        Map<Tensor, Output> given = new IdentityHashMap<>();
        for (Tensor in : graph.inputs()) {
            given.put(in, casts.loaded(function.input(ElementType.stored(in.dtype()), in.shape().sizes()), in.dtype()));
        }
        List<Variable> variables = List.copyOf(graph.variables());
        Map<Variable, Output> handles = new IdentityHashMap<>();
        variables.forEach(v -> handles.put(v, function.input(ElementType.RESOURCE)));
        boolean draws = Graph.allTensors(graph.results()).stream().anyMatch(t -> t.op() instanceof Op.Random);
        Output counter = draws ? function.input(ElementType.UINT64, 2) : null;

        var reads = new ArrayList<Output>();
        for (Tensor t : graph.tensors()) {
            if (t.op() instanceof Op.Read(Variable v)) {
                Output value = tf.node("ReadVariableOp").inputs(handles.get(v))
                        .set("dtype", ElementType.stored(v.dtype())).output();
                reads.add(value);
                // The shape is not the handle's in TensorFlow's eyes.
                given.put(t, casts.loaded(
                        tf.node("EnsureShape").inputs(value).shape("shape", v.shape().sizes()).output(), v.dtype()));
            }
        }
        List<Output> values = new Translation(tf, functions, counter, given, graph.results()).values();
        var results = new ArrayList<Output>();
        for (int i = 0; i < values.size(); i++) {
            results.add(casts.stored(values.get(i), graph.results().get(i).dtype()));
        }
        int outputs = graph.outputs().size();
        var returned = new ArrayList<>(results.subList(0, outputs));
        if (!graph.updates().isEmpty()) {
            returned.add(updated(tf, graph, handles, reads, results));
        }
        return new TranslatedGraph(variables, functions, functions.add(function, "call", returned), draws);
    }

    /**
     * Assigns the variables once all reads are done and all results known, so that a call that fails has updated
     * nothing.
     */
    private static Output updated(Nodes tf, Graph graph, Map<Variable, Output> handles, List<Output> reads,
            List<Output> results) {
        var before = new ArrayList<>(reads);
        before.addAll(results);
        Output known = tf.node("NoOp").after(before).output();
        var assigned = new ArrayList<Output>();
        for (int i = 0; i < graph.updates().size(); i++) {
            Output value = results.get(graph.outputs().size() + i);
            assigned.add(tf.node("AssignVariableOp").inputs(handles.get(graph.updates().get(i).variable()), value)
                    .after(List.of(known)).output());
        }
        return tf.node("Identity").inputs(tf.scalar(DType.INT32, 0)).after(assigned).output();
    }

    /** Returns the variables whose handles a call gives, in order. */
    public List<Variable> variables() {
        return variables;
    }

    /** Returns the name under which the context calls the function. */
    public String name() {
        return name;
    }

    /** Returns whether a call gives its number. */
    public boolean draws() {
        return draws;
    }

    /** Returns what the function consists of, for people. */
    public String describe() {
        return functions.names().size() + " TensorFlow functions of "
                + functions.operations().values().stream().mapToInt(n -> n).sum() + " operations: "
                + String.join(", ",
                        functions.operations().entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList());
    }

    /** Lets the context forget the function. */
    @Override
    public void close() {
        functions.remove();
    }
}
