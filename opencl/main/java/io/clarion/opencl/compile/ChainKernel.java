package io.clarion.opencl.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows through several stages, once or in each step of a loop: {@code chain.cl}. */
final class ChainKernel {
    /** Bytes of a group's rows in all stages: a part of a core's second cache, which the weights want too. */
    private static final int CACHED = 1 << 17;

    private final Item.Chain chain;
    private final Lowering lowering;
    private final Strategy strategy;

    ChainKernel(Item.Chain chain, Lowering lowering, Strategy strategy) {
        this.chain = chain;
        this.lowering = lowering;
        this.strategy = strategy;
    }

    /** The stages once. */
    Launch launch() {
        return launch(1, new KernelText("chain.cl", t -> false, lowering.nests()), "");
    }

    /** The stages in all steps of {@code loop}. */
    Launch launch(Nest.Repeat loop) {
        KernelText text = new KernelText("chain.cl", t -> false, lowering.nests());
        String time = Cell.TIME + loop.depth();
        String half = Cell.HALF + loop.depth();
        text.declares(time);
        text.declares(half);
        return launch(loop.steps(), text, "const int %s = %s; const int %s = (step) & 1; "
                .formatted(time, loop.reversed() ? "steps - 1 - (step)" : "(step)", half));
    }

    private Launch launch(int steps, KernelText text, String counters) {
        int rows = chain.rows();
        int chunk = KernelWriter.ceil(rows, strategy.units());
        int group = Math.min(chunk, group());
        var calls = new StringBuilder(counters);
        int n = 0;
        for (Work work : chain.stages()) {
            KernelWriter.Stage stage = Emit.stage(work, chain.rows(), group, lowering, strategy);
            String function = text.stage(stage.text(), n++, KernelFiles::text);
            var arguments = new ArrayList<>(stage.text().arguments().stream().map(text::passed).toList());
            arguments.add("(begin) * " + stage.each());
            arguments.add("(end) * " + stage.each());
            Arrays.stream(stage.sizes()).forEach(size -> arguments.add(Integer.toString(size)));
            calls.append(function).append('(').append(String.join(", ", arguments)).append("); ");
        }
        text.macro("STAGES(begin, end, step)", "do { " + calls + "} while (0)");
        return new Launch(text, new int[] {rows, chunk, group, steps}, new long[] {KernelWriter.ceil(rows, chunk)}, new long[] {1});
    }

    private int group() {
        long bytes = chain.stages().stream().flatMap(w -> w.outputs().stream()).mapToLong(MemoryPlan::bytes).sum() / chain.rows();
        return (int) Math.clamp(CACHED / Math.max(1, bytes) / 4 * 4, 4, 1024);
    }
}
