package io.clarion.opencl.compile;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.codegen.KernelFiles;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.codegen.ScalarText;
import io.clarion.opencl.compile.kernel.Emit;
import io.clarion.opencl.compile.kernel.FusedRowsKernel;
import io.clarion.opencl.compile.kernel.SideBySideKernel;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Cost;
import io.clarion.opencl.compile.program.Counters;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.program.Program;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Takes a graph of known sizes through all stages, up to a {@link Compiled} that only wants buffers and a queue. */
public final class Compiler {
    private final MemoryPlan plan;
    private final Strategy strategy;
    private final Map<String, String> texts = new LinkedHashMap<>();

    private Compiler(MemoryPlan plan, Strategy strategy) {
        this.plan = plan;
        this.strategy = strategy;
    }

    /**
     * A compiled graph: kernels, steps and buffers.
     *
     * @param graph    the graph as it was written
     * @param strategy what it was compiled for
     * @param prelude  what every program begins with
     * @param kernels  the kernels' OpenCL C by name
     * @param steps    what is done in order
     * @param slots    the sizes of the buffers for intermediate values and outputs, in bytes
     * @param inputs   for each of the graph's inputs the tensor that stands for it in arguments
     * @param outputs  for each of the graph's outputs where it lies
     * @param copies   variables that get a content at the end
     */
    public record Compiled(Graph graph, Strategy strategy, String prelude, Map<String, String> kernels,
            List<Step> steps, List<Long> slots, List<Tensor> inputs, List<Output> outputs,
            List<Copy> copies) {
        /**
         * Returns what a call moves and computes: loops are counted as often as they run, of a choice its first side.
         */
        public Cost cost() {
            return cost(steps);
        }

        private static Cost cost(List<Step> steps) {
            Cost sum = Cost.NONE;
            for (Step step : steps) {
                sum = sum.plus(switch (step) {
                    case Step.Kernel k -> k.cost();
                    case Step.Repeat loop -> cost(loop.steps()).times(loop.times());
                    case Step.Choice choice -> cost(choice.then());
                });
            }
            return sum;
        }

        /** Returns one program with all the kernels. */
        public String source() {
            return prelude + String.join("\n", kernels.values());
        }
    }

    /** A step of a call: a launch, or control flow. */
    public sealed interface Step {
        /**
         * A launch of a kernel of the program; {@code what} it computes, for people.
         *
         * @param once whether a call may leave it out that finds the variables which it reads as the one before did
         */
        public record Kernel(String kernel, List<Binding> arguments, int[] sizes, long[] global, long[] local,
                boolean once, String what, Cost cost) implements Step {}

        /**
         * Steps repeated, the loop's element counted up, or down if {@code reversed}; {@code depth} is the number of
         * loops around it.
         */
        record Repeat(int depth, int times, boolean reversed, List<Step> steps) implements Step {}

        /** One of two lists of steps: the first unless a scalar of {@code dtype} is 0. */
        record Choice(Binding condition, DType dtype, List<Step> then, List<Step> otherwise) implements Step {}
    }

    /** The source of a kernel's argument. */
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

    /**
     * A variable and what it gets once all kernels are done: from a slot, or from another variable of the same new
     * value.
     */
    public record Copy(Variable variable, Binding from, long bytes) {}

    /** Compiles for a device with the given strategy. */
    public static Compiled compile(Graph graph, Strategy strategy) {
        var passes = new Passes(strategy);
        Program program = passes.program(graph);
        var compiler = new Compiler(MemoryPlan.of(program), strategy);
        List<Step> steps = compiler.steps(compiler.plan.order());
        String prelude = KernelFiles.text("common.cl") + KernelFiles.vectors(strategy.cpu())
                + KernelFiles.text("random.cl")
                + (uses(graph, DType.FLOAT16) ? KernelFiles.text("half.cl") : "")
                + (usesOwnFunctions(graph) ? KernelFiles.functions(strategy.widths()) : "");
        Graph typed = passes.prepared();
        List<Output> outputs = IntStream.range(0, program.outputs().size())
                .mapToObj(i -> new Output(typed.outputs().get(i), compiler.binding(program.outputs().get(i)))).toList();
        List<Copy> copies = compiler.plan.copies().stream()
                .map(u -> new Copy(u.variable(), compiler.binding(u.value()), u.value().bytes())).toList();
        return new Compiled(graph, strategy, prelude, compiler.texts, steps, compiler.plan.bytes(), typed.inputs(),
                outputs, copies);
    }

    private static boolean usesOwnFunctions(Graph graph) {
        return Graph.allTensors(graph.results()).stream()
                .anyMatch(t -> t.op() instanceof Op.Elementwise(ScalarFn fn) && ScalarText.isOwn(fn, t.dtype()));
    }

    private List<Step> steps(List<Node> nodes) {
        return nodes.stream().filter(Compiler::isNeeded).flatMap(this::launched).toList();
    }

    /** Returns whether there is anything to compute. */
    private static boolean isNeeded(Node node) {
        return switch (node) {
            case Kernel kernel -> kernel.elements() > 0;
            case Node.Sort sort -> sort.rows() > 0;
            case Node other -> true;
        };
    }

    private Stream<Step> launched(Node node) {
        if (node instanceof Node.Repeat loop && loop.body().size() == 1
                && loop.body().get(0) instanceof Node.FusedRows rows) {
            return new FusedRowsKernel(rows, strategy).launches(loop).stream()
                    .map(turn -> kernel(turn.launch(), false, turn.steps() + " times: " + rows,
                            cost(rows.stages()).times(turn.steps())));
        }
        return Stream.of(step(node));
    }

    private Step step(Node node) {
        return switch (node) {
            case Kernel kernel ->
                    kernel(Emit.of(kernel, strategy), kernel.isInvariant(), kernel.toString(), Cost.of(kernel));
            case Node.FusedRows rows ->
                    kernel(new FusedRowsKernel(rows, strategy).launch(), false, rows.toString(), cost(rows.stages()));
            case Node.SideBySide side ->
                    kernel(SideBySideKernel.of(side, strategy), false, side.toString(), cost(side.kernels()));
            case Node.Sort sort ->
                    kernel(Emit.of(sort, strategy), false, "places of " + sort.indices().shape() + " indices by row",
                            new Cost(sort.indices().bytes(), sort.starts().bytes() + sort.order().bytes(), 0));
            case Node.Repeat loop -> new Step.Repeat(loop.depth(), loop.steps(), loop.reversed(), steps(loop.body()));
            case Node.Choose choose -> new Step.Choice(binding(choose.condition()), choose.condition().dtype(),
                    steps(choose.then()), steps(choose.otherwise()));
        };
    }

    private static Cost cost(List<Kernel> kernels) {
        return kernels.stream().map(Cost::of).reduce(Cost.NONE, Cost::plus);
    }

    private Step kernel(Launch launch, boolean once, String what, Cost cost) {
        KernelText.Source source = launch.text().source(KernelFiles::text);
        texts.putIfAbsent(source.name(), source.text());
        List<Binding> bindings = launch.text().arguments().stream().map(this::binding).toList();
        return new Step.Kernel(source.name(), bindings, launch.sizes(), launch.global(), launch.local(), once, what,
                cost);
    }

    private Binding binding(KernelText.Argument argument) {
        return switch (argument) {
            case KernelText.Argument.Stored(Buffer b) -> binding(b);
            case KernelText.Argument.Draw() -> new Binding.Draw();
            case KernelText.Argument.Counter(String name) -> Counters.isTime(name)
                    ? new Binding.Time(Counters.depth(name)) : new Binding.Half(Counters.depth(name));
            case KernelText.Argument.Size(int size) -> new Binding.Size(size);
            case KernelText.Argument.Local l -> throw new AssertionError("only stages have rows of " + l.buffer());
        };
    }

    private Binding binding(Buffer b) {
        return switch (b.source()) {
            case Buffer.Source.Input(int number) -> new Binding.Given(number);
            case Buffer.Source.Content(Variable variable, boolean isVolatile) -> new Binding.Value(variable);
            case Buffer.Source.Fixed(Tensor constant) -> new Binding.Fixed(constant);
            case Buffer.Source.Scratch s -> plan.inPlace().containsKey(b) ? new Binding.Value(plan.inPlace().get(b))
                    : new Binding.Slot(plan.slots().get(b));
            case Buffer.Source.Slice s -> throw new AssertionError("kernels are given whole buffers, not " + b);
        };
    }

    /** Returns the dtypes that a graph computes with, for devices that lack some. */
    public static boolean uses(Graph graph, DType dtype) {
        return Graph.allTensors(graph.results()).stream().anyMatch(t -> t.dtype() == dtype);
    }
}
