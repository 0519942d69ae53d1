package io.clarion.graph;

import io.clarion.tensor.Dim;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The graph of a function: outputs and new values of variables from inputs.
 *
 * @param inputs            placeholders, in the order in which a call gives their values; for a function also sparse
 *                          matrices that consist of placeholders, which an engine gets in place of them
 * @param outputs           in the order in which a call returns them
 * @param updates           all computed from the old values, then applied at once
 * @param volatileVariables variables that another function updates between calls, so that what is made of them is not
 *                          cached
 */
public record Graph(List<Tensor> inputs, List<Tensor> outputs, List<Update> updates, Set<Variable> volatileVariables) {
    /** A variable and what it becomes: a tensor of its shape and dtype. */
    public record Update(Variable variable, Tensor value) {
        public Update {
            if (!variable.shape().accepts(value.shape()) || variable.dtype() != value.dtype()) {
                throw new IllegalArgumentException("variable " + variable + " cannot become a "
                        + value.dtype().word() + value.shape());
            }
        }
    }

    public Graph {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        updates = List.copyOf(updates);
        volatileVariables = Set.copyOf(volatileVariables);
    }

    /** Makes a graph whose variables no other function updates between most calls. */
    public Graph(List<Tensor> inputs, List<Tensor> outputs, List<Update> updates) {
        this(inputs, outputs, updates, Set.of());
    }

    /** Returns whether a variable is likely to change between calls: what is made of it is not worth keeping. */
    public boolean isVolatile(Variable variable) {
        return volatileVariables.contains(variable) || updates.stream().anyMatch(u -> u.variable() == variable);
    }

    /** Returns everything that has to be computed: the outputs, then the updates' values. */
    public List<Tensor> results() {
        var results = new ArrayList<>(outputs);
        updates.forEach(u -> results.add(u.value()));
        return results;
    }

    /** Returns all variables that a call reads or changes. */
    public Set<Variable> variables() {
        Set<Variable> variables = new LinkedHashSet<>();
        for (Tensor t : allTensors(results())) {
            if (t.op() instanceof Op.Read(Variable v)) {
                variables.add(v);
            }
        }
        updates.forEach(u -> variables.add(u.variable()));
        return variables;
    }

    /** Returns the ids of the devices that have to compute some of it. */
    public Set<String> devices() {
        return tensors().stream().map(Tensor::device).filter(Objects::nonNull)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Returns all tensors that the results need, each after its inputs. */
    public List<Tensor> tensors() {
        return tensors(results());
    }

    /** Returns all tensors that {@code roots} need, each after its inputs. */
    public static List<Tensor> tensors(List<Tensor> roots) {
        return TopologicalOrder.of(roots, Tensor::inputs);
    }

    /** Returns the same as {@link #tensors}, those in the bodies of loops and branches included. */
    public static List<Tensor> allTensors(List<Tensor> roots) {
        return TopologicalOrder.of(roots, t -> {
            if (!(t.op() instanceof Bundle bundle)) {
                return t.inputs();
            }
            var needs = new ArrayList<>(t.inputs());
            bundle.bodies().forEach(b -> needs.addAll(b.parameters()));
            bundle.bodies().forEach(b -> needs.addAll(b.results()));
            return needs;
        });
    }

    /**
     * Returns this graph with every tensor replaced, inputs first, those in the bodies of loops and branches included.
     *
     * @param rewrite gives the new tensor for an old one and its new inputs
     */
    public Graph rewrite(BiFunction<Tensor, List<Tensor>, Tensor> rewrite) {
        Map<Tensor, Tensor> now = new IdentityHashMap<>();
        for (Tensor in : inputs) {
            now.put(in, rewrite.apply(in, List.of()));
        }
        for (Tensor t : allTensors(results())) {
            if (!now.containsKey(t)) {
                now.put(t, rewrite.apply(withBodies(t, now), t.inputs().stream().map(now::get).toList()));
            }
        }
        return new Graph(inputs.stream().map(now::get).toList(), outputs, updates, volatileVariables).with(now::get,
                now::get);
    }

    /** Returns this graph with others in place of the outputs, and of what variables become. */
    public Graph with(UnaryOperator<Tensor> output, UnaryOperator<Tensor> value) {
        return new Graph(inputs, outputs.stream().map(output).toList(),
                updates.stream().map(u -> new Update(u.variable(), value.apply(u.value()))).toList(),
                volatileVariables);
    }

    /** Returns {@code t} with its bodies, if it has any, as they are {@code now}. */
    private static Tensor withBodies(Tensor t, Map<Tensor, Tensor> now) {
        if (!(t.op() instanceof Bundle bundle)) {
            return t;
        }
        List<Body> bodies = bundle.bodies().stream().map(b -> b.mapped(now)).toList();
        return bodies.equals(bundle.bodies()) ? t : t.with(bundle.with(bodies), t.inputs());
    }

    /** Returns this graph for known sizes; an {@link IllegalArgumentException} says where they do not fit. */
    public Graph specialise(Map<Dim.Symbol, Integer> sizes) {
        return rewrite((t, in) -> t.with(t.op().resolve(sizes), in));
    }
}
