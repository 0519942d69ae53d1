package io.clarion.model.optimizer;

/** Checks the numbers that optimizers and training are set to. */
public final class Settings {
    private Settings() {}

    /** Refuses a learning rate that is negative, infinite or no number. */
    static void rate(double rate) {
        notNegative("a learning rate", rate);
    }

    /** Refuses a share that is not in [0, 1). */
    static void share(String what, double share) {
        check(share >= 0 && share < 1, what + " cannot be " + share + "; a number from 0 to below 1 would do");
    }

    /** Refuses a number that is negative, infinite or no number. */
    public static void notNegative(String what, double number) {
        check(number >= 0 && number < Double.POSITIVE_INFINITY,
                what + " cannot be " + number + "; a finite number from 0 would do");
    }

    /** Refuses a count below {@code least}. */
    public static void atLeast(int least, String what, int count) {
        check(count >= least, what + " cannot be " + count + "; " + least + " or more would do");
    }

    /** Refuses a size of batches that hold no sample; {@code call} stands before the reason. */
    public static void batch(String call, int batch) {
        check(batch >= 1, call + ": batches of " + batch + " samples are none; 1 or more would do");
    }

    public static void check(boolean holds, String reason) {
        if (!holds) {
            throw new IllegalArgumentException(reason);
        }
    }

    /** Checks what Adam and its kin have in common. */
    static void ofAdam(double rate, double beta1, double beta2, double epsilon) {
        rate(rate);
        share("beta1", beta1);
        share("beta2", beta2);
        notNegative("epsilon", epsilon);
    }
}
