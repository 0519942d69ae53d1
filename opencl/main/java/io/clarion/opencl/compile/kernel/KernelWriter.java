package io.clarion.opencl.compile.kernel;

import io.clarion.opencl.compile.codegen.Expression;
import io.clarion.opencl.compile.codegen.KernelFiles;
import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.strategy.Strategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The base of the classes that fill a kernel's file: how results are stored, and how much a work-item takes. */
class KernelWriter {
    final Kernel kernel;
    final Strategy strategy;
    private Set<Buffer> locals = Set.of();

    KernelWriter(Kernel kernel, Strategy strategy) {
        this.kernel = kernel;
        this.strategy = strategy;
    }

    /** Has {@code buffers} in arrays for the rows at hand. */
    void keepLocal(Set<Buffer> buffers) {
        locals = buffers;
    }

    /** Returns an instance of a file of kernels-cl, whose holes are to be filled. */
    KernelText text(String file) {
        KernelText text = new KernelText(file, locals, strategy.arraySpace(), strategy.widths());
        text.macro("CPU", strategy.cpu() ? 1 : 0);
        text.macro("STAGE", 0);
        return text;
    }

    /**
     * A band of fused rows: those that go through all stages together.
     *
     * @param rows  that go through all stages before the next
     * @param items work-items that share them
     * @param ahead whether memory is asked meanwhile for what those after them read, which no prefetcher expects where
     *              rows are short
     */
    record Band(int rows, int items, boolean ahead) {}

    /**
     * A kernel for a range of rows, places on axis 0 of all that it makes, as a stage of fused rows.
     *
     * @param each    what its own range counts, for a row
     * @param sizes   the int arguments after the range
     * @param scratch 8 bytes of local memory that it needs for each work-item, as many of them
     */
    record Stage(KernelText text, int each, int[] sizes, int scratch) {
        /**
         * Adds its function to {@code kernel} as what comes {@code number}th there; returns the call for rows
         * {@code begin} to {@code end}, with {@code last} as last arguments.
         */
        String call(KernelText kernel, int number, String begin, String end, List<String> last) {
            String function = kernel.stage(text, number, KernelFiles::text);
            var arguments = new ArrayList<>(text.arguments().stream().map(kernel::passed).toList());
            arguments.add("(" + begin + ") * " + each);
            arguments.add("(" + end + ") * " + each);
            Arrays.stream(sizes).mapToObj(Integer::toString).forEach(arguments::add);
            arguments.addAll(last);
            return function + "(" + String.join(", ", arguments) + "); ";
        }
    }

    /** Returns the statements that compute and store all outputs at a place. */
    String outputs(Expression e, Index flat) {
        // All values first: an output may lie where an input of the next one lay.
        List<String> values = kernel.stores().stream()
                .map(s -> e.value(s.value(), Index.coordinates(flat, s.value().shape().sizes()))).toList();
        for (int i = 0; i < values.size(); i++) {
            e.store(kernel.stores().get(i).buffer(), values.get(i), flat);
        }
        return e.statements();
    }

    /**
     * Returns the lanes for {@code count} elements side by side; of few, the scalar text alone is compiled sooner than
     * it would save.
     */
    int width(int count) {
        return strategy.cpu() && count >= 4 * strategy.width() ? strategy.width() : 1;
    }

    /**
     * Returns the widths that the holes of a kernel are written for: vectors, and scalars if they leave a rest of
     * {@code count}.
     */
    static int[] widths(KernelText text, int width, int count) {
        boolean rest = width == 1 || count % width != 0;
        text.macro("VW", width);
        text.macro("REST", rest ? 1 : 0);
        return width == 1 ? new int[] {1} : rest ? new int[] {width, 1} : new int[] {width};
    }

    /**
     * Returns the same, with half a vector in place of scalars if it is the rest of {@code count}: then the file's
     * parameter HALF is 1.
     */
    static int[] halves(KernelText text, int width, int count) {
        boolean half = width >= 4 && count % width == width / 2;
        text.macro("HALF", half ? 1 : 0);
        if (!half) {
            return widths(text, width, count);
        }
        text.macro("VW", width);
        text.macro("REST", 0);
        return new int[] {width, width / 2};
    }

    /**
     * Returns how many elements a work-item takes: enough for it to be worth a launch, few enough for all units to have
     * some.
     */
    int block(int count, int least) {
        int share = ceil(count, 4 * strategy.units());
        int most = 1 << 16;
        // A reduction has 8 vectors at a time, and no rest between blocks.
        int whole = Math.max(64, 8 * strategy.width());
        return ceil(Math.clamp(share, Math.min(least, most), most), whole) * whole;
    }

    long[] turns(long count) {
        long most = 64L * strategy.units() * strategy.workGroup();
        return new long[] {Math.min(most, Math.ceilDiv(count, strategy.workGroup()) * strategy.workGroup())};
    }

    long[] group() {
        return new long[] {strategy.workGroup()};
    }

    static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }
}
