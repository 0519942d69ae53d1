package io.clarion.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The engines on the class path, in the order of their roles. */
public final class Engines {
    private static final List<Engine> ALL = ServiceLoader.load(Engine.class).stream().map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparing(Engine::role)).toList();

    private Engines() {}

    public static List<Engine> all() {
        return ALL;
    }

    public static Optional<Engine> named(String name) {
        return ALL.stream().filter(e -> e.name().equals(name)).findFirst();
    }

    /** Returns the engines' names, for messages. */
    public static String names() {
        return String.join(", ", ALL.stream().map(Engine::name).toList());
    }
}
