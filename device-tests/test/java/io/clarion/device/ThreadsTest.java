package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.conformance.TestedEngine;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads that call functions which share variables, on all devices at once: each call counts, and none waits for ever.
 */
class ThreadsTest {
    private static final int THREADS = 16;
    /** Calls of a thread; -Dclarion.schedules=N makes more. */
    private static final int CALLS = Integer.getInteger("clarion.schedules", 40);

    private static Function counting(Variable counter, Tensor x, Device device) {
        return new Function(new Graph(List.of(x), List.of(x.plus(1)), List.of(new Graph.Update(counter,
                Tensor.of(new Op.Read(counter)).plus(x.sum(List.of(0)))))), device);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void everyCallCountsOnce() throws Exception {
        var devices = new ArrayList<Device>(Devices.everyLayout().stream().map(TestedDevice::device).toList());
        devices.add(TestedEngine.reference());
        var split = new DeviceGroup(devices);
        devices.add(split);
        List<Variable> counters = List.of(new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(3)), "a"),
                new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(3)), "b"));
        List<AtomicInteger> wanted = List.of(new AtomicInteger(), new AtomicInteger());
        var functions = new ArrayList<List<Function>>();
        for (Variable counter : counters) {
            functions.add(devices.stream().map(d -> counting(counter, K.placeholder(K.NONE, 3), d)).toList());
        }
        NDArray ones = NDArray.of(new float[] {1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 6, 3);
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var ends = new ArrayList<Future<Void>>();
            for (int t = 0; t < THREADS; t++) {
                var random = new Random(t);
                Callable<Void> schedule = () -> {
                    for (int i = 0; i < CALLS; i++) {
                        int which = random.nextInt(2);
                        int device = random.nextInt(devices.size() + 1);
                        if (device == devices.size()) {
                            double[] seen = counters.get(which).value().toDoubles();
                            assertEquals(seen[0], seen[2]);
                        } else if (device < devices.size() - 1 || random.nextInt(4) == 0) {
                            functions.get(which).get(device).call(ones);
                            wanted.get(which).addAndGet(2);
                        }
                    }
                    return null;
                };
                ends.add(threads.submit(schedule));
            }
            for (Future<Void> end : ends) {
                end.get();
            }
        }
        for (int i = 0; i < 2; i++) {
            assertEquals(wanted.get(i).get(), counters.get(i).value().get(1));
            functions.get(i).forEach(Function::close);
        }
        split.close();
    }
}
