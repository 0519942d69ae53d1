package io.clarion;

/** The padding of a convolution or pool at the border, Keras's border_mode. */
public enum BorderMode implements Word {
    /** Only places where the whole window lies inside. */
    VALID("valid"),
    /**
     * As many places as elements, divided by the stride and rounded up: padded around, the odd element of padding last.
     */
    SAME("same");

    private final String word;

    BorderMode(String word) {
        this.word = word;
    }

    @Override
    public String word() {
        return word;
    }

    /** Parses Keras's word: "valid" or "same". */
    public static BorderMode of(String word) {
        return Word.parse(BorderMode.class, "border_mode", word);
    }
}
