package io.clarion.opencl.compile.kernel;

import io.clarion.graph.Op;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.Strategy;
import java.util.Optional;
import java.util.function.Function;

/** Chooses the file of kernels-cl for a {@link Kernel}; the class of its kind fills its holes. */
public final class Emit {
    /** Reads lane by lane, in vectors of an operand, from which narrower ones are tried. */
    private static final double CROSSING = 0.1;

    /** The same from which a map is read in another order. */
    private static final double TURNED = 0.25;

    private Emit() {}

    public static Launch of(Kernel kernel, Strategy strategy) {
        if (!kernel.isAccumulating()) {
            return map(kernel, strategy);
        }
        return switch (kernel.accumulation().op()) {
            case Operation.Product(Tile tile) -> product(tile, kernel, strategy);
            case Operation.SegmentSum sum -> new ScatterKernel(kernel, strategy).launch(sum);
            case Operation.Compute(Op.Scan scan) -> new ScanKernel(kernel, strategy).launch(scan);
            default -> narrowed(strategy, s -> new ReductionKernel(kernel, s).launch());
        };
    }

    /**
     * Writes a kernel of elements that depend on no others, in the result's order unless they are read better in
     * another.
     */
    private static Launch map(Kernel kernel, Strategy strategy) {
        Launch map = narrowed(strategy, s -> new MapKernel(kernel, s).launch());
        if (!strategy.cpu() || map.text().lanesByLane() < TURNED) {
            return map;
        }
        return strategy.candidates().stream()
                .flatMap(width -> new TransposeKernel(kernel, strategy.with(width)).launch().stream()).findFirst()
                .orElse(map);
    }

    private static Launch product(Tile tile, Kernel kernel, Strategy strategy) {
        Optional<Launch> convolution = strategy.cpu() ? ConvolutionKernel.launch(tile, kernel, strategy)
                : Optional.empty();
        return convolution.orElseGet(() -> ProductKernel.of(kernel, strategy).launch(tile));
    }

    /**
     * Returns a kernel's launch, with narrower vectors where fewer of them cross the ends of rows, which are read lane
     * by lane.
     */
    private static Launch narrowed(Strategy strategy, Function<Strategy, Launch> kernel) {
        Launch wide = kernel.apply(strategy);
        if (!strategy.isNarrowable() || wide.text().lanesByLane() < CROSSING) {
            return wide;
        }
        Launch narrow = kernel.apply(strategy.with(strategy.width() / 2));
        return narrow.text().lanesByLane() < wide.text().lanesByLane() / 2 ? narrow : wide;
    }

    /** Returns a kernel of {@code rows} as a stage of it, {@code band} after band. */
    static KernelWriter.Stage stage(Kernel kernel, Node.FusedRows rows, KernelWriter.Band band, Strategy strategy) {
        if (!kernel.isAccumulating()) {
            return within(rows, new MapKernel(kernel, strategy)).stage(rows, band);
        }
        Tile tile = kernel.tile();
        return tile != null ? within(rows, ProductKernel.of(kernel, strategy)).stage(tile, rows.rows(), band)
                : within(rows, new ReductionKernel(kernel, strategy)).stage(rows.rows(), band);
    }

    private static <W extends KernelWriter> W within(Node.FusedRows rows, W writer) {
        writer.keepLocal(rows.locals());
        return writer;
    }

    public static Launch of(Node.Sort sort, Strategy strategy) {
        return ScatterKernel.sort(sort, strategy);
    }
}
