package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.conformance.TestedEngine;
import io.clarion.engine.Device;
import io.clarion.graph.FoldBranches;
import io.clarion.graph.Graph;
import io.clarion.model.Digits;
import io.clarion.model.Loss;
import io.clarion.model.Model;
import io.clarion.model.Samples;
import io.clarion.model.Trainer;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.BatchNormalization;
import io.clarion.model.layer.Dense;
import io.clarion.model.layer.Dropout;
import io.clarion.model.layer.Embedding;
import io.clarion.model.layer.Flatten;
import io.clarion.model.layer.Merge;
import io.clarion.model.layer.Node;
import io.clarion.model.layer.Reshape;
import io.clarion.model.layer.convolution.Conv;
import io.clarion.model.layer.convolution.Pool;
import io.clarion.model.layer.convolution.Window;
import io.clarion.model.layer.recurrent.Lstm;
import io.clarion.model.optimizer.Adam;
import io.clarion.model.optimizer.Sgd;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Nets of the layers that people build nets of, trained on every device. */
class NetsTest {
    private static final int STEPS = 200;

    // A net of an LSTM over words and of a convolution over images.

    private static Model wordsAndImages() {
        K.setRandomSeed(3);
        Node words = Node.input(DType.INT32, 7);
        Node image = Node.input(9, 9, 1);
        Node read = words.then(new Embedding(20, 9)).then(new Lstm(11));
        Node seen = image.then(new Conv(5, 3, 3)).then(new BatchNormalization()).then(Activation.RELU)
                .then(new Dropout(0.25)).then(new Flatten());
        return Model.of(1, List.of(words, image),
                List.of(Merge.concat().on(read, seen).then(new Dense(4, Activation.SOFTMAX))));
    }

    /** Words and images that both tell the class, under noise. */
    private static Samples drawn(Random random, int n) {
        NDArray words = NDArray.zeros(DType.INT32, Shape.of(n, 7));
        NDArray images = NDArray.zeros(DType.FLOAT32, Shape.of(n, 9, 9, 1));
        NDArray classes = NDArray.zeros(DType.INT32, Shape.of(n));
        for (int i = 0; i < n; i++) {
            int own = random.nextInt(4);
            classes.set(i, own);
            for (int t = 0; t < 7; t++) {
                words.set(i * 7 + t, random.nextInt(3) == 0 ? random.nextInt(20) : own * 5 + t % 5);
            }
            for (int p = 0; p < 81; p++) {
                images.set(i * 81 + p, Math.sin(0.3 * (own + 1) * p) + 0.5 * random.nextGaussian());
            }
        }
        return new Samples(List.of(words, images), List.of(classes));
    }

    private static List<Double> losses(Device device) {
        K.useDevice(device);
        var random = new Random(7);
        var losses = new ArrayList<Double>();
        try (Model net = wordsAndImages();
                Trainer trainer = net.compile(new Sgd(0.05, 0, false), Loss.SPARSE_CATEGORICAL_CROSSENTROPY)) {
            for (int step = 0; step < STEPS; step++) {
                losses.add(trainer.trainOnBatch(drawn(random, 16)).loss());
            }
        }
        return losses;
    }

    /** Computed once for all devices. */
    private static final class Reference {
        static final List<Double> LOSSES = losses(TestedEngine.reference());
    }

    @EveryDevice(inEveryLayout = true)
    void aNetOfManyLayersLearnsWhatTheReferenceLearns(Device device) {
        List<Double> want = Reference.LOSSES;
        List<Double> got = losses(device);
        for (int i = 0; i < STEPS; i++) {
            int step = i;
            assertEquals(want.get(i), got.get(i), 1e-3, () -> "the loss of step " + step);
        }
        assertTrue(got.get(STEPS - 1) < 0.3 * got.get(0), got::toString);
    }

    // A net that continues a text by its letters: "This is the house that Jack built", an English nursery rhyme, in
    // print since 1755.

    private static final String TEXT = text();
    private static final String LETTERS = TEXT.chars().distinct().sorted().mapToObj(Character::toString)
            .collect(Collectors.joining());
    private static final int WINDOW = 10;

    private static String text() {
        try (InputStream in = NetsTest.class.getResourceAsStream("the-house-that-jack-built.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Windows of the text at random places, with the letter after each letter. */
    private static Samples windows(Random random, int n) {
        NDArray x = NDArray.zeros(DType.INT32, Shape.of(n, WINDOW));
        NDArray next = NDArray.zeros(DType.INT32, Shape.of(n, WINDOW));
        for (int i = 0; i < n; i++) {
            int start = random.nextInt(TEXT.length() - WINDOW);
            for (int t = 0; t < WINDOW; t++) {
                x.set(i * WINDOW + t, LETTERS.indexOf(TEXT.charAt(start + t)));
                next.set(i * WINDOW + t, LETTERS.indexOf(TEXT.charAt(start + t + 1)));
            }
        }
        return Samples.of(x, next);
    }

    /** The start with the letters that the net holds most probable after it. */
    private static String continued(Model net, String start, int length) {
        var line = new StringBuilder(start);
        while (line.length() < length) {
            int[] seen = line.substring(line.length() - WINDOW).chars().map(LETTERS::indexOf).toArray();
            line.append(LETTERS.charAt((int) net.predictClasses(NDArray.of(seen, 1, WINDOW)).get(WINDOW - 1)));
        }
        return line.toString();
    }

    @EveryDevice
    void anLstmLearnsARhymeByItsLetters(Device device) {
        K.useDevice(device);
        K.setRandomSeed(5);
        var random = new Random(11);
        Model net = Model.sequential(1, Node.input(DType.INT32, WINDOW), new Embedding(LETTERS.length(), 16),
                new Lstm(48).sequences(),
                new Dense(LETTERS.length()));
        try (net; Trainer trainer = net.compile(new Adam(0.02), Loss.SPARSE_CATEGORICAL_CROSSENTROPY_OF_LOGITS)) {
            double first = trainer.trainOnBatch(windows(random, 64)).loss();
            double last = first;
            for (int step = 1; step < 120; step++) {
                last = trainer.trainOnBatch(windows(random, 64)).loss();
            }
            assertEquals(Math.log(LETTERS.length()), first, 0.1);
            assertTrue(last < 0.8, "the loss is " + last);
            String line = continued(net, "This is the dog,", 60);
            System.out.println(device.report().id() + ": letters of a rhyme, loss " + first + " at first, " + last
                    + " at last: " + line.replace('\n', '/'));
            List<String> words = List.of(line.substring(0, line.lastIndexOf(' ')).split("\\s+"));
            List<String> known = List.of(TEXT.split("\\s+"));
            assertTrue(known.containsAll(words) && words.size() > 6, line);
        }
    }

    // An image net with batch normalisation.

    @EveryDevice
    void anImageNetWithBatchNormalizationLearnsTheDigits(Device device) {
        K.useDevice(device);
        K.setRandomSeed(6);
        Digits digits = Digits.bundled();
        var usual = new BatchNormalization();
        var quick = new BatchNormalization(-1, 0.9, usual.epsilon(), usual.gamma(), usual.beta());
        Model net = Model.sequential(1, Node.input(784), new Reshape(28, 28, 1), Pool.average(2, 2), new Conv(8, 3, 3),
                quick, Activation.RELU,
                Pool.max(2, 2), new Flatten(), new Dense(10));
        try (net; Trainer trainer = net.compile(new Adam(0.01), Loss.SPARSE_CATEGORICAL_CROSSENTROPY_OF_LOGITS)) {
            for (int step = 0; step < 80; step++) {
                trainer.trainOnBatch(part(digits.train(), step * 64, 64));
            }
            NDArray classes = net.predictClasses(part(digits.test(), 0, 500).inputs().get(0));
            NDArray own = part(digits.test(), 0, 500).targets().get(0);
            double right = IntStream.range(0, 500).filter(i -> classes.get(i) == own.get(i)).count() / 500.0;
            System.out.println(device.report().id() + ": digits after 80 batches of 64, " + 100 * right + " % right");
            assertTrue(right > 0.85, right + " are right");
        }
    }

    private static Samples part(Digits.Labelled all, int from, int n) {
        Digits.Labelled some = all.part(from, from + n);
        return Samples.of(some.images().reshape(n, 784), some.labels());
    }

    // Batch normalization in tests.

    @EveryDevice
    void normalizationCostsAKernelOfItsChannelsAtMostInTests(Device device) {
        K.useDevice(device);
        NDArray x = NDArray.zeros(DType.FLOAT32, Shape.of(2, 8, 8, 8));
        int plain = kernels(Model.sequential(1, Node.input(8, 8, 8), new Conv(8, Window.of(3, 3), Activation.RELU),
                new Conv(8, Window.of(3, 3), Activation.RELU)), x);
        int normalized = kernels(
                Model.sequential(1, Node.input(8, 8, 8), new Conv(8, 3, 3), new BatchNormalization(), Activation.RELU,
                        new Conv(8, 3, 3), new BatchNormalization(), Activation.RELU),
                x);
        assertTrue(normalized <= plain + 2, plain + " kernels without and " + normalized + " with two normalizations");
    }

    /** The kernels of a call that predicts. */
    private static int kernels(Model model, NDArray x) {
        var graph = new Graph(model.placeholders(), model.results(), List.of());
        try (Function f = new Function(FoldBranches.of(graph, K.learningPhase(), 0), K.device())) {
            Matcher kernels = Pattern.compile("(\\d+) kernels").matcher(f.explain(x));
            assertTrue(kernels.find());
            return Integer.parseInt(kernels.group(1));
        }
    }
}
