package io.clarion.opencl.compile;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Simplify;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes a graph of known sizes through all stages, up to a {@link Compiled} that only wants buffers and a queue. */
public final class Compiler {
    private Compiler() {}

    /**
     * What a graph became.
     *
     * @param prelude  what every program begins with
     * @param kernels  the kernels' OpenCL C by name
     * @param steps    the launches in order
     * @param slots    the sizes of the buffers for intermediate values and outputs, in bytes
     * @param inputs   for each of the graph's inputs the tensor that stands for it in arguments
     * @param outputs  for each of the graph's outputs where it lies
     * @param copies   variables that get a content at the end
     */
    public record Compiled(String prelude, Map<String, String> kernels, List<Step> steps, List<Long> slots, List<Tensor> inputs, List<Output> outputs,
            List<Copy> copies) {
        /** One program with all the kernels. */
        public String source() {
            return prelude + String.join("\n", kernels.values());
        }
    }

    /** A launch of a kernel of the program; {@code what} it computes, for people. */
    public record Step(String kernel, List<Binding> arguments, int[] sizes, long[] global, long[] local, String what) {}

    /** What is bound to a buffer parameter. */
    public sealed interface Binding {
        record Slot(int number) implements Binding {}

        record Value(Variable variable) implements Binding {}

        record Given(int input) implements Binding {}

        record Fixed(Tensor constant) implements Binding {}

        record Draw() implements Binding {}
    }

    /** An output: its tensor and its buffer. */
    public record Output(Tensor tensor, Binding place) {}

    /** A variable and what it gets once all kernels are done: from a slot, or from another variable of the same new value. */
    public record Copy(Variable variable, Binding from, long bytes) {}

    /** Compiles for a device with the given strategy. */
    public static Compiled compile(Graph graph, Strategy strategy) {
        Graph simple = Simplify.of(graph);
        Graph settled = settled(simple);
        Lowering lowering = Lowering.of(settled, strategy);
        MemoryPlan plan = MemoryPlan.of(Fusion.of(lowering), lowering.graph());
        Map<String, String> texts = new LinkedHashMap<>();
        Map<Tensor, Integer> inputs = new LinkedHashMap<>();
        for (int i = 0; i < lowering.graph().inputs().size(); i++) {
            inputs.put(lowering.graph().inputs().get(i), i);
        }
        var steps = new ArrayList<Step>();
        for (Work w : plan.order()) {
            if (w.elements() > 0) {
                Launch launch = Emit.of(w, lowering, strategy);
                KernelText.Source source = launch.text().source(KernelFiles::text);
                texts.putIfAbsent(source.name(), source.text());
                List<Binding> bindings = launch.text().arguments().stream().map(a -> binding(a.tensor(), plan, inputs)).toList();
                steps.add(new Step(source.name(), bindings, launch.sizes(), launch.global(), launch.local(), w.toString()));
            }
        }
        String prelude = KernelFiles.text("common.cl") + KernelFiles.text("random.cl")
                + (uses(graph, DType.FLOAT16) ? KernelFiles.text("half.cl") : "");
        List<Output> outputs = lowering.graph().outputs().stream().map(t -> new Output(t, binding(t, plan, inputs))).toList();
        List<Copy> copies = plan.copies().stream()
                .map(u -> new Copy(u.variable(), binding(u.value(), plan, inputs), MemoryPlan.bytes(u.value()))).toList();
        return new Compiled(prelude, texts, steps, plan.bytes(), lowering.graph().inputs(), outputs, copies);
    }

    /** Results that are leaves become identities of them, so that each has a kernel that makes it. */
    private static Graph settled(Graph graph) {
        return new Graph(graph.inputs(), graph.outputs().stream().map(Compiler::made).toList(),
                graph.updates().stream().map(u -> new Graph.Update(u.variable(), made(u.value()))).toList());
    }

    private static Tensor made(Tensor t) {
        return t.op() instanceof Op.Leaf ? Tensor.of(new Op.Stop(), t) : t;
    }

    private static Binding binding(Tensor t, MemoryPlan plan, Map<Tensor, Integer> inputs) {
        if (t == null) {
            return new Binding.Draw();
        }
        if (inputs.containsKey(t)) {
            return new Binding.Given(inputs.get(t));
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
        return graph.tensors().stream().anyMatch(t -> t.dtype() == dtype);
    }
}
