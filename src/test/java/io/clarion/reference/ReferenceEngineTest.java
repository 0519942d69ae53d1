package io.clarion.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Philox;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceEngineTest {
    private final ReferenceEngine engine = new ReferenceEngine();

    private static Variable variable(double value, DType type) {
        return new Variable(NDArray.of(type, new double[] {value}, 1), "v");
    }

    private static Tensor read(Variable v) {
        return Tensor.of(new Op.Read(v));
    }

    @Test
    void theDeviceOfTheSurveyOpens() {
        String id = engine.survey().get(0).devices().get(0).id();
        assertEquals("reference:0", id);
        assertSame(engine.open(id), engine.open(id));
        var error = assertThrows(IllegalArgumentException.class, () -> engine.open("reference:7"));
        assertTrue(error.getMessage().contains("reference:0"), error.getMessage());
    }

    @Test
    void updatesUseTheOldValuesAndApplyAtOnce() {
        Variable a = variable(1, DType.FLOAT64);
        Variable b = variable(2, DType.FLOAT64);
        var swap = new Graph(List.of(), List.of(read(a)),
                List.of(new Graph.Update(a, read(b)), new Graph.Update(b, read(a).plus(read(b)))));
        Executable executable = engine.open("reference:0").compile(swap);
        assertEquals(1, executable.call(List.of(), 0).get(0).item(), "an output has the value before the update");
        assertEquals(2, a.value().item());
        assertEquals(3, b.value().item());
        executable.call(List.of(), 1);
        assertEquals(3, a.value().item());
        assertEquals(5, b.value().item());
    }

    @Test
    void aFloat32VariableKeepsRoundedValues() {
        Variable a = variable(0, DType.FLOAT32);
        var graph = new Graph(List.of(), List.of(), List.of(new Graph.Update(a, read(a).plus(0.1))));
        engine.open("reference:0").compile(graph).call(List.of(), 0);
        assertEquals(0.1f, a.value().item());
    }

    @Test
    void aValueSetFromOutsideIsUsedByTheNextCall() {
        Variable a = variable(1, DType.FLOAT64);
        Executable executable = engine.open("reference:0").compile(new Graph(List.of(), List.of(read(a)), List.of()));
        executable.call(List.of(), 0);
        a.set(NDArray.of(new double[] {9}, 1));
        assertEquals(9, executable.call(List.of(), 1).get(0).item());
        a.close();
        assertEquals(9, a.value().item());
    }

    @Test
    void randomNumbersArePhiloxOfSeedDrawAndIndex() {
        Tensor random = Tensor.of(new Op.Random(77, Shape.of(3, 5)));
        Executable executable = engine.open("reference:0").compile(new Graph(List.of(), List.of(random), List.of()));
        float[] drawn = executable.call(List.of(), 12).get(0).toFloats();
        for (int i = 0; i < 15; i++) {
            assertEquals(Philox.uniform(77, 12, i), drawn[i]);
        }
    }

    @Test
    void leavesHaveTheirValues() {
        assertArrayEquals(new double[] {0, 1, 2}, Evaluation.of(Tensor.of(new Op.Iota(Dim.of(3)))).toDoubles());
        assertEquals(7, Evaluation.of(Tensor.of(new Op.Size(Dim.of(7)))).item());
        assertEquals(2.5, Evaluation.of(Tensor.of(new Op.Stop(), Tensor.literal(DType.FLOAT32, 2.5))).item());
    }

    @Test
    void sizesThatAreNotKnownAreAnError() {
        var batch = new Dim.Symbol("batch");
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, new Shape(List.of(batch)), "x"));
        Tensor size = Tensor.of(new Op.Size(batch));
        for (Graph graph : List.of(new Graph(List.of(x), List.of(x), List.of()),
                new Graph(List.of(), List.of(size), List.of()))) {
            var error = assertThrows(IllegalArgumentException.class, () -> engine.open("reference:0").compile(graph));
            assertTrue(error.getMessage().contains("specialise"), error.getMessage());
        }
    }

    @Test
    void valuesOfOtherShapesThanCompiledAreAnError() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(2), "x"));
        Executable executable = engine.open("reference:0").compile(new Graph(List.of(x), List.of(x), List.of()));
        assertThrows(IllegalArgumentException.class, () -> executable.call(List.of(NDArray.of(new float[3], 3)), 0));
        assertThrows(IllegalArgumentException.class, () -> executable.call(List.of(), 0));
    }

    @Test
    void anOutputThatIsTheInputIsAnotherArray() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(1), "x"));
        NDArray given = NDArray.of(new float[] {1}, 1);
        List<NDArray> out = Evaluation.function(List.of(x), List.of(x, x)).call(given);
        out.get(0).set(0, 5);
        assertEquals(1, given.item());
        assertEquals(1, out.get(1).item());
    }

    @Test
    void arraysAreDroppedAfterTheirLastReader() {
        // 1,000 arrays of 10 MB: more than the heap of the tests.
        Tensor x = Tensor.of(new Op.Iota(Dim.of(1_250_000)));
        for (int i = 0; i < 1000; i++) {
            x = x.view(new Movement.Reverse(List.of(0)));
        }
        assertEquals(7, Evaluation.of(x).get(7));
    }

    @Test
    void explainNamesEveryNodeInOrder() {
        Variable v = variable(1, DType.FLOAT32);
        Tensor y = read(v).plus(1).neg();
        var graph = new Graph(List.of(), List.of(y), List.of(new Graph.Update(v, y)));
        List<String> lines = engine.open("reference:0").compile(graph).explain().lines().toList();
        assertEquals(graph.tensors().size() + 2, lines.size());
        assertTrue(
                lines.stream().anyMatch(l -> l.contains("= neg ") && l.endsWith("of %" + (graph.tensors().size() - 2))),
                lines::toString);
        assertTrue(lines.get(lines.size() - 1).startsWith("update v"), lines::toString);
    }

    @Test
    void theProbeMeasuresSomething() {
        Speed speed = engine.open("reference:0").probe();
        assertTrue(speed.readGBs() > 0 && speed.copyGBs() > 0 && speed.gflops() > 0 && speed.launchMicros() > 0
                && speed.launchAndWaitMicros() > 0, speed::toString);
    }
}
