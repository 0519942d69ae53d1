package io.clarion.model;

import static io.clarion.model.Nets.floats;
import static io.clarion.model.Nets.numbers;
import static io.clarion.model.Nets.weight;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.BatchNormalization;
import io.clarion.model.layer.Dense;
import io.clarion.model.layer.Dropout;
import io.clarion.model.layer.Flatten;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.Masking;
import io.clarion.model.layer.Merge;
import io.clarion.model.layer.Node;
import io.clarion.model.layer.TimeDistributed;
import io.clarion.model.layer.convolution.Conv;
import io.clarion.model.layer.convolution.Pool;
import io.clarion.model.layer.convolution.Window;
import io.clarion.model.layer.recurrent.Gru;
import io.clarion.model.optimizer.Adam;
import io.clarion.model.optimizer.Sgd;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ModelTest {
    private static final double ULPS = 1e-5;

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    @Test
    void aConvolutionalNetLearnsToTellBarsApart() {
        NDArray x = numbers(60, 6, 6, 1);
        NDArray t = NDArray.of(IntStream.range(0, 60).map(i -> i % 2).toArray(), 60);
        for (int i = 0; i < 60; i++) {
            for (int k = 0; k < 6; k++) {
                int place = 36 * i + (i % 2 == 0 ? 12 + k : 6 * k + 2);
                x.set(place, x.get(place) + 2);
            }
        }
        K.setRandomSeed(1);
        try (Trainer trainer = Model.sequential(3, Node.input(6, 6, 1), new Conv(6, Window.of(3, 3), Activation.RELU),
                new BatchNormalization(), Pool.max(2, 2), new Flatten(), new Dropout(0.1),
                new Dense(2, Activation.SOFTMAX))
                .compile(new Adam(0.02), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Accuracy.FITTING)) {
            Training.History history = trainer.fit(Samples.of(x, t), 12, 20);
            Score last = history.epochs().get(11).train();
            assertTrue(last.loss() < 0.05, last.toString());
        }
    }

    @Test
    void twoInputsAndTwoOutputsLearnTogether() {
        NDArray a = numbers(80, 3);
        NDArray b = numbers(80, 2);
        NDArray sum = floats(IntStream.range(0, 80).mapToDouble(i -> a.get(3 * i) + b.get(2 * i)).toArray(), 80, 1);
        NDArray sign = floats(IntStream.range(0, 80).mapToDouble(i -> a.get(3 * i + 1) > 0 ? 1 : 0).toArray(), 80, 1);
        Node left = Node.input(3);
        Node right = Node.input(2);
        Node both = Merge.concat().on(left.then(new Dense(8, Activation.TANH)),
                right.then(new Dense(8, Activation.TANH)));
        Node number = both.then(new Dense(1).named("sum"));
        Node half = both.then(new Dense(1, Activation.SIGMOID).named("sign"));
        K.setRandomSeed(1);
        try (Trainer trainer = Model.of(5, List.of(left, right), List.of(number, half)).compile(new Adam(0.03),
                List.of(Loss.MEAN_SQUARED_ERROR, Loss.BINARY_CROSSENTROPY), List.of(1.0, 0.5),
                List.of(Accuracy.FITTING))) {
            Samples samples = new Samples(List.of(a, b), List.of(sum, sign));
            trainer.fit(samples, 25, 16);
            Score score = trainer.evaluate(samples);
            assertEquals(List.of("loss", "sum_loss", "sum_acc", "sign_loss", "sign_acc"),
                    List.copyOf(score.values().keySet()));
            assertEquals(score.loss(), score.get("sum_loss") + 0.5 * score.get("sign_loss"), ULPS);
            assertTrue(score.loss() < 0.05, score.toString());
        }
    }

    @Test
    void aLayerAtTwoPlacesHasItsWeightsOnce() {
        Node a = Node.input(3);
        Node b = Node.input(3);
        Layer shared = new Dense(2);
        Model model = Model.of(List.of(a, b), List.of(Merge.sum().on(shared.on(a), shared.on(b))));
        assertEquals(2, model.weights().size());
        NDArray x = numbers(4, 3);
        NDArray minus = floats(IntStream.range(0, 12).mapToDouble(i -> -x.get(i)).toArray(), 4, 3);
        assertArrayEquals(new double[8], model.predict(List.of(x, minus), 2).get(0).toDoubles(), ULPS);
        assertEquals(4, Model.of(List.of(a, b), List.of(Merge.sum().on(new Dense(2).on(a), new Dense(2).on(b))))
                .weights().size());
    }

    @Test
    void theEncoderOfAnAutoencoderSharesItsWeights() {
        Node in = Node.input(4);
        Node code = in.then(new Dense(2, Activation.TANH).named("encoder"));
        Layer decode = new Dense(4).named("decoder");
        Model whole = Model.of(in, code.then(decode));
        Model encoder = whole.sharing(List.of(in), List.of(code));
        Node given = Node.input(2);
        Model decoder = whole.sharing(List.of(given), List.of(given.then(decode)));
        assertEquals(List.of("encoder/kernel", "encoder/bias"), LayersTest.names(encoder));
        NDArray x = numbers(3, 4);
        try (Trainer trainer = whole.compile(new Sgd(0.1), Loss.MEAN_SQUARED_ERROR)) {
            trainer.trainOnBatch(Samples.of(x, x));
            assertArrayEquals(whole.predict(x).toDoubles(), decoder.predict(encoder.predict(x)).toDoubles(), ULPS);
        }
        assertEquals("sharing: a layer, dense, is not one of this model", assertThrows(IllegalArgumentException.class,
                () -> whole.sharing(List.of(in), List.of(in.then(new Dense(1))))).getMessage());
    }

    @Test
    void aSharedPartKnowsTheWeightsOfItsLoop() {
        Node in = Node.input(4, 3);
        Node state = in.then(new Gru(2).dropout(0.2, 0.2)).then(new BatchNormalization());
        Model whole = Model.of(in, state.then(new Dense(1)));
        assertEquals(3 + 4, whole.sharing(List.of(in), List.of(state)).weights().size());
    }

    @Test
    void aModelIsALayer() {
        Model inner = Model.sequential(1, Node.input(3), new Dense(2, Activation.RELU).named("inner"),
                new BatchNormalization());
        Model outer = Model.sequential(2, Node.input(5, 3), new TimeDistributed(inner), new Flatten(), new Dense(1));
        assertEquals(List.of("inner/kernel", "inner/bias"), LayersTest.names(outer).subList(0, 2));
        assertEquals(6 + 2, outer.weights().size());
        Model unnamed = Model.sequential(1, Node.input(3), new Dense(2));
        assertEquals(List.of("dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias"),
                LayersTest.names(Model.sequential(2, Node.input(3), unnamed, new Dense(1))));
        assertEquals("layer model_1: two weights would be called dense_1/kernel; give the layers different names",
                refused(() -> Model.sequential(2, Node.input(3), new Dense(3), unnamed)));
        NDArray x = numbers(4, 5, 3);
        assertEquals(Shape.of(4, 1), outer.predict(x).shape());
        double before = weight(inner, 0).get(0);
        double running = weight(inner, 4).get(0);
        try (Trainer trainer = outer.compile(new Sgd(), Loss.MEAN_SQUARED_ERROR)) {
            trainer.trainOnBatch(Samples.of(x, numbers(4, 1)));
        }
        assertNotEquals(before, weight(inner, 0).get(0));
        assertNotEquals(running, weight(inner, 4).get(0));
    }

    @Test
    void frozenLayersAreNotTrained() {
        NDArray x = numbers(4, 3);
        Model model = Model.sequential(1, Node.input(3), new Dense(2).named("base").frozen(), new Dense(1));
        double[] before = weight(model, 0).toDoubles();
        try (Trainer trainer = model.compile(new Sgd(1), Loss.MEAN_SQUARED_ERROR)) {
            trainer.trainOnBatch(Samples.of(x, numbers(4, 1)));
        }
        assertArrayEquals(before, weight(model, 0).toDoubles());
        assertEquals(3, model.size());
        assertEquals("base/kernel", LayersTest.names(model).get(0));
    }

    @Test
    void theSameSeedGivesTheSameWeights() {
        double[] one = weight(Model.sequential(7, Node.input(3), new Dense(2)), 0).toDoubles();
        assertArrayEquals(one, weight(Model.sequential(7, Node.input(3), new Dense(2)), 0).toDoubles());
        K.setRandomSeed(3);
        double[] drawn = weight(Model.sequential(Node.input(3), new Dense(2)), 0).toDoubles();
        assertNotEquals(drawn[0], weight(Model.sequential(Node.input(3), new Dense(2)), 0).get(0));
        K.setRandomSeed(3);
        assertArrayEquals(drawn, weight(Model.sequential(Node.input(3), new Dense(2)), 0).toDoubles());
    }

    @Test
    void maskedStepsDoNotCountInTheLoss() {
        NDArray x = floats(new double[] {1, 2, 0, 0, 3, 0, 0, 0}, 2, 4, 1);
        NDArray zeros = floats(new double[8], 2, 4, 1);
        try (Trainer trainer = Model.sequential(1, Node.input(4, 1), new Masking()).compile(new Sgd(),
                Loss.MEAN_SQUARED_ERROR)) {
            assertEquals((1 + 4 + 9) / 3.0, trainer.testOnBatch(Samples.of(x, zeros)).loss(), ULPS);
        }
    }

    @Test
    void aMergedStepCountsIfItDoesInEveryInput() {
        NDArray a = floats(new double[] {1, 0, 3}, 1, 3, 1);
        NDArray b = floats(new double[] {0, 1, 1}, 1, 3, 1);
        assertEquals(16, maskedLoss(Merge.sum(), a, b), ULPS);
        assertEquals((9 + 1) / 2.0, maskedLoss(Merge.concat(), a, b), ULPS);
        assertEquals((1 + 9 + 1 + 1) / 4.0, maskedLoss(Merge.concat(1), a, b), ULPS);
    }

    /** The mean square of the steps that count. */
    private static double maskedLoss(Merge merge, NDArray a, NDArray b) {
        Node one = Node.input(3, 1);
        Node other = Node.input(3, 1);
        Model model = Model.of(List.of(one, other),
                List.of(merge.on(one.then(new Masking()), other.then(new Masking()))));
        try (Trainer trainer = model.compile(new Sgd(), Loss.MEAN_SQUARED_ERROR)) {
            int[] shape = K.intShape(model.results().get(0));
            shape[0] = 1;
            return trainer.testOnBatch(new Samples(List.of(a, b), List.of(NDArray.zeros(a.dtype(), Shape.of(shape)))))
                    .loss();
        }
    }

    @Test
    void predictionsComeInBatchesOfWhatIsThere() {
        NDArray x = numbers(70, 3);
        Model model = Model.sequential(1, Node.input(3), new Dense(2));
        assertArrayEquals(model.predict(List.of(x), 70).get(0).toDoubles(), model.predict(x).toDoubles());
        assertEquals(Shape.of(70), model.predictClasses(x).shape());
    }

    @Test
    void classesMayHaveALastAxisOfOne() {
        Model model = Model.sequential(1, Node.input(3), new Dense(2, Activation.SOFTMAX));
        NDArray x = numbers(4, 3);
        try (Trainer trainer = model.compile(new Sgd(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY)) {
            NDArray t = NDArray.of(new int[] {0, 1, 1, 0}, 4);
            assertEquals(trainer.evaluate(Samples.of(x, t)), trainer.evaluate(Samples.of(x, t.reshape(4, 1))));
        }
    }

    @Test
    void wrongModelsAndSamplesAreToldInOneSentence() {
        Node in = Node.input(3);
        Node other = Node.input(2);
        assertEquals("an output needs an input of shape [2] that is not among the model's",
                refused(() -> Model.of(in, Merge.concat().on(in, other))));
        assertEquals("layer merge_1: inputs of shapes [(None, 3), (None, 2)] differ; merging by SUM takes equal shapes",
                refused(() -> Model.of(List.of(in, other), List.of(Merge.sum().on(in, other)))));
        assertEquals("layer a: two weights would be called a/kernel; give the layers different names",
                refused(() -> Model.sequential(in, new Dense(2).named("a"), new Dense(2).named("a"))));
        Model model = Model.sequential(in, new Dense(2));
        assertEquals("compile: losses given: 2, weights: 1; one of each for each output, here 1, would do",
                refused(() -> model.compile(new Sgd(), List.of(Loss.HINGE, Loss.HINGE), List.of(1.0), List.of())));
        assertEquals("arrays of shapes [(2, 3), (3, 2)] are not samples; equally many along axis 0 of each would do",
                refused(() -> Samples.of(numbers(2, 3), numbers(3, 2))));
        try (Trainer trainer = model.compile(new Sgd(), Loss.HINGE)) {
            assertEquals("arrays of targets given: 0; one for each output, here 1, would do",
                    refused(() -> trainer.trainOnBatch(new Samples(List.of(numbers(2, 3)), List.of()))));
            assertEquals(
                    "targets: output dense_1 has shape (None, 2), so that the loss takes targets (None, 2), and those given have (2, 3)",
                    refused(() -> trainer.trainOnBatch(Samples.of(numbers(2, 3), numbers(2, 3)))));
        }
    }

    @Test
    void batchesHoldASampleAtLeast() {
        Model model = Model.sequential(Node.input(3), new Dense(2));
        assertEquals("predict: batches of 0 samples are none; 1 or more would do",
                refused(() -> model.predict(List.of(numbers(4, 3)), 0)));
        assertEquals("predictClasses: batches of -1 samples are none; 1 or more would do",
                refused(() -> model.predictClasses(List.of(numbers(4, 3)), -1)));
        try (Trainer trainer = model.compile(new Sgd(), Loss.MEAN_SQUARED_ERROR)) {
            assertEquals("evaluate: batches of 0 samples are none; 1 or more would do",
                    refused(() -> trainer.evaluate(Samples.of(numbers(4, 3), numbers(4, 2)), 0)));
        }
    }

    @Test
    void inputsThatAreMissingAreNamed() {
        Node left = Node.input(3);
        Node right = Node.input(2);
        Node both = Merge.concat().on(left, right).then(new BatchNormalization());
        Model model = Model.of(List.of(left, right), List.of(both));
        assertEquals(
                "predictClasses: arrays given: 1; the model has an input for each of input_1 (None, 3), input_2 (None, 2)",
                refused(() -> model.predictClasses(numbers(4, 3))));
        assertEquals(
                "predict: arrays given: 1; the model has an input for each of input_1 (None, 3), input_2 (None, 2)",
                refused(() -> model.predict(numbers(4, 3))));
        assertEquals(Shape.of(4), model.predictClasses(List.of(numbers(4, 3), numbers(4, 2)), 3).shape());
        Model two = Model.of(List.of(left, right), List.of(both.then(new Dense(1)), both.then(new Dense(2))));
        assertEquals(
                "predictClasses: the model has 2 outputs, dense_1, dense_2, and one array is asked for; predict with a list of inputs gives an array for each",
                refused(() -> two.predictClasses(numbers(4, 3))));
    }

    @Test
    void targetsThatDoNotFitSayWhatIsMissing() {
        NDArray images = numbers(2, 4, 4, 1);
        NDArray classes = NDArray.of(new int[] {0, 1}, 2);
        try (Trainer trainer = Model
                .sequential(Node.input(4, 4, 1), new Conv(3, 3, 3), new Dense(2, Activation.SOFTMAX))
                .compile(new Sgd(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY)) {
            assertEquals(
                    "targets: output dense_1 has shape (None, 2, 2, 2), so that the loss takes targets (None, 2, 2), and those given have (2,); "
                            + "a Flatten before dense_1 would make one output of each sample",
                    refused(() -> trainer.trainOnBatch(Samples.of(images, classes))));
        }
        Model model = Model.sequential(Node.input(3), new Dense(2, Activation.SOFTMAX));
        try (Trainer rows = model.compile(new Sgd(), Loss.CATEGORICAL_CROSSENTROPY);
                Trainer numbers = model.compile(new Sgd(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY)) {
            assertEquals(
                    "targets: output dense_1 has shape (None, 2), so that the loss takes targets (None, 2), and those given have (2,); "
                            + "classes as whole numbers are for sparse_categorical_crossentropy",
                    refused(() -> rows.trainOnBatch(Samples.of(numbers(2, 3), classes))));
            assertEquals(
                    "targets: output dense_1 has shape (None, 2), so that the loss takes targets (None,), and those given have (2, 2); "
                            + "a row of 0 and 1 for each sample is for categorical_crossentropy",
                    refused(() -> numbers.trainOnBatch(Samples.of(numbers(2, 3), numbers(2, 2)))));
        }
    }

    @Test
    void aTargetOfOneNumberNeedsNoAxisForIt() {
        try (Trainer trainer = Model.sequential(1, Node.input(3), new Dense(1)).compile(new Sgd(),
                Loss.MEAN_SQUARED_ERROR)) {
            NDArray t = numbers(4);
            assertEquals(trainer.testOnBatch(Samples.of(numbers(4, 3), t)),
                    trainer.testOnBatch(Samples.of(numbers(4, 3), t.reshape(4, 1))));
        }
    }

    @Test
    void valuesOfOneNameAreRefusedAndOutputsOfOneLayerAreNumbered() {
        Model model = Model.sequential(Node.input(3), new Dense(2));
        assertEquals("compile: two values would be called mean_absolute_error; metrics of different names would do",
                refused(() -> model.compile(new Sgd(), Loss.HINGE, Loss.MEAN_ABSOLUTE_ERROR,
                        Loss.MEAN_ABSOLUTE_ERROR)));
        Node a = Node.input(3);
        Node b = Node.input(3);
        Layer shared = new Dense(2).named("code");
        try (Trainer trainer = Model.of(List.of(a, b), List.of(shared.on(a), shared.on(b))).compile(new Sgd(),
                Loss.MEAN_SQUARED_ERROR)) {
            Score score = trainer.testOnBatch(
                    new Samples(List.of(numbers(2, 3), numbers(2, 3)), List.of(numbers(2, 2), numbers(2, 2))));
            assertEquals(List.of("loss", "code_loss", "code_2_loss"), List.copyOf(score.values().keySet()));
        }
    }

    private static String refused(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
