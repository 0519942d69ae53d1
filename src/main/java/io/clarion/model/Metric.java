package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.optimizer.Settings;

/** A number that says how good outputs are. */
public interface Metric {
    /** Returns the name under which a {@link Score} has it. */
    String word();

    /** Returns the metric over a batch, a scalar. */
    Tensor value(Tensor target, Tensor output);

    /**
     * Returns the share of samples whose class is among the k of the largest outputs (samples, classes); Keras has k =
     * 5.
     */
    static Metric topK(int k) {
        return new TopK(k);
    }

    /** See {@link #topK}. Targets are classes, or of the outputs' shape with the largest at the class. */
    record TopK(int k) implements Metric {
        public TopK {
            Settings.atLeast(1, "the k of top-k accuracy", k);
        }

        @Override
        public String word() {
            return "top_" + k + "_categorical_accuracy";
        }

        @Override
        public Tensor value(Tensor target, Tensor output) {
            return K.mean(K.inTopK(output, Accuracy.classes(target, output), k));
        }
    }
}
