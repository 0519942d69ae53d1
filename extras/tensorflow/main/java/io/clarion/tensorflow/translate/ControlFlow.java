package io.clarion.tensorflow.translate;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensorflow.runtime.ElementType;
import io.clarion.tensorflow.runtime.FunctionBuilder;
import io.clarion.tensorflow.runtime.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * Loops and branches, whose bodies become functions of their own.
 *
 * @param counter of {@link RandomNumbers}, which sides of a branch may need
 */
record ControlFlow(Nodes tf, Functions functions, Output counter) {
    /**
     * Emits a loop: the number of the step, the carried values, what all steps are given, and a list for each stack go
     * from step to step.
     *
     * @param used the numbers of the results that are needed
     * @return the results by their numbers, null for those that are not needed
     */
    List<Output> loop(Bundle.Loop loop, List<Output> in, SortedSet<Integer> used) {
        int steps = loop.steps().size();
        List<Integer> stacks = used.stream().filter(i -> i >= loop.carried()).toList();
        var state = new ArrayList<Output>();
        state.add(tf.scalar(DType.INT32, 0));
        state.addAll(in);
        stacks.forEach(
                i -> state.add(tf.node("TensorListReserve").inputs(element(loop, i), tf.scalar(DType.INT32, steps))
                        .set("element_dtype", ElementType.computed(loop.dtype(i))).output()));
        List<Output> last = tf.node("StatelessWhile").list(state).function("cond", condition(loop, stacks))
                .function("body", body(loop, stacks))
                .set("_lower_using_switch_merge", true).outputs(state.size());
        Output[] results = new Output[loop.results()];
        for (int i = 0; i < loop.carried(); i++) {
            results[i] = last.get(1 + i);
        }
        for (int k = 0; k < stacks.size(); k++) {
            int i = stacks.get(k);
            Output stack = tf.node("TensorListStack").inputs(last.get(1 + in.size() + k), element(loop, i))
                    .set("element_dtype", ElementType.computed(loop.dtype(i))).set("num_elements", steps).output();
            results[i] = tf.reshape(stack, loop.shape(i));
        }
        return Arrays.asList(results);
    }

    private Output element(Bundle.Loop loop, int result) {
        return tf.ints(loop.body().results().get(result).shape().sizes());
    }

    /** Returns the inputs of both functions of a loop. */
    private static List<Output> state(FunctionBuilder function, Bundle.Loop loop, int stacks) {
        var state = new ArrayList<Output>();
        state.add(function.input(ElementType.INT32));
        for (int i = 0; i < loop.body().parameters().size(); i++) {
            Tensor parameter = loop.body().parameters().get(i);
            boolean isSequence = i >= loop.carried() && i < loop.carried() + loop.sequences();
            int[] sizes = parameter.shape().sizes();
            int[] all = new int[sizes.length + 1];
            all[0] = loop.steps().size();
            System.arraycopy(sizes, 0, all, 1, sizes.length);
            state.add(function.input(ElementType.computed(parameter.dtype()), isSequence ? all : sizes));
        }
        for (int i = 0; i < stacks; i++) {
            state.add(function.input(ElementType.VARIANT));
        }
        return state;
    }

    private String condition(Bundle.Loop loop, List<Integer> stacks) {
        try (FunctionBuilder function = new FunctionBuilder()) {
            var inner = new Nodes(function);
            Output step = state(function, loop, stacks.size()).get(0);
            return functions.add(function, "condition",
                    List.of(inner.op("Less", step, inner.scalar(DType.INT32, loop.steps().size()))));
        }
    }

    private String body(Bundle.Loop loop, List<Integer> stacks) {
        try (FunctionBuilder function = new FunctionBuilder()) {
            var inner = new Nodes(function);
            List<Output> state = state(function, loop, stacks.size());
            Output step = state.get(0);
            Output place = loop.reversed() ? inner.op("Sub", inner.scalar(DType.INT32, loop.steps().size() - 1), step)
                    : step;
            List<Tensor> parameters = loop.body().parameters();
            Map<Tensor, Output> given = new IdentityHashMap<>();
            for (int i = 0; i < parameters.size(); i++) {
                boolean isSequence = i >= loop.carried() && i < loop.carried() + loop.sequences();
                given.put(parameters.get(i), isSequence ? inner.gather(state.get(1 + i), place, 0) : state.get(1 + i));
            }
            var wanted = new ArrayList<>(loop.body().results().subList(0, loop.carried()));
            stacks.forEach(i -> wanted.add(loop.body().results().get(i)));
            List<Output> made = new Translation(inner, functions, null, given, wanted).values();
            var next = new ArrayList<>(state);
            next.set(0, inner.op("AddV2", step, inner.scalar(DType.INT32, 1)));
            for (int i = 0; i < loop.carried(); i++) {
                next.set(1 + i, made.get(i));
            }
            for (int k = 0; k < stacks.size(); k++) {
                int list = 1 + parameters.size() + k;
                next.set(list, inner.op("TensorListSetItem", state.get(list), place, made.get(loop.carried() + k)));
            }
            return functions.add(function, "step", next);
        }
    }

    /**
     * Emits a branch, of which the side that is not chosen is not computed; the first input is the condition, of type
     * {@code dtype}.
     */
    List<Output> branch(Bundle.Branch branch, List<Output> in, DType dtype) {
        Output condition = new Casts(tf).of(in.get(0), dtype, DType.BOOL);
        boolean draws = branch.bodies().stream().anyMatch(ControlFlow::draws);
        var given = new ArrayList<>(in.subList(1, in.size()));
        if (draws) {
            given.add(counter);
        }
        List<ElementType> types = branch.then().results().stream().map(t -> ElementType.computed(t.dtype())).toList();
        return tf.node("StatelessIf").inputs(condition).list(given).types("Tout", types)
                .function("then_branch", side(branch.then(), draws))
                .function("else_branch", side(branch.otherwise(), draws)).set("_lower_using_switch_merge", true)
                .outputs(types.size());
    }

    private static boolean draws(Body body) {
        return Graph.allTensors(body.results()).stream().anyMatch(t -> t.op() instanceof Op.Random);
    }

    private String side(Body body, boolean draws) {
        try (FunctionBuilder function = new FunctionBuilder()) {
            Map<Tensor, Output> given = new IdentityHashMap<>();
            body.parameters()
                    .forEach(p -> given.put(p, function.input(ElementType.computed(p.dtype()), p.shape().sizes())));
            Output draw = draws ? function.input(ElementType.UINT64, 2) : null;
            return functions.add(function, "side",
                    new Translation(new Nodes(function), functions, draw, given, body.results()).values());
        }
    }
}
