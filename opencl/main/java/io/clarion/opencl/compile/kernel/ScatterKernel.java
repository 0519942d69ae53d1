package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.ClType;
import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Sorted indices and sums of their rows: {@code sort.cl} and {@code segments.cl}. */
final class ScatterKernel extends KernelWriter {
    ScatterKernel(Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
    }

    /** Returns the kernel that sorts indices. */
    static Launch sort(Node.Sort sorted, Strategy strategy) {
        KernelText text = new KernelText("sort.cl");
        int block = strategy.cpu() ? 1024 : 256;
        text.macro("INDICES", text.read(sorted.indices()));
        text.macro("STARTS", text.written(sorted.starts()));
        text.macro("ORDER", text.written(sorted.order()));
        text.macro("BLOCK", block);
        text.macro("CPU", strategy.cpu() ? 1 : 0);
        return new Launch(text, new int[] {sorted.rows(), sorted.indices().elements()},
                new long[] {ceil(sorted.rows(), block)}, new long[] {1});
    }

    Launch launch(Operation.SegmentSum sum) {
        Expr t = kernel.accumulation();
        Expr updates = t.input(0);
        int[] indexed = sum.indices().sizes();
        int[] row = t.shape().part(1, t.rank()).sizes();
        int columns = t.shape().part(1, t.rank()).elements();
        int width = width(columns);
        KernelText text = text("segments.cl");
        text.macro("STARTS", text.read(kernel.operand(1)));
        text.macro("ORDER", text.read(kernel.operand(2)));
        text.macro("TYPE", new ClType(t.dtype(), 1).register());
        text.macro("ADD(a, x)", t.dtype() == DType.BOOL ? "((a) || (x))" : "((a) + (x))");
        Index c = Index.var("c", columns);
        for (int w : widths(text, width, columns)) {
            String register = new ClType(t.dtype(), w).register();
            var term = new Expression(text, w, "c");
            var at = new ArrayList<>(Index.coordinates(Index.var("i", sum.indices().elements()), indexed));
            at.addAll(Index.coordinates(c, row));
            String name = term.value(updates, at);
            text.hole(w == 1 ? "TERM_1" : "TERM_V", register, List.of("i", "c"), term.statements(), name);
            var write = new Expression(text, w, "c");
            write.known(t, ClType.wrapped("acc", t.dtype()));
            text.effect(w == 1 ? "WRITE_1" : "WRITE_V",
                    List.of("const int row", "const int c", "const " + register + " acc"),
                    List.of("row", "c", "acc"), outputs(write, Index.var("row", sum.rows()).times(columns).plus(c)));
        }
        if (!strategy.cpu()) {
            return new Launch(text, new int[] {sum.rows(), columns}, turns(kernel.elements()), group());
        }
        int block = Math.max(1, ceil(sum.rows(), 8 * strategy.units()));
        return new Launch(text, new int[] {sum.rows(), columns, block}, new long[] {ceil(sum.rows(), block)}, group());
    }
}
