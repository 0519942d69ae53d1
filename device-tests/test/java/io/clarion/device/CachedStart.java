package io.clarion.device;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platforms;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;

/** Opens a device, computes something and says how many programs had to be built. */
final class CachedStart {
    private CachedStart() {}

    /** With the id of a device as its argument. */
    public static void main(String[] arguments) {
        DeviceInfo facts = Platforms.usableDevices().stream().filter(d -> d.id().equals(arguments[0])).findFirst()
                .orElseThrow();
        try (var device = new OpenClDevice(facts, Strategy.of(facts), () -> {})) {
            System.out.println("built " + built(device));
        }
    }

    /** Returns how many programs {@code device} builds for a graph, whose result must be right. */
    static int built(OpenClDevice device) {
        int before = device.programsBuilt();
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(3, 5), "x"));
        Tensor y = x.times(3).plus(1);
        var graph = new Graph(List.of(x), List.of(y, y.sum(List.of(1)), Tensor.map(ScalarFn.MAXIMUM, x, y)), List.of());
        NDArray value = NDArray.of(DType.FLOAT32, new double[15], 3, 5);
        try (var executable = device.compile(graph)) {
            List<NDArray> got = executable.call(List.of(value), 0);
            if (got.get(0).get(7) != 1 || got.get(1).get(2) != 5 || got.get(2).get(14) != 1) {
                throw new AssertionError("wrong results: " + got);
            }
        }
        return device.programsBuilt() - before;
    }
}
