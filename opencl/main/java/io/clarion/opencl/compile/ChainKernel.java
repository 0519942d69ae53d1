package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/** Rows through several stages, once or in each step of a loop: {@code chain.cl}. */
final class ChainKernel {
    /** Bytes of a group's rows in all stages: half of the cache, as the weights want the other. */
    private static final int CACHED = Strategy.CACHED / 2;
    /** Bytes of the arrays for a group's rows. */
    static final int LOCAL = 1 << 14;

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
        int group = group(steps);
        // One after another, each work-item's rows are as many as there are cores to share them, or a whole number of groups.
        int share = KernelWriter.ceil(rows, strategy.units());
        int chunk = steps > 1 ? share : Math.max(1, Math.min(share, KernelWriter.ceil(KernelWriter.ceil(share, 8), group) * group));
        text.declares(KernelText.FIRST_ROW);
        var calls = new StringBuilder();
        int n = 0;
        for (Work work : chain.stages()) {
            KernelWriter.Stage stage = Emit.stage(work, chain, Math.min(chunk, group), lowering, strategy);
            String function = text.stage(stage.text(), n++, KernelFiles::text);
            var arguments = new ArrayList<>(stage.text().arguments().stream().map(text::passed).toList());
            arguments.add("(begin) * " + stage.each());
            arguments.add("(end) * " + stage.each());
            Arrays.stream(stage.sizes()).forEach(size -> arguments.add(Integer.toString(size)));
            calls.append(function).append('(').append(String.join(", ", arguments)).append("); ");
        }
        var arrays = new StringBuilder();
        text.arrays().forEach((t, name) -> arrays.append("%s %s[%d]; ".formatted(ClType.memory(t.dtype()), name, group * each(t))));
        text.macro("STAGES(begin, end, step)", "do { const int %s = (begin); %s%s%s} while (0)".formatted(KernelText.FIRST_ROW, counters, arrays, calls));
        return new Launch(text, new int[] {rows, chunk, Math.min(chunk, group), steps}, new long[] {KernelWriter.ceil(rows, chunk)}, new long[] {1});
    }

    private int each(Tensor t) {
        return t.shape().elements() / chain.rows();
    }

    /** How many rows go through all stages before the next: those of locals fit the first cache, those of all the second. */
    private int group(int steps) {
        long all = bytes(chain.made().toList());
        long local = bytes(List.copyOf(chain.locals()));
        long read = steps > 1 ? 0 : bytes(readAgain());
        if (read > CACHED) {
            return 1;
        }
        return (int) Math.clamp(Math.min(CACHED / Math.max(1, all + read), LOCAL / Math.max(1, local)) / 4 * 4, local > 0 ? 1 : 4, 1024);
    }

    /** What several stages read row by row, from outside. */
    private List<Tensor> readAgain() {
        var seen = new HashSet<Tensor>();
        return chain.stages().stream().flatMap(w -> w.reads().keySet().stream()).filter(t -> !seen.add(t)).distinct()
                .filter(t -> chain.made().noneMatch(t::equals) && t.shape().elements() % chain.rows() == 0).toList();
    }

    private long bytes(List<Tensor> tensors) {
        return tensors.stream().mapToLong(MemoryPlan::bytes).sum() / chain.rows();
    }
}
