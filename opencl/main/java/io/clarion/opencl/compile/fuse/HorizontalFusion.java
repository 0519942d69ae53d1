package io.clarion.opencl.compile.fuse;

import io.clarion.opencl.compile.fuse.Groups.Group;
import io.clarion.opencl.compile.kernel.ReductionKernel;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.program.Program;
import io.clarion.opencl.compile.strategy.Strategy;
import java.util.List;

/**
 * Finds small kernels that need nothing of each other, such as the updates of a model's biases, and makes one launch of
 * them, each a work-item's: what lies between two launches takes longer than any of them.
 */
public final class HorizontalFusion {
    /** Terms of sums, or four times the elements of other kernels, that one core is done with in some microseconds. */
    private static final double SMALL = 1 << 16;
    /** The most kernels of a launch: a kernel has no more than 1 KB of arguments on some devices. */
    private static final int MOST = 16;

    private final Program program;
    private final Strategy strategy;
    private final Groups groups = new Groups();

    private HorizontalFusion(Program program, Strategy strategy) {
        this.program = program;
        this.strategy = strategy;
    }

    /** Returns the program with kernels side by side; on a GPU, whose work-items share a kernel, as it is. */
    public static Program of(Program program, Strategy strategy) {
        return strategy.cpu() ? program.with(new HorizontalFusion(program, strategy).joined(program.nodes())) : program;
    }

    private List<Node> joined(List<Node> nodes) {
        nodes.forEach(node -> groups.add(node, isSmall(node) ? host(node) : null));
        return groups.ordered().stream()
                .map(g -> g.nodes().size() == 1 ? g.nodes().get(0)
                        : new Node.SideBySide(g.nodes().stream().map(Kernel.class::cast).toList()))
                .toList();
    }

    private boolean isSmall(Node node) {
        if (!(node instanceof Kernel kernel) || kernel.elements() == 0 || kernel.isInvariant()) {
            return false;
        }
        return !kernel.isAccumulating() ? 4.0 * kernel.elements() <= SMALL
                : kernel.tile() == null && ReductionKernel.isStage(kernel.accumulation(), strategy)
                        && (double) kernel.elements() * new ReductionKernel(kernel, strategy).terms() <= SMALL;
    }

    /**
     * Returns the last group of small kernels that {@code node} needs nothing of, nor changes a variable that one of
     * them reads, or the other way round.
     */
    private Group host(Node node) {
        return groups.all().reversed().stream().filter(g -> g.nodes().size() < MOST && isSmall(g.nodes().get(0))
                && g.nodes().stream().noneMatch(other -> program.changes(node, other) || program.changes(other, node))
                && groups.makers(node.reads().keySet()).noneMatch(maker -> groups.needs(maker, g))).findFirst()
                .orElse(null);
    }
}
