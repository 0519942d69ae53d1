package io.clarion.check;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The catalogue of functions that random programs call: a row for each function of K, or a reason why there is none.
 */
final class Catalogue {
    private static final List<Row> ROWS = Stream
            .of(ElementwiseRows.all(), ReductionRows.all(), ShapeRows.all(), NetworkRows.all(), ConvolutionRows.all(),
                    ControlRows.all())
            .flatMap(List::stream).toList();
    private static final double TOTAL = ROWS.stream().mapToDouble(Row::often).sum();

    private static final String SETS = "sets or tells what K remembers, and makes no node";
    private static final String TELLS = "tells of a tensor, and makes no node";
    private static final String VALUE = "moves a variable's value from or to the host";
    private static final String CALLS = "makes or runs a function, as each program does";

    /** Functions of K that programs do not call, and why. */
    static final Map<String, String> LEFT_OUT = Map.ofEntries(
            Map.entry("epsilon", SETS), Map.entry("setEpsilon", SETS), Map.entry("floatx", SETS),
            Map.entry("setFloatx", SETS), Map.entry("castToFloatx", VALUE),
            Map.entry("imageDimOrdering", SETS), Map.entry("setImageDimOrdering", SETS), Map.entry("backend", SETS),
            Map.entry("device", SETS),
            Map.entry("useDevice", SETS), Map.entry("useDevices", SETS), Map.entry("getUid", SETS),
            Map.entry("clearSession", SETS),
            Map.entry("setLearningPhase", SETS), Map.entry("fixedLearningPhase", SETS),
            Map.entry("manualVariableInitialization", SETS), Map.entry("setRandomSeed", SETS),
            Map.entry("nameScope", SETS),
            Map.entry("isSparse", TELLS), Map.entry("intShape", TELLS), Map.entry("ndim", TELLS),
            Map.entry("dtype", TELLS), Map.entry("countParams", TELLS),
            Map.entry("getVariableShape", TELLS), Map.entry("getValue", VALUE), Map.entry("getSparseValue", VALUE),
            Map.entry("setValue", VALUE),
            Map.entry("batchGetValue", VALUE), Map.entry("batchSetValue", VALUE), Map.entry("function", CALLS),
            Map.entry("eval", CALLS),
            Map.entry("printTensor", "prints, and is the tensor itself otherwise"));

    private Catalogue() {}

    static List<Row> rows() {
        return ROWS;
    }

    /** Returns a row, often used ones more often. */
    static Row draw(Random random) {
        double left = random.nextDouble() * TOTAL;
        for (Row row : ROWS) {
            left -= row.often();
            if (left < 0) {
                return row;
            }
        }
        return ROWS.get(0);
    }

    /** Returns what may stand in the body of a loop or a branch: rows that need no inputs of their own. */
    static List<Consumer<Sketch>> small() {
        return Stream.of(ElementwiseRows.all(), ReductionRows.all(), ShapeRows.all()).flatMap(List::stream)
                .map(Row::draws).toList();
    }
}
