package io.clarion.opencl.compile;

import java.util.List;

/** Elements that depend on no others: {@code map.cl}. */
final class MapKernel extends KernelWriter {
    MapKernel(Work work, Lowering lowering, Strategy strategy) {
        super(work, lowering, strategy);
    }

    Launch launch() {
        int count = work.elements();
        KernelText text = filled(count);
        if (!strategy.cpu()) {
            return new Launch(text, new int[] {count}, turns(count), group());
        }
        int block = block(count, 2048);
        return new Launch(text, new int[] {count, block}, new long[] {ceil(count, block)}, group());
    }

    Stage stage(int rows) {
        int each = work.elements() / rows;
        KernelText text = filled(each);
        text.macro("STAGE", 1);
        return new Stage(text, each, new int[0]);
    }

    /** For ranges that begin at multiples of {@code run}. */
    private KernelText filled(int run) {
        int count = work.elements();
        int width = width(run);
        KernelText text = text("map.cl");
        for (int w : widths(text, width, run)) {
            Index i = Index.var("i", count);
            text.effect(w == 1 ? "MAP_1" : "MAP_V", List.of("const int i"), List.of("i"), outputs(new Expression(text, w, "i"), i));
        }
        return text;
    }
}
