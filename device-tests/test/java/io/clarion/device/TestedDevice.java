package io.clarion.device;

import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.opencl.OpenClDevice;
import io.clarion.tensor.DType;
import java.util.List;

/**
 * An open device and how its kernels are laid out in this module's tests.
 *
 * @param title  for the names of tests, such as {@code pocl:0 (cpu-haswell-…)} or {@code intel:0 (…) as a GPU}
 * @param forced whether the strategy is not the one that the engine would choose
 */
public record TestedDevice(String title, io.clarion.opencl.driver.device.DeviceInfo facts, OpenClDevice device,
        boolean forced) {
    /** Returns whether the device has the types that {@code t} is computed with. */
    boolean has(Tensor t) {
        return facts.fp64() || Graph.tensors(List.of(t)).stream().noneMatch(x -> x.dtype() == DType.FLOAT64);
    }

    @Override
    public String toString() {
        return title;
    }
}
