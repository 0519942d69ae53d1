package io.clarion.graph;

import java.security.CodeSource;
import java.util.Arrays;

/**
 * The origin of tensors: where they were built, in the code that uses this library. It is recorded if
 * {@code -Dclarion.check} or, without it, {@code CLARION_CHECK} has the word {@code nan}, as it costs a walk of the
 * stack a tensor.
 */
public final class Origin {
    private static volatile boolean recorded = isAskedFor("nan");

    private Origin() {}

    /** Returns whether {@code -Dclarion.check} or, without it, {@code CLARION_CHECK} has a word. */
    public static boolean isAskedFor(String word) {
        String property = System.getProperty("clarion.check");
        String words = property != null ? property : System.getenv("CLARION_CHECK");
        return words != null && Arrays.stream(words.split(",")).anyMatch(w -> w.strip().equalsIgnoreCase(word));
    }

    /** Returns whether origins are recorded, and functions look for what makes their results infinite or no numbers. */
    public static boolean isRecorded() {
        return recorded;
    }

    /** Records origins, or not, from now on. */
    public static void record(boolean on) {
        recorded = on;
    }

    /** Returns the innermost call from outside of this library, as {@code Net.java:42}; null if none is recorded. */
    static String here() {
        return !recorded ? null
                : StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).walk(frames -> frames
                        .filter(f -> !isOurs(f.getDeclaringClass())).findFirst()
                        .map(f -> f.getFileName() + ":" + f.getLineNumber()).orElse(null));
    }

    /** Returns whether a class comes with this library, or with Java. */
    private static boolean isOurs(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null
                || source.getLocation().equals(Origin.class.getProtectionDomain().getCodeSource().getLocation());
    }
}
