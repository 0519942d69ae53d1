package io.clarion.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Which engine computes: what KERAS_BACKEND says, else what {@code keras.json} says, else the first that has a usable
 * device.
 *
 * @param engines  the names of the engines on the class path, in the order in which they are tried where nobody names
 *                 one
 * @param usable   whether the engine of that name has a usable device here
 * @param warnings told of each wish that cannot be met
 */
public record BackendChoice(List<String> engines, Predicate<String> usable, Consumer<String> warnings) {
    /**
     * Returns the name of the engine.
     *
     * @throws IllegalArgumentException if {@code environment} names an engine that is not there, with those that are
     */
    public String choose(Optional<String> environment, Configuration configuration) {
        if (environment.isPresent()) {
            String asked = environment.get().strip();
            if (!engines.contains(asked)) {
                throw new IllegalArgumentException(
                        "KERAS_BACKEND is \"" + asked + "\", which is no engine on the class path; "
                                + (engines.isEmpty() ? "there is none" : "there are " + String.join(", ", engines))
                                + OptionalEngines.cure(asked));
            }
            return asked;
        }
        String asked = configuration.backend();
        if (engines.contains(asked) && usable.test(asked)) {
            return asked;
        }
        String other = otherwise();
        // A file that names none has the default, which nobody asked for.
        String who = asked.equals(Configuration.DEFAULTS.backend()) ? "the default or keras.json" : "keras.json";
        warnings.accept(who + " asks for backend \"" + asked + "\", " + (engines.contains(asked)
                ? "which has no usable device here"
                : "which is no engine on the class path" + OptionalEngines.cure(asked)) + ": using \"" + other + "\"");
        return other;
    }

    private String otherwise() {
        return engines.stream().filter(usable).findFirst().orElseThrow(() -> new IllegalStateException(
                "no engine on the class path has a usable device ("
                        + (engines.isEmpty() ? "there is no engine" : String.join(", ", engines)) + ")"));
    }
}
