package io.clarion.model;

import static io.clarion.model.Nets.numbers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.clarion.K;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.BatchNormalization;
import io.clarion.model.layer.Dense;
import io.clarion.model.layer.Dropout;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.Merge;
import io.clarion.model.layer.Node;
import io.clarion.model.layer.Weight;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.optimizer.Sgd;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A function of a model has one learning phase, and computes what that needs alone. */
class PhaseTest {
    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    private static Model net() {
        return Model.sequential(1, Node.input(4), new Dense(3), new BatchNormalization(), Activation.RELU,
                new Dropout(0.5),
                new Dense(3), new BatchNormalization(), Activation.RELU, new Dense(2));
    }

    private static long count(Graph graph, Class<? extends Op> kind) {
        return Graph.allTensors(graph.results()).stream().filter(t -> kind.isInstance(t.op())).count();
    }

    @Test
    void testsComputeNoStatisticsOfBatches() {
        Model model = net();
        Function predict = model.function(model.placeholders(), model.results(), List.of(), false);
        assertEquals(0, count(predict.graph(), Bundle.class));
        assertEquals(0, count(predict.graph(), Op.Random.class));
        assertEquals(3, count(predict.graph(), Op.Contract.class), "one product for each dense layer");
        assertEquals(List.of(model.placeholders().get(0)), predict.graph().inputs());
        assertEquals(3, predict.explain(numbers(5, 4)).lines().filter(l -> l.contains("contract")).count());
    }

    @Test
    void trainingNeedsNoAveragesButToUpdateThem() {
        Model model = net();
        Tensor target = K.placeholder(K.NONE, 2);
        Graph training = model.inPhase(
                new Graph(List.of(), List.of(K.mean(K.square(model.results().get(0).minus(target)))), List.of()), true);
        assertEquals(0, count(training, Bundle.class));
        assertEquals(List.of(), training.tensors().stream()
                .filter(t -> t.op() instanceof Op.Read(var v) && v.name().contains("running")).toList());
        List<Tensor> gradients = K.gradients(training.outputs().get(0), model.trained());
        assertEquals(List.of(), Graph.tensors(gradients).stream()
                .filter(t -> t.op() instanceof Op.Read(var v) && v.name().contains("running")).toList());
        assertEquals(0, count(new Graph(List.of(), gradients, List.of()), Bundle.class));
    }

    @Test
    void bothPhasesGiveWhatAPhaseThatIsFedGives() {
        Model model = net();
        NDArray x = numbers(6, 4);
        try (Function fed = K.function(List.of(model.placeholders().get(0), K.learningPhase()), model.results());
                Function training = model.function(model.placeholders(), model.results(), List.of(), true)) {
            assertArrayEquals(fed.call(x, NDArray.scalar(DType.INT32, 0)).get(0).toDoubles(),
                    model.predict(x).toDoubles());
            assertArrayEquals(fed.call(x, NDArray.scalar(DType.INT32, 1)).get(0).toDoubles(),
                    skipped(training, x).toDoubles());
            assertNotEquals(fed.call(x, NDArray.scalar(DType.INT32, 0)).get(0).get(0),
                    fed.call(x, NDArray.scalar(DType.INT32, 1)).get(0).get(0));
        }
    }

    /** The second call, as random numbers are those of a call's number. */
    private static NDArray skipped(Function function, NDArray x) {
        function.call(x);
        return function.call(x).get(0);
    }

    @Test
    void aNormalizationAtTwoPlacesAveragesBoth() {
        Node a = Node.input(2);
        Node b = Node.input(2);
        Layer shared = new BatchNormalization(-1, 0.5, 1e-3, Weight.of(Initialiser.ONE),
                Weight.of(Initialiser.ZERO));
        Model model = Model.of(1, List.of(a, b), List.of(Merge.sum().on(shared.on(a), shared.on(b))));
        try (Trainer trainer = model.compile(new Sgd(), Loss.MEAN_SQUARED_ERROR)) {
            trainer.trainOnBatch(new Samples(
                    List.of(NDArray.of(new float[] {4, 0, 4, 0}, 2, 2), NDArray.of(new float[] {0, 8, 0, 8}, 2, 2)),
                    List.of(NDArray.of(new float[4], 2, 2))));
        }
        double[] means = K.getValue(model.weights().stream()
                .filter(w -> w.op() instanceof Op.Read(var v) && v.name().endsWith("running_mean"))
                .findFirst().orElseThrow()).toDoubles();
        assertArrayEquals(new double[] {0.5 * 4, 0.5 * (0.5 * 8)}, means, 1e-6);
        assertEquals(2, model.trained().size());
    }
}
