package io.clarion.reference;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Tensors in order, each computed from the arrays of its inputs; an array is dropped after its last reader. */
final class Computation {
    /** A node, where its inputs' values are, and which values nobody needs after it. */
    private record Step(Tensor tensor, List<Integer> inputs, List<Integer> last) {}

    private final List<Tensor> roots;
    private final List<Step> steps;
    private final Map<Tensor, Integer> places = new IdentityHashMap<>();
    private final Map<Tensor, Repetition> repetitions = new IdentityHashMap<>();
    private final Map<Tensor, List<Computation>> sides = new IdentityHashMap<>();

    Computation(List<Tensor> roots) {
        this.roots = roots;
        List<Tensor> order = Graph.tensors(roots);
        Map<Tensor, SortedSet<Integer>> used = new IdentityHashMap<>();
        for (Tensor t : order) {
            places.put(t, places.size());
            if (t.op() instanceof Op.Result(int number)) {
                used.computeIfAbsent(t.input(0), x -> new TreeSet<>()).add(number);
            }
        }
        used.forEach((bundle, numbers) -> {
            switch ((Bundle) bundle.op()) {
                case Bundle.Loop loop -> repetitions.put(bundle, new Repetition(loop, numbers));
                case Bundle.Branch branch ->
                        sides.put(bundle, branch.bodies().stream().map(b -> new Computation(b.results())).toList());
            }
        });
        this.steps = steps(order);
    }

    private List<Step> steps(List<Tensor> order) {
        int[] lastReader = new int[order.size()];
        order.forEach(t -> t.inputs().forEach(in -> lastReader[places.get(in)] = places.get(t)));
        roots.forEach(t -> lastReader[places.get(t)] = order.size());
        return order.stream().map(t -> {
            List<Integer> inputs = t.inputs().stream().map(places::get).toList();
            return new Step(t, inputs,
                    inputs.stream().filter(in -> lastReader[in] == places.get(t)).distinct().toList());
        }).toList();
    }

    /** Returns the roots' values; {@code given} has those of parameters. */
    List<double[]> run(Interpreter call, Map<Tensor, double[]> given) {
        // Of a bundle all the values that are used, by number; of any other tensor its one value.
        double[][][] values = new double[steps.size()][][];
        for (Step step : steps) {
            Tensor t = step.tensor();
            double[][][] in = step.inputs().stream().map(i -> values[i]).toArray(double[][][]::new);
            values[places.get(t)] = switch (t.op()) {
                case Op.Parameter p -> new double[][] {given.get(t)};
                case Bundle.Loop loop -> repetitions.get(t).run(call, first(in));
                case Bundle.Branch branch -> chosen(t, branch, call, first(in));
                case Op.Result(int number) -> new double[][] {in[0][number]};
                case Op other -> new double[][] {call.value(t, first(in))};
            };
            step.last().forEach(i -> values[i] = null);
        }
        return roots.stream().map(t -> values[places.get(t)][0]).toList();
    }

    private static double[][] first(double[][][] values) {
        return Arrays.stream(values).map(v -> v[0]).toArray(double[][]::new);
    }

    private double[][] chosen(Tensor t, Bundle.Branch branch, Interpreter call, double[][] in) {
        int side = in[0][0] != 0 ? 0 : 1;
        Body body = branch.bodies().get(side);
        Map<Tensor, double[]> parameters = new IdentityHashMap<>();
        for (int i = 0; i < body.parameters().size(); i++) {
            parameters.put(body.parameters().get(i), in[i + 1]);
        }
        return sides.get(t).get(side).run(call, parameters).toArray(double[][]::new);
    }

    /** A loop of which some results are used. */
    private static final class Repetition {
        private final Bundle.Loop loop;
        private final List<Integer> stacks;
        private final Computation body;

        Repetition(Bundle.Loop loop, SortedSet<Integer> used) {
            this.loop = loop;
            this.stacks = used.stream().filter(i -> i >= loop.carried()).toList();
            var wanted = new ArrayList<>(loop.body().results().subList(0, loop.carried()));
            stacks.forEach(i -> wanted.add(loop.body().results().get(i)));
            this.body = new Computation(wanted);
        }

        double[][] run(Interpreter call, double[][] in) {
            int steps = loop.steps().size();
            double[][] results = new double[loop.results()][];
            stacks.forEach(i -> results[i] = new double[steps * elements(loop.body().results().get(i))]);
            System.arraycopy(in, 0, results, 0, loop.carried());
            Map<Tensor, double[]> given = new IdentityHashMap<>();
            List<Tensor> parameters = loop.body().parameters();
            for (int step = 0; step < steps; step++) {
                int place = loop.reversed() ? steps - 1 - step : step;
                for (int i = 0; i < parameters.size(); i++) {
                    given.put(parameters.get(i), i < loop.carried() ? results[i]
                            : i < loop.carried() + loop.sequences() ? element(in[i], place, elements(parameters.get(i)))
                                    : in[i]);
                }
                List<double[]> made = body.run(call, given);
                IntStream.range(0, loop.carried()).forEach(i -> results[i] = made.get(i));
                for (int i = 0; i < stacks.size(); i++) {
                    double[] value = made.get(loop.carried() + i);
                    System.arraycopy(value, 0, results[stacks.get(i)], place * value.length, value.length);
                }
            }
            return results;
        }

        private static int elements(Tensor t) {
            return t.shape().elements();
        }

        private static double[] element(double[] sequence, int place, int length) {
            return Arrays.copyOfRange(sequence, place * length, (place + 1) * length);
        }
    }
}
