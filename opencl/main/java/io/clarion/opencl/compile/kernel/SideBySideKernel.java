package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.strategy.Strategy;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Kernels side by side, each a work-item's, on a CPU, as stages of fused rows would be: {@code side_by_side.cl}. */
public final class SideBySideKernel {
    private SideBySideKernel() {}

    public static Launch of(Node.SideBySide node, Strategy strategy) {
        KernelText text = new KernelText("side_by_side.cl");
        var calls = new StringBuilder();
        int kernels = node.kernels().size();
        for (int i = 0; i < kernels; i++) {
            Kernel kernel = node.kernels().get(i);
            KernelWriter.Stage stage = Emit.stage(kernel, new Node.FusedRows(List.of(kernel), 1, Set.of()),
                    new KernelWriter.Band(1, 1, false), strategy);
            calls.append(String.format(Locale.ROOT, "if ((number) == %d) { %s} ", i,
                    stage.call(text, i, "0", "1", List.of())));
        }
        text.macro("WORK(number)", "do { " + calls + "} while (0)");
        return new Launch(text, new int[0], new long[] {kernels}, new long[] {1});
    }
}
