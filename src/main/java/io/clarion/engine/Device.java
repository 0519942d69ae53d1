package io.clarion.engine;

import io.clarion.graph.Graph;

/** An open device of an engine. Thread-safe; closing it frees everything that it holds. */
public interface Device extends AutoCloseable {
    /** The facts about it. */
    DeviceReport report();

    /**
     * Compiles a graph whose sizes are all known.
     *
     * @throws UnsupportedOperationException if the device cannot do what the graph asks, such as float64
     */
    Executable compile(Graph graph);

    /** Measures this device. Takes some seconds at most. */
    Speed probe();

    /** The bytes of its memory that functions and variables hold now; 0 where it keeps no account, as the reference engine does not. */
    default long memoryHeld() {
        return 0;
    }

    @Override
    void close();
}
