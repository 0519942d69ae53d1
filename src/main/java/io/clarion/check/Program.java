package io.clarion.check;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A function of K's functions, and its calls.
 *
 * @param floatx  K's floating-point type meanwhile
 * @param steps   in order
 * @param feeds   what the steps that make placeholders are given
 * @param outputs numbers of steps
 * @param batches the batch's size in each call
 */
record Program(DType floatx, List<Step> steps, Map<Integer, Drawn> feeds, List<Integer> outputs,
        List<Integer> batches) {
    Program {
        steps = List.copyOf(steps);
        feeds = Map.copyOf(feeds);
        outputs = List.copyOf(outputs);
        batches = List.copyOf(batches);
    }

    /** A program's graph, what each call gives it, and its variables with their first values. */
    record Built(Graph graph, List<List<Value>> calls, Map<Variable, NDArray> variables) {}

    /** Calls K for each step. */
    Built build() {
        Map<Integer, Object> values = values();
        Map<Tensor, Drawn> inputs = new LinkedHashMap<>();
        steps.stream().filter(s -> feeds.containsKey(s.number()))
                .forEach(s -> inputs.put((Tensor) values.get(s.number()), feeds.get(s.number())));
        List<Graph.Update> updates = steps.stream().map(s -> values.get(s.number()))
                .filter(Graph.Update.class::isInstance).map(Graph.Update.class::cast).toList();
        var graph = new Graph(List.copyOf(inputs.keySet()),
                outputs.stream().map(o -> (Tensor) new Argument.Ref(o).value(values)).toList(), updates);
        var calls = new ArrayList<List<Value>>();
        for (int batch : batches) {
            int call = calls.size();
            calls.add(inputs.values().stream().map(d -> d.given(batch, call)).toList());
        }
        Map<Variable, NDArray> variables = new LinkedHashMap<>();
        values.values().forEach(v -> {
            if (v instanceof Tensor t && t.op() instanceof Op.Read(Variable variable)) {
                variables.put(variable, variable.value());
            }
        });
        return new Built(graph, calls, variables);
    }

    /** Returns the value of each step. */
    Map<Integer, Object> values() {
        K.setFloatx(floatx);
        Map<Integer, Object> values = new HashMap<>();
        steps.forEach(s -> values.put(s.number(), s.run(values)));
        return values;
    }

    /** Returns this program without the steps that neither an output nor an update needs. */
    Program needed() {
        List<Step> kept = needed(steps, outputs);
        Set<Integer> numbers = kept.stream().map(Step::number).collect(Collectors.toSet());
        Map<Integer, Drawn> fed = new HashMap<>(feeds);
        fed.keySet().retainAll(numbers);
        return new Program(floatx, kept, fed, outputs, batches);
    }

    /** Returns the steps that results or updates need. */
    static List<Step> needed(List<Step> steps, List<Integer> results) {
        Set<Integer> needed = new HashSet<>(results);
        var kept = new ArrayList<Step>();
        for (int i = steps.size() - 1; i >= 0; i--) {
            Step s = steps.get(i);
            boolean isPhase = s.name().equals("learningPhase")
                    && kept.stream().anyMatch(x -> x.name().endsWith("Phase"));
            if (needed.contains(s.number()) || isUpdate(s) || isPhase) {
                s.needs().forEach(needed::add);
                kept.add(0, s);
            }
        }
        return kept;
    }

    static boolean isUpdate(Step s) {
        return s.name().startsWith("update") || s.name().equals("movingAverageUpdate");
    }

    /** Returns this program with other steps. */
    Program with(List<Step> others) {
        return new Program(floatx, others, feeds, outputs, batches);
    }

    /** Returns this program with other outputs. */
    Program withOutputs(List<Integer> others) {
        return new Program(floatx, steps, feeds, others, batches);
    }

    /** Returns this program with other calls. */
    Program withBatches(List<Integer> others) {
        return new Program(floatx, steps, feeds, outputs, others);
    }

    /** Returns this program with another size in place of {@code size}. */
    Program with(int size, int other) {
        Map<Integer, Drawn> fed = new HashMap<>();
        feeds.forEach((step, drawn) -> fed.put(step, with(drawn, size, other)));
        return new Program(floatx, steps.stream().map(s -> s.with(size, other)).toList(), fed, outputs, batches);
    }

    /** Returns an array with another size in place of {@code size}. */
    static Drawn with(Drawn drawn, int size, int other) {
        return new Drawn(drawn.dtype(), drawn.seed(), drawn.low(), drawn.high(),
                drawn.sizes().stream().map(n -> n == size ? other : n).toList(), drawn.isSparse());
    }

    /** Returns this and other programs, whose steps have other numbers, as one function. */
    static Program together(List<Program> programs) {
        Map<Integer, Drawn> feeds = new HashMap<>();
        programs.forEach(p -> feeds.putAll(p.feeds));
        return new Program(programs.get(0).floatx, programs.stream().flatMap(p -> p.steps.stream()).toList(), feeds,
                programs.stream().flatMap(p -> p.outputs.stream()).toList(), programs.get(0).batches);
    }

    /** Returns the lines of Java that do the same. */
    String text() {
        var lines = new ArrayList<String>();
        if (floatx != DType.FLOAT32) {
            lines.add("K.setFloatx(DType." + floatx + ");");
        }
        steps.forEach(s -> lines.add(s.text()));
        String inputs = names(steps.stream().map(Step::number).filter(feeds::containsKey).toList());
        String updates = names(steps.stream().filter(Program::isUpdate).map(Step::number).toList());
        lines.add("var f = K.function(" + inputs + ", " + names(outputs)
                + (updates.equals("List.of()") ? "" : ", " + updates) + ");");
        for (int call = 0; call < batches.size(); call++) {
            String batch = String.valueOf(batches.get(call));
            String number = call == 0 ? "" : " + " + call;
            lines.add("f.call("
                    + steps.stream().filter(s -> feeds.containsKey(s.number())).map(s -> feeds.get(s.number()))
                            .map(d -> d.text(batch, number)).collect(Collectors.joining(", "))
                    + ");");
        }
        return String.join("\n", lines);
    }

    private static String names(List<Integer> steps) {
        return new LinkedHashSet<>(steps).stream().map(s -> "t" + s).collect(Collectors.joining(", ", "List.of(", ")"));
    }
}
