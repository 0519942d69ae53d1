package io.clarion.opencl.schedule;

import io.clarion.graph.Listing;
import io.clarion.opencl.compile.Compiler.Compiled;
import io.clarion.opencl.compile.Compiler.Step;
import java.util.Arrays;
import java.util.List;

/**
 * The text of {@code explain}, for people: the graph, the kernels in order with what they move and compute, buffers,
 * and OpenCL C.
 */
final class Explanation {
    private final StringBuilder text = new StringBuilder();
    private int kernels;

    private Explanation() {}

    static String of(Compiled compiled) {
        var explanation = new Explanation();
        explanation.add(compiled);
        return explanation.text.toString();
    }

    private void line(String indent, String line) {
        text.append(indent).append(line).append('\n');
    }

    private void add(Compiled compiled) {
        line("", "Graph");
        Listing.of(compiled.graph()).forEach(l -> line("  ", l));
        line("", "");
        line("", "Kernels");
        add(compiled.steps(), "  ");
        line("", "");
        line("", kernels + " kernels; " + compiled.cost() + " a call");
        List<Long> slots = compiled.slots();
        line("", slots.size() + " buffers of " + slots.stream().mapToLong(b -> b).sum() + " bytes: " + slots);
        line("", "");
        line("", "OpenCL C");
        text.append(compiled.source());
    }

    private void add(List<Step> steps, String indent) {
        for (Step step : steps) {
            switch (step) {
                case Step.Kernel k -> {
                    line(indent, ++kernels + ". " + k.kernel() + ": " + k.what());
                    line(indent, "   " + Arrays.toString(k.global()) + " work-items in groups of "
                            + Arrays.toString(k.local()) + "; " + k.cost());
                }
                case Step.Repeat loop -> {
                    line(indent, loop.times() + " times"
                            + (loop.reversed() ? ", from the last element to the first:" : ":"));
                    add(loop.steps(), indent + "  ");
                }
                case Step.Choice choice -> {
                    line(indent, "if the condition holds:");
                    add(choice.then(), indent + "  ");
                    line(indent, "else:");
                    add(choice.otherwise(), indent + "  ");
                }
            }
        }
    }
}
