package io.clarion.engine;

import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.List;

/** A compiled graph on one device. */
public interface Executable extends AutoCloseable {
    /**
     * Computes the outputs and applies the updates.
     *
     * @param inputs the values of the graph's inputs, of their shapes and dtypes
     * @param draw   the number of the call, which random operations count by
     * @return the outputs' values, which belong to the caller
     */
    List<NDArray> call(List<NDArray> inputs, long draw);

    /**
     * Does the same as {@link #call(List, long)}, with inputs that a device may have, and the outputs' values in arrays
     * that the caller has.
     *
     * @param inputs arrays and device arrays, of the shapes and dtypes of the graph's inputs
     * @param into   get the values of the outputs, in their order, each of its output's shape and dtype
     */
    default void call(List<? extends Value> inputs, List<NDArray> into, long draw) {
        List<NDArray> outputs = call(HostArray.onHost(inputs), draw);
        for (int i = 0; i < outputs.size(); i++) {
            outputs.get(i).copyTo(into.get(i));
        }
    }

    /**
     * Does the same as {@link #call(List, List, long)}, with inputs that others may still be filling, and outputs that
     * they may be waiting for.
     *
     * @throws TransferStream.Abandoned if an input will never be filled; nothing has been updated then
     */
    default void call(List<NDArray> inputs, List<NDArray> into, long draw, TransferStream stream) {
        inputs.forEach(array -> stream.await(array, array.bytes().remaining()));
        call(inputs, into, draw);
        into.forEach(array -> stream.filled(array, array.bytes().remaining()));
    }

    /**
     * The outputs of a call.
     *
     * @param kept those that stay where they were computed, the caller's to close
     * @param read all others
     */
    record Outputs(List<DeviceArray> kept, List<NDArray> read) {}

    /**
     * Returns the same as {@link #call(List, long)}, with inputs that a device may have, and outputs that stay where
     * they are computed: on the host, unless the engine says otherwise.
     *
     * @param inputs arrays and device arrays, of the shapes and dtypes of the graph's inputs
     * @param kept   how many of the outputs stay, the first ones
     */
    default Outputs call(List<? extends Value> inputs, int kept, long draw) {
        List<NDArray> outputs = call(HostArray.onHost(inputs), draw);
        return new Outputs(outputs.subList(0, kept).stream().<DeviceArray>map(HostArray::new).toList(),
                outputs.subList(kept, outputs.size()));
    }

    /** Returns what it consists of, for people: kernels, buffers, bytes. */
    String explain();

    /**
     * Returns what a pass of the engine's compiler made of the graph, for people.
     *
     * @throws IllegalArgumentException if there is no such pass; it names those that there are
     */
    default String explain(String pass) {
        throw new IllegalArgumentException("explain: there is no pass \"" + pass + "\"; this device tells of none");
    }

    @Override
    void close();
}
