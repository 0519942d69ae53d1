package io.clarion.config;

import java.util.Set;

/** The engines that are artifacts of their own, which a user adds or leaves out. */
public final class OptionalEngines {
    private static final Set<String> NAMES = Set.of("tensorflow", "theano");

    private OptionalEngines() {}

    /**
     * Returns what to add to have the engine {@code name}, as the end of a sentence that says that it is not there;
     * empty if there is none of that name.
     */
    public static String cure(String name) {
        return NAMES.contains(name) ? "; add the artifact io.clarion:clarion-" + name
                + " to the class path, as docs/reference/" + name + ".md tells" : "";
    }
}
