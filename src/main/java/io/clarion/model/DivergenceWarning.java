package io.clarion.model;

import java.util.function.Consumer;

/** Warns, once in a course of training, of a loss that is NaN or infinite. */
final class DivergenceWarning implements Callback {
    private final Consumer<String> say;
    private double rate;
    private long step;
    private boolean warned;

    DivergenceWarning(Consumer<String> say) {
        this.say = say;
    }

    @Override
    public void begin(Trainer trainer, Training training) {
        rate = trainer.rate();
    }

    @Override
    public void batch(int epoch, Score soFar) {
        step++;
        if (!Double.isFinite(soFar.loss()) && !warned) {
            warned = true;
            say.accept("the loss is " + soFar.loss() + " in step " + step + ", in epoch " + epoch
                    + ", at a learning rate of " + rate + ": a smaller rate "
                    + "may do; with CLARION_CHECK=nan the call that gives the first NaN or infinity fails and names the operation that made it");
        }
    }
}
