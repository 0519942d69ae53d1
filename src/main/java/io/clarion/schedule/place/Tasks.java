package io.clarion.schedule.place;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The tasks of a graph, each placed on a device as one: a tensor; a loop or branch with its results; a variable with
 * all that reads it. A placeholder, a constant, a random number or the like is no task: it is computed wherever it is
 * needed.
 */
final class Tasks {
    /** Bytes of a variable that may be sent in each call. */
    private static final long SMALL = 1024;
    private final Graph graph;
    private final List<List<Tensor>> tensors = new ArrayList<>();
    private final Map<Tensor, Integer> tasks = new HashMap<>();
    private final Map<Variable, Integer> reads = new HashMap<>();

    /** Those of a graph whose sizes are known, each after what it needs. */
    Tasks(Graph graph) {
        this.graph = graph;
        graph.tensors().stream().filter(t -> !isAnywhere(t)).forEach(t -> {
            int task = switch (t.op()) {
                case Op.Result r -> tasks.get(t.input(0));
                case Op.Read(Variable v) -> reads.computeIfAbsent(v, x -> added());
                default -> added();
            };
            tasks.put(t, task);
            tensors.get(task).add(t);
        });
    }

    private int added() {
        tensors.add(new ArrayList<>());
        return tensors.size() - 1;
    }

    Graph graph() {
        return graph;
    }

    /** Returns whether a tensor is computed wherever it is needed. */
    static boolean isAnywhere(Tensor t) {
        return t.op() instanceof Op.Leaf && !(t.op() instanceof Op.Read);
    }

    int size() {
        return tensors.size();
    }

    List<Tensor> tensors(int task) {
        return tensors.get(task);
    }

    /** Returns the task that computes {@code t}; empty if that is done anywhere. */
    Optional<Integer> of(Tensor t) {
        return Optional.ofNullable(tasks.get(t));
    }

    /** Returns the task that reads a variable; empty if none does. */
    Optional<Integer> reading(Variable v) {
        return Optional.ofNullable(reads.get(v));
    }

    /** Returns the tasks whose results one needs. */
    Set<Integer> needs(int task) {
        Set<Integer> needs = new LinkedHashSet<>();
        tensors(task).forEach(t -> t.inputs().stream().map(tasks::get).filter(Objects::nonNull).forEach(needs::add));
        needs.remove(task);
        return needs;
    }

    /** Returns the id of the device that has to do a task; empty if none has to. */
    Optional<String> device(int task) {
        return tensors(task).stream().map(Tensor::device).filter(Objects::nonNull).findFirst();
    }

    /**
     * Of each task a number; those of one have to be on one device: who reads a variable that is not small, and what
     * that becomes, since sending it in each call would take long.
     */
    int[] groups() {
        int[] groups = IntStream.range(0, size()).toArray();
        for (int t = 0; t < size(); t++) {
            int at = t;
            tensors(t).stream().flatMap(x -> x.inputs().stream())
                    .filter(in -> in.op() instanceof Op.Read && bytes(in) > SMALL)
                    .forEach(in -> unite(groups, at, tasks.get(in)));
        }
        graph.updates().stream().filter(
                u -> bytes(u.value()) > SMALL && reads.containsKey(u.variable()) && tasks.containsKey(u.value()))
                .forEach(u -> unite(groups, reads.get(u.variable()), tasks.get(u.value())));
        return IntStream.range(0, size()).map(t -> first(groups, t)).toArray();
    }

    private static int first(int[] groups, int task) {
        return groups[task] == task ? task : first(groups, groups[task]);
    }

    /** Makes one group of those of two tasks, unless they have to be on different devices. */
    private void unite(int[] groups, int a, int b) {
        int one = first(groups, a);
        int other = first(groups, b);
        Set<String> devices = IntStream.range(0, size())
                .filter(t -> first(groups, t) == one || first(groups, t) == other).boxed()
                .flatMap(t -> device(t).stream()).collect(Collectors.toSet());
        if (devices.size() < 2) {
            groups[Math.max(one, other)] = Math.min(one, other);
        }
    }

    /** Returns the bytes of what others may need of a task. */
    long bytes(int task) {
        boolean isBundle = tensors(task).size() > 1 && !(tensors(task).get(0).op() instanceof Op.Read);
        return (isBundle ? tensors(task).stream().skip(1) : Stream.of(tensors(task).get(0))).mapToLong(Tasks::bytes)
                .sum();
    }

    static long bytes(Tensor t) {
        return (long) t.shape().elements() * t.dtype().bytes();
    }

    /** Returns whether a task is the value of a variable. */
    boolean isVariable(int task) {
        return tensors(task).get(0).op() instanceof Op.Read;
    }
}
