package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.ClType;
import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.function.Consumer;

/** Products of matrices, and convolutions that are no {@link ConvolutionKernel}. */
public abstract class ProductKernel extends TileKernel {
    ProductKernel(Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
    }

    static ProductKernel of(Kernel kernel, Strategy strategy) {
        return strategy.cpu() ? new CpuProductKernel(kernel, strategy) : new GpuProductKernel(kernel, strategy);
    }

    abstract Launch launch(Tile tile);

    /** Returns it as a stage of {@code rows} fused rows, of which {@code band} has some at a time. */
    abstract Stage stage(Tile tile, int rows, Band band);

    /** Returns whether a tile's rows are those of axis 0 of its result. */
    public static boolean isByRows(Tile tile) {
        return tile.batch().isEmpty() && !tile.lanesM() && !tile.m().isEmpty()
                && tile.m().get(0).equals(tile.contraction().out().get(0));
    }

    static int inner(Tile tile) {
        int[] sizes = tile.sizes(tile.k());
        return sizes[sizes.length - 1];
    }

    /** Returns the share of the vectors of a hole, which {@code hole} fills, that are read lane by lane. */
    double lanesByLane(Consumer<KernelText> hole) {
        KernelText trial = text("contract_gpu.cl");
        hole.accept(trial);
        return trial.lanesByLane();
    }

    /**
     * Fills the hole A_1, or A_V of {@code width} lanes along {@code lane}, with elements of the first operand, k being
     * {@code inner} times ko and ki.
     */
    void element(KernelText text, Tile tile, int inner, int width, String lane) {
        Index ko = Index.var("ko", tile.size(tile.k()) / inner);
        // Lanes begin anywhere in ki if they have a variable of their own, 0 in the first.
        Index ki = lane.equals(ANYWHERE) ? Index.var("ki", inner - width + 1).plus(Index.var(ANYWHERE, width))
                : Index.var("ki", inner);
        var a = new Expression(text, width, lane);
        String name = element(a, tile, ko.times(inner).plus(ki));
        text.hole(width == 1 ? "A_1" : "A_V", new ClType(DType.FLOAT32, width).register(),
                List.of("batch", "m", "ko", "ki"),
                (lane.equals(ANYWHERE) ? anywhere() : "") + a.statements(), name);
    }

    /** Returns the name of what holds the first operand's element at {@code k}. */
    String element(Expression a, Tile tile, Index k) {
        return a.product(tile.alone(), kernel.accumulation().inputs().subList(0, 1),
                tile.at(Index.coordinates(Index.var("batch", tile.size(tile.batch())), tile.sizes(tile.batch())),
                        Index.coordinates(Index.var("m", tile.size(tile.m())), tile.sizes(tile.m())), List.of(),
                        Index.coordinates(k, tile.sizes(tile.k()))));
    }

    /** Fills the hole WRITE_1, or WRITE_V of {@code width} lanes. */
    void tileWrite(KernelText text, Tile tile, int width) {
        write(text, tile, width, List.of("m"), Index.var("m", tile.size(tile.m())));
    }
}
