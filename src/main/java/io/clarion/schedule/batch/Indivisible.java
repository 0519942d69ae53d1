package io.clarion.schedule.batch;

/** Says why a graph's batch cannot be divided. */
final class Indivisible extends Exception {
    private static final long serialVersionUID = 1;

    Indivisible(String why) {
        super(why);
    }
}
