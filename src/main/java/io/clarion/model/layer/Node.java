package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.DType;
import java.util.Arrays;
import java.util.List;

/** A place in a model that is being described: an input, or the output of a layer on other places. */
public final class Node {
    private final Layer layer;
    private final List<Node> inputs;
    private final int[] sample;
    private final DType dtype;

    Node(Layer layer, List<Node> inputs) {
        this(layer, inputs, new int[0], null);
    }

    private Node(Layer layer, List<Node> inputs, int[] sample, DType dtype) {
        this.layer = layer;
        this.inputs = List.copyOf(inputs);
        this.sample = sample.clone();
        this.dtype = dtype;
    }

    /** Returns an input of type {@link K#floatx}: the shape of one sample; a size may be {@link K#NONE}. */
    public static Node input(int... sample) {
        return input(K.floatx(), sample);
    }

    public static Node input(DType dtype, int... sample) {
        InputChecks.present("the dtype of an input", dtype, "DType.FLOAT32");
        InputChecks.check(Arrays.stream(sample).allMatch(n -> n >= 0 || n == K.NONE),
                "an input of shape " + Arrays.toString(sample)
                        + " for a sample is not possible; sizes from 0, or K.NONE for one that a call tells, would do");
        return new Node(null, List.of(), sample, dtype);
    }

    /** Returns the output of {@code next} on this. */
    public Node then(Layer next) {
        return next.on(this);
    }

    public boolean isInput() {
        return layer == null;
    }

    /** Returns the layer; null for an input. */
    public Layer layer() {
        return layer;
    }

    public List<Node> inputs() {
        return inputs;
    }

    /** Returns an input's shape of one sample. */
    public int[] sample() {
        return sample.clone();
    }

    /** Returns an input's type. */
    public DType dtype() {
        return dtype;
    }
}
