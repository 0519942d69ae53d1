package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.K;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/** What is shown and checked in the bodies of loops and branches, on every device. */
class WatchTest {
    private static final int WORDS = 6;
    private static final int STEPS = 4;

    private final List<String> seen = new ArrayList<>();

    private Tensor watched(String name, Tensor x) {
        return Tensor.of(new Op.Watch((value, steps) -> seen.add(name + steps + " " + value)), x, x);
    }

    private static String refused(Function f, NDArray... values) {
        return assertThrows(IllegalArgumentException.class, () -> f.call(values)).getMessage();
    }

    /** Each step looks up the word after the one that it was given, turned by what the call gives. */
    @EveryDevice(inEveryLayout = true)
    void wordsThatStepsChooseHaveToBeInTheTable(Device device) {
        Tensor turns = K.placeholder(new int[] {2, STEPS}, DType.INT32);
        Tensor table = K.variable(NDArray.of(new float[] {0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0}, WORDS, 2));
        RnnOutputs r = K.rnn((turn, states) -> {
            Tensor row = K.gather(table, states.get(0).plus(turn));
            Tensor next = K.cast(K.slice(row, new int[] {0, 1}, new int[] {2, 1}), DType.INT32);
            return new StepFunction.Step(row.times(watched("row", row)), List.of(K.squeeze(next, 1)));
        }, turns, List.of(K.constant(0, DType.INT32, 2)));
        Tensor calls = K.zeros();
        List<Tensor> outputs = List.of(r.newStates().get(0), r.outputs(), K.gradients(K.sum(r.outputs()), table));
        try (Function f = new Function(new Graph(List.of(turns), outputs, List.of(K.updateAdd(calls, K.constant(1)))),
                device)) {
            NDArray given = NDArray.of(new int[] {0, 0, 0, 0, 1, 2, 0, 0}, 2, STEPS);
            assertArrayEquals(new double[] {4, 1}, f.call(given).get(0).toDoubles());
            assertEquals("row[0] float32(2, 2) [0.0, 1.0, 1.0, 2.0]", seen.get(0));
            assertEquals("row[3] float32(2, 2) [3.0, 4.0, 0.0, 1.0]", seen.get(3));
            assertEquals(STEPS, seen.size());
            assertEquals("gather: index 7 is outside reference (6, 2), whose rows are 0 to 5",
                    refused(f, NDArray.of(new int[] {0, 0, 0, 0, 1, 5, 0, 0}, 2, STEPS)));
            assertEquals("gather: index -3 is outside reference (6, 2), whose rows are 0 to 5",
                    refused(f, NDArray.of(new int[] {0, 0, 0, -6, 0, 0, 0, 0}, 2, STEPS)));
            assertEquals(1, K.getValue(calls).item());
        }
        try (Function f = new Function(new Graph(List.of(turns), outputs.subList(2, 3), List.of()), device)) {
            assertEquals("gather: index 6 is outside reference (6, 2), whose rows are 0 to 5",
                    refused(f, NDArray.of(new int[] {0, 0, 0, 0, 0, 0, 0, 3}, 2, STEPS)));
        }
    }

    @EveryDevice(inEveryLayout = true)
    void aBranchShowsAndChecksTheSideThatIsTaken(Device device) {
        Tensor i = K.placeholder(new int[] {3}, DType.INT32);
        Tensor x = K.constant(1, DType.FLOAT32, 3, 3);
        Tensor light = K.switch_(K.sum(i).greater(2), () -> watched("above", K.gather(x, i.plus(1))),
                () -> watched("below", K.gather(x, i)));
        Tensor heavy = K.foldl(
                (sum, n) -> K.switch_(n.greater(1), () -> watched("heavy", K.dot(sum, K.gather(x, i))), () -> sum), i,
                x);
        try (Function f = new Function(new Graph(List.of(i), List.of(light, heavy), List.of()), device)) {
            f.call(NDArray.of(new int[] {0, 1, 1}, 3));
            assertEquals(List.of("below[] float32(3, 3) [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, …]"), seen);
            seen.clear();
            assertEquals("gather: index 3 is outside reference (3, 3), whose rows are 0 to 2",
                    refused(f, NDArray.of(new int[] {2, 1, 0}, 3)));
            assertEquals(List.of("above[]", "heavy[0]"), seen.stream().map(s -> s.split(" ")[0]).sorted().toList());
            assertEquals("gather: index 4 is outside reference (3, 3), whose rows are 0 to 2",
                    refused(f, NDArray.of(new int[] {-1, 4, -1}, 3)));
            seen.clear();
            f.call(NDArray.of(new int[] {0, 0, 2}, 3));
            assertEquals(List.of("below[]", "heavy[2]"), seen.stream().map(s -> s.split(" ")[0]).sorted().toList());
        }
    }
}
