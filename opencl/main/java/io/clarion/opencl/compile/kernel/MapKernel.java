package io.clarion.opencl.compile.kernel;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.opencl.compile.strategy.Strategy;
import java.util.List;
import java.util.Optional;

/** Elements that depend on no others: {@code map.cl}. */
final class MapKernel extends KernelWriter {
    /** Bytes of a result that no core's caches hold until it is read. */
    private static final long STREAMED = 1 << 25;

    MapKernel(Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
    }

    Launch launch() {
        int count = kernel.elements();
        KernelText text = filled(count, Index.ZERO, 0, null);
        if (!strategy.cpu()) {
            return new Launch(text, new int[] {count}, turns(count), group());
        }
        int parts = parts();
        int part = count / parts;
        int block = parts == 1 ? block(count, 2048) : Math.min(block(part, 512), 1024);
        return new Launch(text, new int[] {part, block, parts}, new long[] {ceil(part, block)}, group());
    }

    /**
     * Returns into how many parts the result falls that lie beside each other in a permuted input, row by row: such as
     * the panels of a matrix. A work-item takes some rows of all of them, since rows are often pages apart.
     */
    private int parts() {
        Expr t = kernel.result();
        int last = t.rank() - 1;
        if (!(t.op() instanceof Operation.Compute(Op.View(Movement.Permute p))) || last < 2
                || p.order().get(last) != last
                || p.order().get(last - 2) < p.order().get(last - 1)) {
            return 1;
        }
        int[] sizes = t.shape().sizes();
        int part = sizes[last - 1] * sizes[last];
        return part % strategy.width() == 0 ? kernel.elements() / part : 1;
    }

    /**
     * Returns the kernel as a stage of fused rows: row by row where vectors fill rows, so that what depends on the row
     * alone is computed once a row.
     */
    Stage stage(Node.FusedRows fused, Band band) {
        int each = kernel.elements() / fused.rows();
        boolean byRow = width(each) > 1;
        Expression.Ahead ahead = band.ahead() ? new Expression.Ahead(b -> isFirst(fused, b), each * band.rows()) : null;
        KernelText text = filled(each, byRow ? Index.var("row", fused.rows()).times(each) : Index.ZERO,
                byRow ? each : 0, ahead);
        text.macro("STAGE", 1);
        return new Stage(text, byRow ? 1 : each, new int[0], 0);
    }

    /**
     * Returns whether this stage is the first of all that compute on an outer tensor. The tensor's next rows come from
     * memory while the stage computes; a stage that sums is done sooner than memory answers.
     */
    private boolean isFirst(Node.FusedRows fused, Buffer b) {
        return fused.made().noneMatch(b::equals)
                && fused.stages().stream().filter(k -> !k.isAccumulating() && k.reads().containsKey(b)).findFirst()
                        .orElse(null) == kernel;
    }

    /**
     * Returns the kernel's text for ranges of places from {@code first} on that begin at multiples of {@code run}.
     *
     * @param length of rows of places, 0 where there are none
     * @param ahead  null where memory is asked for nothing ahead
     */
    private KernelText filled(int run, Index first, int length, Expression.Ahead ahead) {
        int count = kernel.elements();
        int width = width(run);
        KernelText text = text("map.cl");
        // What follows in fused rows reads what was stored.
        boolean streams = strategy.prefetches() && run == count && 4L * count >= STREAMED;
        if (streams) {
            text.streamFrom(STREAMED);
        }
        text.macro("STREAMS", streams ? 1 : 0);
        text.macro("LENGTH", length);
        for (int w : halves(text, width, run)) {
            var write = new Expression(text, w, "i", ahead);
            String statements = outputs(write, first.plus(Index.var("i", length > 0 ? length : count)));
            text.effect(w == 1 ? "MAP_1" : w == width ? "MAP_V" : "MAP_H", List.of("const int row", "const int i"),
                    List.of("row", "i"), statements);
        }
        return text;
    }
}
