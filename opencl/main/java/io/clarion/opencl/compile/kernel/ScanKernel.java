package io.clarion.opencl.compile.kernel;

import io.clarion.graph.Op;
import io.clarion.opencl.compile.codegen.ClType;
import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;

/** Linear recurrences: {@code scan.cl}. */
final class ScanKernel extends KernelWriter {
    ScanKernel(Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
    }

    Launch launch(Op.Scan scan) {
        Expr t = kernel.accumulation();
        int length = t.shape().size(scan.axis());
        int rows = kernel.elements() / length;
        boolean isLast = t.shape().part(scan.axis() + 1, t.rank()).elements() == 1;
        int width = isLast ? 1 : width(rows);
        KernelText text = text("scan.cl");
        text.macro("TYPE", new ClType(t.dtype(), 1).register());
        Index o = Index.var("o", rows);
        Index i = Index.var("i", length);
        var at = new ArrayList<>(Index.coordinates(o, t.shape().without(List.of(scan.axis())).sizes()));
        at.add(scan.axis(), scan.reversed() ? i.times(-1).plus(length - 1) : i);
        for (int w : widths(text, width, rows)) {
            String register = new ClType(t.dtype(), w).register();
            var a = new Expression(text, w, "o");
            String factor = a.value(t.input(0), at);
            text.hole(w == 1 ? "A_1" : "A_V", register, List.of("o", "i"), a.statements(), factor);
            var b = new Expression(text, w, "o");
            String term = b.value(t.input(1), at);
            text.hole(w == 1 ? "B_1" : "B_V", register, List.of("o", "i"), b.statements(), term);
            var write = new Expression(text, w, "o");
            write.known(t, ClType.wrapped("acc", t.dtype()));
            text.effect(w == 1 ? "WRITE_1" : "WRITE_V",
                    List.of("const int o", "const int i", "const " + register + " acc"),
                    List.of("o", "i", "acc"), outputs(write, Index.flat(at, t.shape().sizes())));
        }
        if (!strategy.cpu()) {
            return new Launch(text, new int[] {rows, length}, turns(rows), group());
        }
        int block = block(rows, Math.max(width, 1 << 14 / Math.max(1, length)));
        return new Launch(text, new int[] {rows, length, block}, new long[] {ceil(rows, block)}, group());
    }
}
