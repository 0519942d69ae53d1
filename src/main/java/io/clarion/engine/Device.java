package io.clarion.engine;

import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.graph.Graph;
import io.clarion.tensor.Dim;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** An open device of an engine. Thread-safe; closing it frees everything that it holds. */
public interface Device extends AutoCloseable {
    /** Returns the facts about it. */
    DeviceReport report();

    /**
     * Compiles a graph whose sizes are all known. Its variables move to this device, so that calls do not have to fetch
     * them unless others have taken them.
     *
     * @throws UnsupportedOperationException if the device cannot do what the graph asks, such as float64
     */
    Executable compile(Graph graph);

    /**
     * Compiles a graph for the sizes that a call told.
     *
     * @throws IllegalArgumentException if they do not fit
     */
    default Executable compile(Graph graph, Map<Dim.Symbol, Integer> sizes) {
        return compile(graph.specialise(sizes));
    }

    /** Measures this device. Takes some seconds at most. */
    Speed probe();

    /**
     * Searches, for {@code time} at most, how this device computes products fastest, and keeps it for whoever opens it
     * later.
     *
     * @param reference what results are compared with
     * @param say       is told what is tried, a line each
     * @return the file in which it is kept
     * @throws UnsupportedOperationException if there is nothing to be tuned
     */
    default Path tune(Device reference, Duration time, Consumer<String> say) {
        throw new UnsupportedOperationException(report().id() + " has nothing that could be tuned");
    }

    /**
     * Begins anew, for a device that does not work any more: what it held is lost, and what was compiled for it fails
     * from then on.
     *
     * @throws DeviceFailure if it cannot
     */
    default void restart() {
        // An engine without a driver has nothing that could break.
    }

    /** Returns the devices that work as this one. */
    default List<Device> parts() {
        return List.of(this);
    }

    /** Returns what its calls are counted by: unless it says otherwise, one that no other process sees. */
    default DeviceMetrics metrics() {
        return DeviceMetrics.UNSEEN;
    }

    /** Returns whether it computes in the host's memory, so that large arrays cost nothing to give and to get. */
    default boolean worksInHostMemory() {
        return false;
    }

    /** Returns whether Java's garbage collector alone frees what functions hold of it, so that none need be closed. */
    default boolean isGarbageCollected() {
        return false;
    }

    /**
     * Returns the bytes of its memory that functions and variables hold now; 0 where it keeps no account, as the
     * reference engine does not.
     */
    default long memoryHeld() {
        return 0;
    }

    /**
     * Has {@code listener} told how many kernels the driver's compiler is about to compile, each time and from whatever
     * thread; a listener of before is told no more.
     */
    default void watchBuilds(IntConsumer listener) {
        // An engine without a compiler is never waited for.
    }

    @Override
    void close();
}
