package io.clarion.engine;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whatever can run graphs: found by {@link java.util.ServiceLoader}, so a further one is one class and one service
 * entry. See {@code docs/how-to/add-an-engine.md}.
 */
public interface Engine {
    /** When an engine computes, in the order in which engines are asked where nobody names one. */
    enum Role {
        /** Wherever it has a device. */
        DEFAULT,
        /** Computes where no default engine has a device; says what is right, and is slow. */
        REFERENCE,
        /** Computes where it is named. */
        NAMED
    }

    /** Returns the word by which keras.json and KERAS_BACKEND name this engine, such as "opencl". */
    String name();

    /** Returns the name for people, as in "Using OpenCL backend." */
    String title();

    /** Returns when this engine computes: where it is named, unless it says otherwise. */
    default Role role() {
        return Role.NAMED;
    }

    /** Returns every platform and device that this engine can see, those that fail included. Never throws. */
    List<PlatformReport> survey();

    /**
     * Returns a part of a device by its id, such as {@code pocl:0/1of2} for half of its units; empty if this engine has
     * none of that name.
     */
    default Optional<DeviceReport> part(String id) {
        return Optional.empty();
    }

    /**
     * Opens the device with the id of one in the survey; a device that is open already is returned again.
     *
     * @throws IllegalArgumentException if there is no such device or it cannot be used, with the ones there are
     */
    Device open(String id);

    /**
     * Gets what this engine lacks to have a device at all, where that can be had and the user does not refuse, and says
     * on standard error what it does. To be called before anything else is asked of the engine.
     *
     * @return the exit code of a process that had to be started anew to see it and has done this one's work; empty if
     *         this process can go on
     */
    default OptionalInt provide() {
        return OptionalInt.empty();
    }

    /** Returns what is right and what is wrong with this engine's drivers on this machine, each with its cure. */
    List<Finding> diagnose();
}
