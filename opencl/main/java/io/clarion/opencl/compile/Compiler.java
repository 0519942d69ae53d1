package io.clarion.opencl.compile;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Simplify;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Takes a graph of known sizes through all stages, up to a {@link Compiled} that only wants buffers and a queue. */
public final class Compiler {
    private final Lowering lowering;
    private final MemoryPlan plan;
    private final Strategy strategy;
    private final Map<String, String> texts = new LinkedHashMap<>();

    private Compiler(Lowering lowering, MemoryPlan plan, Strategy strategy) {
        this.lowering = lowering;
        this.plan = plan;
        this.strategy = strategy;
    }

    /**
     * What a graph became.
     *
     * @param graph    the graph as it was written
     * @param prelude  what every program begins with
     * @param kernels  the kernels' OpenCL C by name
     * @param steps    what is done in order
     * @param slots    the sizes of the buffers for intermediate values and outputs, in bytes
     * @param inputs   for each of the graph's inputs the tensor that stands for it in arguments
     * @param outputs  for each of the graph's outputs where it lies
     * @param copies   variables that get a content at the end
     */
    public record Compiled(Graph graph, String prelude, Map<String, String> kernels, List<Step> steps, List<Long> slots, List<Tensor> inputs, List<Output> outputs,
            List<Copy> copies) {
        /** One program with all the kernels. */
        public String source() {
            return prelude + String.join("\n", kernels.values());
        }
    }

    /** What is done in its turn. */
    public sealed interface Step {
        /**
         * A launch of a kernel of the program; {@code what} it computes, for people.
         *
         * @param once whether a call may leave it out that finds the variables which it reads as the one before did
         */
        record Kernel(String kernel, List<Binding> arguments, int[] sizes, long[] global, long[] local, boolean once, String what, Cost cost) implements Step {}

        /** Steps repeated, the loop's element counted up, or down if {@code reversed}; {@code depth} is the number of loops around it. */
        record Repeat(int depth, int times, boolean reversed, List<Step> steps) implements Step {}

        /** One of two lists of steps: the first unless a scalar of {@code dtype} is 0. */
        record Choice(Binding condition, DType dtype, List<Step> then, List<Step> otherwise) implements Step {}
    }

    /** What is bound to a parameter. */
    public sealed interface Binding {
        record Slot(int number) implements Binding {}

        record Value(Variable variable) implements Binding {}

        record Given(int input) implements Binding {}

        record Fixed(Tensor constant) implements Binding {}

        record Draw() implements Binding {}

        record Size(int size) implements Binding {}

        /** The element of a loop that is at hand. */
        record Time(int depth) implements Binding {}

        /** Which half of a loop's buffers for carried values is read: 0 or 1, in turn. */
        record Half(int depth) implements Binding {}
    }

    /** An output: its tensor and its buffer. */
    public record Output(Tensor tensor, Binding place) {}

    /** A variable and what it gets once all kernels are done: from a slot, or from another variable of the same new value. */
    public record Copy(Variable variable, Binding from, long bytes) {}

    /** Compiles for a device with the given strategy. */
    public static Compiled compile(Graph graph, Strategy strategy) {
        Lowering lowering = Lowering.of(settled(Simplify.of(graph)), strategy);
        List<Item> items = Siblings.of(Chains.of(Fusion.of(lowering), lowering, strategy), lowering, strategy);
        MemoryPlan plan = MemoryPlan.of(items, lowering);
        var compiler = new Compiler(lowering, plan, strategy);
        List<Step> steps = compiler.steps(plan.order());
        String prelude = KernelFiles.text("common.cl") + KernelFiles.vectors(strategy.cpu()) + KernelFiles.text("random.cl")
                + (uses(graph, DType.FLOAT16) ? KernelFiles.text("half.cl") : "") + (usesOwnFunctions(graph) ? KernelFiles.functions(strategy.widths()) : "");
        List<Output> outputs = lowering.graph().outputs().stream().map(t -> new Output(t, compiler.binding(t))).toList();
        List<Copy> copies = plan.copies().stream()
                .map(u -> new Copy(u.variable(), compiler.binding(u.value()), MemoryPlan.bytes(u.value()))).toList();
        return new Compiled(graph, prelude, compiler.texts, steps, plan.bytes(), lowering.graph().inputs(), outputs, copies);
    }

    private static boolean usesOwnFunctions(Graph graph) {
        return Graph.allTensors(graph.results()).stream().anyMatch(t -> t.op() instanceof Op.Elementwise(ScalarFn fn) && ScalarText.isOwn(fn, t.dtype()));
    }

    private List<Step> steps(List<Item> items) {
        return items.stream().filter(Compiler::isNeeded).flatMap(this::launched).toList();
    }

    /** Whether there is anything to compute. */
    private static boolean isNeeded(Item item) {
        return switch (item) {
            case Work w -> w.elements() > 0;
            case Item.Chain chain -> true;
            case Item.Siblings siblings -> true;
            case Item.Nested(Nest.Sorted sorted, var none) -> sorted.rows() > 0;
            case Item.Nested other -> true;
        };
    }

    private Stream<Step> launched(Item item) {
        if (item instanceof Item.Nested(Nest.Repeat loop, List<List<Item>> parts) && parts.get(0).size() == 1 && parts.get(0).get(0) instanceof Item.Chain chain) {
            return new ChainKernel(chain, lowering, strategy).launches(loop).stream().map(launch -> {
                int steps = launch.sizes()[4] - launch.sizes()[3];
                return kernel(launch, false, steps + " times: " + chain, cost(chain.stages()).times(steps));
            });
        }
        return Stream.of(step(item));
    }

    private Step step(Item item) {
        return switch (item) {
            case Work w -> kernel(Emit.of(w, lowering, strategy), lowering.lasts(w), w.toString(), Cost.of(w, lowering));
            case Item.Nested(Nest.Sorted sorted, List<List<Item>> none) -> kernel(Emit.of(sorted, lowering, strategy), false,
                    "places of " + sorted.indices().shape() + " indices by row", new Cost(MemoryPlan.bytes(sorted.indices()),
                            MemoryPlan.bytes(sorted.starts()) + MemoryPlan.bytes(sorted.order()), 0));
            case Item.Chain chain -> kernel(new ChainKernel(chain, lowering, strategy).launch(), false, chain.toString(), cost(chain.stages()));
            case Item.Siblings siblings -> kernel(SiblingsKernel.of(siblings, lowering, strategy), false, siblings.toString(), cost(siblings.works()));
            case Item.Nested(Nest.Repeat loop, List<List<Item>> parts) ->
                    new Step.Repeat(loop.depth(), loop.steps(), loop.reversed(), steps(parts.get(0)));
            case Item.Nested(Nest.Choice choice, List<List<Item>> parts) ->
                    new Step.Choice(binding(choice.condition()), choice.condition().dtype(), steps(parts.get(0)), steps(parts.get(1)));
        };
    }

    private Cost cost(List<Work> works) {
        return works.stream().map(w -> Cost.of(w, lowering)).reduce(Cost.NONE, Cost::plus);
    }

    private Step kernel(Launch launch, boolean once, String what, Cost cost) {
        KernelText.Source source = launch.text().source(KernelFiles::text);
        texts.putIfAbsent(source.name(), source.text());
        List<Binding> bindings = launch.text().arguments().stream().map(this::binding).toList();
        return new Step.Kernel(source.name(), bindings, launch.sizes(), launch.global(), launch.local(), once, what, cost);
    }

    private Binding binding(KernelText.Argument argument) {
        return switch (argument) {
            case KernelText.Argument.Stored(Tensor t) -> binding(t);
            case KernelText.Argument.Draw() -> new Binding.Draw();
            case KernelText.Argument.Counter(String name) when name.startsWith(Cell.TIME) -> new Binding.Time(depth(name, Cell.TIME));
            case KernelText.Argument.Counter(String name) -> new Binding.Half(depth(name, Cell.HALF));
            case KernelText.Argument.Size(int size) -> new Binding.Size(size);
            case KernelText.Argument.Local l -> throw new AssertionError("only stages have rows of " + l.tensor());
        };
    }

    private static int depth(String counter, String word) {
        return Integer.parseInt(counter.substring(word.length()));
    }

    /** Results that are leaves become identities of them, so that each has a kernel that makes it. */
    private static Graph settled(Graph graph) {
        return graph.with(Compiler::made, Compiler::made);
    }

    private static Tensor made(Tensor t) {
        return t.op() instanceof Op.Leaf ? Tensor.of(new Op.Stop(), t) : t;
    }

    private Binding binding(Tensor t) {
        int input = lowering.graph().inputs().indexOf(t);
        if (input >= 0) {
            return new Binding.Given(input);
        }
        if (t.op() instanceof Op.Read(Variable v)) {
            return new Binding.Value(v);
        }
        if (t.op() instanceof Op.Constant) {
            return new Binding.Fixed(t);
        }
        return plan.inPlace().containsKey(t) ? new Binding.Value(plan.inPlace().get(t)) : new Binding.Slot(plan.slots().get(t));
    }

    /** The dtypes that a graph computes with, for devices that lack some. */
    public static boolean uses(Graph graph, DType dtype) {
        return Graph.allTensors(graph.results()).stream().anyMatch(t -> t.dtype() == dtype);
    }
}
