package io.clarion;

/** The reduction of a pool's window: maximum or average. */
public enum PoolMode implements Word {
    /** The largest element; the gradient goes to the first of several in row-major order. */
    MAX("max"),
    /** The mean of the elements that lie inside the image. */
    AVG("avg");

    private final String word;

    PoolMode(String word) {
        this.word = word;
    }

    @Override
    public String word() {
        return word;
    }

    /** Parses Keras's word: "max" or "avg". */
    public static PoolMode of(String word) {
        return Word.parse(PoolMode.class, "pool_mode", word);
    }
}
