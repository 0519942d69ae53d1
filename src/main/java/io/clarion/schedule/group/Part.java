package io.clarion.schedule.group;

import io.clarion.graph.Variable;
import java.util.Set;

/** The part of a device in a graph that several share. */
public interface Part extends AutoCloseable {
    /** Returns the variables of the graph of which the device needs a copy that is valid. */
    Set<Variable> variables();

    /** Returns what it consists of, for people. */
    String explain();

    @Override
    void close();
}
