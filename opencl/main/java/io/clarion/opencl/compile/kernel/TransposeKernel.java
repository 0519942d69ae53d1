package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.ClType;
import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.codegen.Launch;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Elements on a CPU whose neighbours lie along one axis where they are read and along another in the result:
 * {@code transpose.cl}.
 */
final class TransposeKernel extends KernelWriter {
    /** Elements that are worth a work-item. */
    private static final int LEAST = 2048;

    private final Expr result;

    TransposeKernel(Kernel kernel, Strategy strategy) {
        super(kernel, strategy);
        this.result = kernel.result();
    }

    /** The result as {@code outer} times rows, along which it is read, of columns, along which it is written. */
    private record Box(int outer, int rows, int columns) {}

    /** Returns its launch, if all that it reads are vectors along rows. */
    Optional<Launch> launch() {
        if (kernel.stores().size() != 1 || result.dtype() != DType.FLOAT32) {
            return Optional.empty();
        }
        return boxes().stream().flatMap(box -> text(box).map(text -> launch(box, text)).stream()).findFirst();
    }

    /**
     * Returns the boxes with vectors either way, the widest first: columns are the last axes of the result, rows axes
     * before them, or parts of these that are the last axes of what is read.
     */
    private List<Box> boxes() {
        int[] sizes = result.shape().sizes();
        var boxes = new ArrayList<Box>();
        int columns = 1;
        for (int end = sizes.length; end > 0; end--) {
            int all = kernel.elements() / columns;
            int wide = columns;
            Stream.concat(ends(Arrays.copyOf(sizes, end)),
                    kernel.reads().keySet().stream().flatMap(t -> ends(t.shape().sizes()))).distinct()
                    .filter(rows -> Math.min(rows, wide) >= strategy.width() && all % rows == 0)
                    .sorted(Comparator.reverseOrder())
                    .forEach(rows -> boxes.add(new Box(all / rows, rows, wide)));
            columns *= sizes[end - 1];
        }
        return boxes;
    }

    /** Returns how many elements the last axes have, of as many axes as there are or fewer. */
    private static Stream<Integer> ends(int[] sizes) {
        return IntStream.range(0, sizes.length)
                .mapToObj(from -> Arrays.stream(sizes, from, sizes.length).reduce(1, Math::multiplyExact));
    }

    private Launch launch(Box box, KernelText text) {
        int width = strategy.width();
        int strips = box.columns() / width;
        int blocks = box.outer() * strips;
        int parts = Math.clamp(ceil(4 * strategy.units(), blocks), 1, box.rows() / width);
        int each = ceil(block(kernel.elements(), LEAST), ceil(box.rows(), parts) * width);
        return new Launch(text, new int[] {box.rows(), box.columns(), parts, strips, blocks, each},
                new long[] {ceil(blocks, each), parts}, new long[] {1, 1});
    }

    private Optional<KernelText> text(Box box) {
        int width = strategy.width();
        KernelText text = text("transpose.cl");
        Index o = Index.var("o", box.outer());
        Index c = Index.var("c", box.columns());
        boolean anywhere = box.rows() % width != 0;
        Index r = anywhere ? Index.var("r", box.rows() - width + 1).plus(Index.var(TileKernel.ANYWHERE, width))
                : Index.var("r", box.rows());
        var read = new Expression(text, width, anywhere ? TileKernel.ANYWHERE : "r");
        String value = read.value(result, Index.coordinates(flat(box, o, r, c), result.shape().sizes()));
        if (text.lanesByLane() > 0) {
            return Optional.empty();
        }
        String type = new ClType(DType.FLOAT32, width).register();
        text.macro("VW", width);
        text.macro("NUMBER", "float");
        text.hole("READ_V", type, List.of("o", "r", "c"), (anywhere ? TileKernel.anywhere() : "") + read.statements(),
                value);
        var write = new Expression(text, width, "c");
        write.store(kernel.outputs().get(0), "value", flat(box, o, Index.var("r", box.rows()), c));
        text.effect("WRITE_V", List.of("const int o", "const int r", "const int c", "const " + type + " value"),
                List.of("o", "r", "c", "value"), write.statements());
        return Optional.of(text);
    }

    private static Index flat(Box box, Index o, Index r, Index c) {
        return o.times(box.rows()).plus(r).times(box.columns()).plus(c);
    }
}
