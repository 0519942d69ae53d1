package io.clarion.opencl.compile;

import io.clarion.graph.Op;
import java.util.Optional;
import java.util.function.Function;

/** Chooses the file of kernels-cl for a {@link Work}; the class of its kind fills its holes. */
final class Emit {
    /** Reads lane by lane, in vectors of an operand, from which narrower ones are tried. */
    private static final double CROSSING = 0.1;

    /** The same from which a map is read in another order. */
    private static final double TURNED = 0.25;

    private Emit() {}

    static Launch of(Work work, Lowering lowering, Strategy strategy) {
        if (!work.isAccumulating()) {
            return map(work, lowering, strategy);
        }
        if (work.accumulation().op() instanceof Op.Scan scan) {
            return new ScanKernel(work, lowering, strategy).launch(scan);
        }
        if (work.accumulation().op() instanceof Op.ScatterAdd) {
            return new ScatterKernel(work, lowering, strategy).launch(lowering.nests().scatters().get(work.accumulation()));
        }
        Tile tile = lowering.tiles().get(work.accumulation());
        return tile != null ? product(tile, work, lowering, strategy) : narrowed(strategy, s -> new ReductionKernel(work, lowering, s).launch());
    }

    /** Elements that depend on no others, in the result's order unless they are read better in another. */
    private static Launch map(Work work, Lowering lowering, Strategy strategy) {
        Launch map = narrowed(strategy, s -> new MapKernel(work, lowering, s).launch());
        if (!strategy.cpu() || map.text().lanesByLane() < TURNED) {
            return map;
        }
        return strategy.candidates().stream().flatMap(width -> new TransposeKernel(work, lowering, strategy.with(width)).launch().stream()).findFirst().orElse(map);
    }

    private static Launch product(Tile tile, Work work, Lowering lowering, Strategy strategy) {
        Optional<Launch> convolution = strategy.cpu() ? ConvolutionKernel.launch(tile, work, lowering, strategy) : Optional.empty();
        return convolution.orElseGet(() -> ProductKernel.of(work, lowering, strategy).launch(tile));
    }

    /** With narrower vectors where fewer of them cross the ends of rows, which are read lane by lane. */
    private static Launch narrowed(Strategy strategy, Function<Strategy, Launch> kernel) {
        Launch wide = kernel.apply(strategy);
        if (!strategy.isNarrowable() || wide.text().lanesByLane() < CROSSING) {
            return wide;
        }
        Launch narrow = kernel.apply(strategy.with(strategy.width() / 2));
        return narrow.text().lanesByLane() < wide.text().lanesByLane() / 2 ? narrow : wide;
    }

    /** A work of {@code chain} as a stage of it, {@code band} after band. */
    static KernelWriter.Stage stage(Work work, Item.Chain chain, KernelWriter.Band band, Lowering lowering, Strategy strategy) {
        if (!work.isAccumulating()) {
            return within(chain, new MapKernel(work, lowering, strategy)).stage(chain, band);
        }
        Tile tile = lowering.tiles().get(work.accumulation());
        return tile != null ? within(chain, ProductKernel.of(work, lowering, strategy)).stage(tile, chain.rows(), band)
                : within(chain, new ReductionKernel(work, lowering, strategy)).stage(chain.rows(), band);
    }

    private static <W extends KernelWriter> W within(Item.Chain chain, W writer) {
        writer.keepLocal(chain.locals());
        return writer;
    }

    static Launch of(Nest.Sorted sorted, Lowering lowering, Strategy strategy) {
        return ScatterKernel.sort(sorted, lowering, strategy);
    }
}
