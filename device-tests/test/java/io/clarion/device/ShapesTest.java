package io.clarion.device;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every family of kernels is built for, and right on, each size of the last axis and of the one before it, with vectors
 * of 4, 8 and 16 floats and as on a GPU: a few sizes, others for each layout, or all with {@code -Dclarion.sweep=full}.
 */
class ShapesTest {
    private static final boolean ALL = System.getProperty("clarion.sweep", "").equals("full");
    private static final int MOST = 130;
    /** Tensors of a function. */
    private static final int TOGETHER = 48;

    /** Below, at and above what vectors, tiles and groups hold, and one of each rest. */
    private static final List<Integer> BORDERS = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 18, 20, 24, 28,
            31, 32, 33, 36, 40, 47, 48,
            49, 63, 64, 65, 84, 100, 127, 128, 129, 130);

    private static final int THIRD = 3;

    private record Sizes(int before, int last) {}

    /** All sizes of one axis with few of the other, and all borders with more. */
    private static List<Sizes> all() {
        Stream<Sizes> each = IntStream.rangeClosed(1, MOST).boxed()
                .flatMap(n -> Stream.of(new Sizes(5, n), new Sizes(n, 36)));
        Stream<Sizes> borders = BORDERS.stream().flatMap(
                n -> Stream.of(1, 8, 33).flatMap(other -> Stream.of(new Sizes(other, n), new Sizes(n, other))));
        return Stream.concat(each, borders).distinct().toList();
    }

    static List<TestedDevice> layouts() {
        return Devices.everyWidth();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void eachFamilyOfKernels(TestedDevice layout) {
        if (ALL) {
            all(layout);
        } else {
            some(layout);
        }
    }

    /**
     * A third of the families, of PoCL, which takes far longer to compile, a ninth: half of them in one function, in
     * which small works share kernels, and each tensor of the others in its own.
     */
    private static void some(TestedDevice layout) {
        List<Sizes> all = all();
        int turn = layouts().indexOf(layout);
        var together = new Comparison();
        var apart = new Comparison();
        int step = layout.facts().id().startsWith("pocl") ? THIRD * THIRD : THIRD;
        for (int i = turn % step; i < ShapeFamily.values().length; i += step) {
            add(ShapeFamily.values()[i], all.get((37 * i + 83 * turn + 11) % all.size()),
                    (i + turn) / step % 2 == 0 ? together : apart);
        }
        together.check(List.of(layout));
        apart.checkApart(List.of(layout));
    }

    private static void all(TestedDevice layout) {
        var wrong = new ArrayList<String>();
        for (ShapeFamily family : ShapeFamily.values()) {
            var c = new Comparison();
            for (Sizes sizes : all()) {
                add(family, sizes, c);
                if (c.tensors().size() >= TOGETHER) {
                    check(c, layout, wrong);
                    c = new Comparison();
                }
            }
            check(c, layout, wrong);
        }
        if (!wrong.isEmpty()) {
            throw new AssertionError(String.join("\n", wrong));
        }
    }

    private static void add(ShapeFamily family, Sizes sizes, Comparison c) {
        family.add(new ShapeFamily.Case(family, c, new Draw(sizes.hashCode()), sizes.before(), sizes.last()));
    }

    private static void check(Comparison c, TestedDevice layout, List<String> wrong) {
        try {
            c.check(List.of(layout));
            c.checkApart(List.of(layout));
        } catch (AssertionError e) {
            wrong.add(e.getMessage() + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
        }
    }
}
