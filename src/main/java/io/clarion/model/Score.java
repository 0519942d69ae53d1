package io.clarion.model;

/**
 * How well a net did on some samples.
 *
 * @param samples  how many
 * @param loss     the mean softmax cross-entropy, in nats
 * @param accuracy the share of samples whose largest logit is that of their class, 0 to 1
 */
public record Score(int samples, double loss, double accuracy) {
    /** Of no samples yet. */
    public static final Score NONE = new Score(0, 0, 0);

    /** Over these samples and others. */
    public Score and(Score other) {
        int all = samples + other.samples;
        return all == 0 ? NONE : new Score(all, (loss * samples + other.loss * other.samples) / all,
                (accuracy * samples + other.accuracy * other.samples) / all);
    }
}
