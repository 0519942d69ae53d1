package io.clarion.model;

import io.clarion.DimOrdering;
import io.clarion.PoolMode;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.Dense;
import io.clarion.model.layer.Flatten;
import io.clarion.model.layer.Node;
import io.clarion.model.layer.convolution.Conv;
import io.clarion.model.layer.convolution.Pool;
import io.clarion.model.layer.convolution.Window;
import io.clarion.model.optimizer.Optimizer;
import java.util.Arrays;
import java.util.Locale;

/** The nets for 28 × 28 digits that the command line knows; their outputs are logits (samples, 10). */
public enum Net {
    /** Two dense layers: 784, 128 with relu, 10. */
    MLP("784-128-10 perceptron"),
    /**
     * Keras's small convolutional example, without its dropout: two 3 × 3 convolutions of 32, a 2 × 2 max-pool, dense
     * 128 and 10.
     */
    CNN("convolutional net");

    private final String title;

    Net(String title) {
        this.title = title;
    }

    /** Returns what it is, for people. */
    public String title() {
        return title;
    }

    /** Returns the word for this net: "mlp" or "cnn". */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the net of that word. */
    public static Net of(String word) {
        return Arrays.stream(values()).filter(k -> k.word().equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("model \"" + word + "\" is not one of "
                        + String.join(", ", Arrays.stream(values()).map(Net::word).toList())));
    }

    /** Returns a new net of this kind; the same seed gives the same weights. */
    public Model build(long seed) {
        Dense hidden = new Dense(128, Activation.RELU);
        Dense output = new Dense(10);
        return switch (this) {
            case MLP -> Model.sequential(seed, Node.input(784), hidden.named("hidden"), output.named("output"));
            case CNN -> Model.sequential(seed, Node.input(28, 28, 1),
                    new Conv(32, channelsLast(3), Activation.RELU).named("conv1"),
                    new Conv(32, channelsLast(3), Activation.RELU).named("conv2"),
                    new Pool(PoolMode.MAX, channelsLast(2)),
                    new Flatten(),
                    hidden.named("hidden"),
                    output.named("output"));
        };
    }

    /** Returns the digits have their channel last, wherever K's configuration has channels. */
    private static Window channelsLast(int size) {
        return Window.of(size, size).ordering(DimOrdering.TF);
    }

    /** Returns the net with what it learns by: the cross-entropy of its logits with the labels. */
    public static Trainer trainer(Model net, Optimizer optimizer) {
        return net.compile(optimizer, Loss.SPARSE_CATEGORICAL_CROSSENTROPY_OF_LOGITS, Accuracy.FITTING);
    }
}
