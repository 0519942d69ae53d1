package io.clarion.opencl.compile;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Works side by side, each a work-item's, on a CPU, as stages of a chain would do them: {@code siblings.cl}. */
final class SiblingsKernel {
    private SiblingsKernel() {}

    static Launch of(Item.Siblings siblings, Lowering lowering, Strategy strategy) {
        KernelText text = new KernelText("siblings.cl", t -> false, lowering.nests());
        var calls = new StringBuilder();
        int works = siblings.works().size();
        for (int i = 0; i < works; i++) {
            Work work = siblings.works().get(i);
            KernelWriter.Stage stage = Emit.stage(work, new Item.Chain(List.of(work), 1, Set.of()), new KernelWriter.Band(1, 1, false), lowering, strategy);
            calls.append(String.format(Locale.ROOT, "if ((number) == %d) { %s} ", i, stage.call(text, i, "0", "1", List.of())));
        }
        text.macro("WORK(number)", "do { " + calls + "} while (0)");
        return new Launch(text, new int[0], new long[] {works}, new long[] {1});
    }
}
