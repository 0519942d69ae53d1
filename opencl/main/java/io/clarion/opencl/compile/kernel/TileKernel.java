package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.ClType;
import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.program.Variables;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.stream.Stream;

/** The base of the kernels of a {@link Tile}: how its operands are counted and its results stored. */
abstract class TileKernel extends KernelWriter {
    /** The lane of vectors that begin at no multiple of their width. */
    static final String ANYWHERE = "lane";

    TileKernel(Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
    }

    /** Strides of batches, panels and neighbours in k of the second operand. */
    record Distances(int batch, int panel, int row) {}

    static Distances distances(Tile tile) {
        int n = tile.size(tile.n());
        int k = tile.size(tile.k());
        int columns = tile.columns();
        return tile.packed() ? new Distances(k * ceil(n, columns) * columns, k * columns, columns)
                : new Distances(k * n, columns, n);
    }

    /**
     * Returns how many of a tile's panels a work-item of a CPU takes, where {@code blocks} of rows are shared: all that
     * reuse a block, as long as all units have some.
     */
    int panelsEach(Tile tile, int blocks) {
        int panels = ceil(tile.size(tile.n()), tile.columns());
        int groups = Math.max(ceil(panels, strategy.tile().group() / tile.columns()),
                Math.min(panels, ceil(2 * strategy.units(), blocks)));
        return ceil(panels, groups);
    }

    /**
     * Fills the hole WRITE_1, or WRITE_V of {@code width} lanes.
     *
     * @param variables of which {@code m} is made
     */
    void write(KernelText text, Tile tile, int width, List<String> variables, Index m) {
        Expr t = kernel.accumulation();
        List<Index> at = tile.at(
                Index.coordinates(Index.var("batch", tile.size(tile.batch())), tile.sizes(tile.batch())),
                Index.coordinates(m, tile.sizes(tile.m())),
                Index.coordinates(Index.var("n", tile.size(tile.n())), tile.sizes(tile.n())), List.of());
        Index flat = Index.flat(tile.contraction().out().stream().map(at::get).toList(), t.shape().sizes());
        String lane = !tile.lanesM() ? "n" : Variables.of(List.of(m)).contains(ANYWHERE) ? ANYWHERE : "m";
        var write = new Expression(text, width, lane);
        write.known(t, "acc");
        String type = new ClType(DType.FLOAT32, width).register();
        List<String> names = Stream.of(List.of("batch"), variables, List.of("n", "acc")).flatMap(List::stream).toList();
        String statements = outputs(write, flat);
        text.effect(width == 1 ? "WRITE_1" : "WRITE_V",
                names.stream().map(v -> "const " + (v.equals("acc") ? type : "int") + " " + v).toList(), names,
                (lane.equals(ANYWHERE) ? anywhere() : "") + statements);
        if (width > 1) {
            text.macro("EVEN", tile.size(tile.n()) % tile.columns() == 0 ? 1 : 0);
            ask(text, tile, write, names.subList(0, names.size() - 1), variables);
        }
    }

    /**
     * Fills the hole ASK, which asks memory for what {@code write} will read of tensors that the cores' caches do not
     * hold, along n.
     */
    private void ask(KernelText text, Tile tile, Expression write, List<String> names, List<String> variables) {
        List<String> asked = write.loads().stream()
                .filter(load -> !tile.lanesM() && isFar(load.buffer())
                        && names.containsAll(Variables.of(List.of(load.place())))
                        && variables.stream().anyMatch(Variables.of(List.of(load.place()))::contains))
                .map(load -> "  __builtin_prefetch(" + text.read(load.buffer()) + " + " + load.place().text() + ");\n")
                .distinct().toList();
        text.macro("ASKS", asked.isEmpty() ? 0 : 1);
        if (!asked.isEmpty()) {
            text.effect("ASK", names.stream().map(v -> "const int " + v).toList(), names, String.join("", asked));
        }
    }

    private boolean isFar(Buffer b) {
        return strategy.prefetches() && b.bytes() > 4L * Strategy.CACHED * strategy.units();
    }

    /** Returns what declares {@link #ANYWHERE}, 0 in the first lane. */
    static String anywhere() {
        return "  const int " + ANYWHERE + " = 0;\n";
    }
}
