package io.clarion;

import java.util.Arrays;
import java.util.stream.Collectors;

/** One of a set of words by which Keras names a choice. */
interface Word {
    /** Returns Keras's own word. */
    String word();

    /**
     * Returns the choice of {@code type} that {@code word} names; {@code argument} is Keras's name of the argument, for
     * the error.
     */
    static <E extends Enum<E> & Word> E parse(Class<E> type, String argument, String word) {
        return Arrays.stream(type.getEnumConstants()).filter(e -> e.word().equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(argument + " \"" + word + "\" is not one of "
                        + Arrays.stream(type.getEnumConstants()).map(e -> "\"" + e.word() + "\"")
                                .collect(Collectors.joining(", "))));
    }
}
