package io.clarion.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.grad.Gradients;
import io.clarion.reference.Evaluation;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GraphTest {
    private static Tensor leaf() {
        return Tensor.literal(DType.FLOAT64, 1);
    }

    @Property(tries = 100)
    void everyTensorStandsOnceAndAfterItsInputs(@ForAll long seed) {
        var random = new Random(seed);
        var all = new ArrayList<>(List.of(leaf(), leaf()));
        for (int i = 0; i < 40; i++) {
            all.add(all.get(random.nextInt(all.size())).plus(all.get(random.nextInt(all.size()))));
        }
        List<Tensor> order = Graph.tensors(List.of(all.get(41), all.get(20), all.get(41)));
        assertEquals(order.size(), new HashSet<>(order).size());
        for (Tensor t : order) {
            t.inputs().forEach(in -> assertTrue(order.indexOf(in) < order.indexOf(t)));
        }
        assertTrue(order.contains(all.get(20)));
    }

    @Test
    void deepGraphsDoNotOverflowTheStack() {
        Tensor x = leaf();
        Tensor y = x;
        for (int i = 0; i < 10_000; i++) {
            y = y.plus(x);
        }
        assertEquals(10_001, Graph.tensors(List.of(y)).size());
        assertEquals(10_001, Evaluation.of(y).item());
        assertEquals(10_001, Evaluation.of(Gradients.of(y, List.of(x)).get(0)).item());
        Graph copy = new Graph(List.of(), List.of(y), List.of()).specialise(Map.of());
        assertEquals(10_001, copy.tensors().size());
    }

    @Test
    void specialisingPutsSizesInEverywhere() {
        var n = new Dim.Symbol("n");
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, new Shape(List.of(n, Dim.of(3))), "x"));
        Tensor y = x.times(Tensor.of(new Op.Size(n))).plus(Tensor.of(new Op.Random(1, x.shape())))
                .plus(Tensor.of(new Op.Iota(n)).expand(List.of(1))).sum(List.of(1));
        Graph graph = new Graph(List.of(x), List.of(y), List.of()).specialise(Map.of(n, 4));
        assertTrue(graph.tensors().stream().allMatch(t -> t.shape().isKnown()));
        assertEquals(Shape.of(4), graph.outputs().get(0).shape());
        assertEquals(Shape.of(4, 3), graph.inputs().get(0).shape());
    }

    @Test
    void sizesThatDoNotFitAreFoundWhenSpecialised() {
        var n = new Dim.Symbol("n");
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, new Shape(List.of(n)), "x"));
        Tensor sum = x.plus(Tensor.constant(NDArray.of(new float[3], 3)));
        var graph = new Graph(List.of(x), List.of(sum), List.of());
        assertEquals(Shape.of(3), graph.specialise(Map.of(n, 3)).outputs().get(0).shape());
        assertThrows(IllegalArgumentException.class, () -> graph.specialise(Map.of(n, 4)));
    }

    @Test
    void simplifyingLeavesNoAliases() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(3), "x"));
        Tensor places = Tensor.constant(NDArray.of(new int[] {0, 1, 1}, 3));
        Tensor matrix = new SparseMatrix(Shape.of(2, 2), Tensor.of(new Op.Stop(), x), places, places).matrix();
        Tensor watched = Tensor.of(new Op.Watch((value, steps) -> {}), matrix, x.neg());
        Graph simple = Simplify.of(new Graph(List.of(x), List.of(watched), List.of()));
        assertTrue(simple.tensors().stream().noneMatch(t -> t.op() instanceof Op.Alias));
        assertTrue(simple.tensors().stream().noneMatch(t -> t.op().equals(new Op.Elementwise(ScalarFn.NEG))));
    }

    @Test
    void anUpdateOfAnotherShapeOrTypeIsAnError() {
        var v = new Variable(NDArray.of(new float[2], 2), "v");
        assertThrows(IllegalArgumentException.class,
                () -> new Graph.Update(v, Tensor.constant(NDArray.of(new float[3], 3))));
        assertThrows(IllegalArgumentException.class,
                () -> new Graph.Update(v, Tensor.constant(NDArray.of(new int[2], 2))));
        Tensor fits = Tensor.constant(NDArray.of(new float[2], 2));
        assertSame(fits, new Graph(List.of(), List.of(), List.of(new Graph.Update(v, fits))).results().get(0));
    }
}
