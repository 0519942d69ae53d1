package io.clarion.opencl.compile;

import io.clarion.graph.Op;

/** Chooses the file of kernels-cl for a {@link Work}; the class of its kind fills its holes. */
final class Emit {
    private Emit() {}

    static Launch of(Work work, Lowering lowering, Strategy strategy) {
        if (!work.isAccumulating()) {
            return new MapKernel(work, lowering, strategy).launch();
        }
        if (work.accumulation().op() instanceof Op.Scan scan) {
            return new ScanKernel(work, lowering, strategy).launch(scan);
        }
        if (work.accumulation().op() instanceof Op.ScatterAdd) {
            return new ScatterKernel(work, lowering, strategy).launch(lowering.nests().scatters().get(work.accumulation()));
        }
        Tile tile = lowering.tiles().get(work.accumulation());
        return tile != null ? new ProductKernel(work, lowering, strategy).launch(tile) : new ReductionKernel(work, lowering, strategy).launch();
    }

    /** A work of {@code chain} as a stage of it, {@code band} after band. */
    static KernelWriter.Stage stage(Work work, Item.Chain chain, KernelWriter.Band band, Lowering lowering, Strategy strategy) {
        if (!work.isAccumulating()) {
            return within(chain, new MapKernel(work, lowering, strategy)).stage(chain.rows());
        }
        Tile tile = lowering.tiles().get(work.accumulation());
        return tile != null ? within(chain, new ProductKernel(work, lowering, strategy)).stage(tile, chain.rows(), band)
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
