package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
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

/** Threads that call functions which share a variable, on this device and the reference: each call counts once. */
public interface ThreadConformance extends TestedEngine {
    int THREADS = 8;
    int CALLS = 40;

    private static Function counter(Variable counter, Tensor x, Device device) {
        return new Function(new Graph(List.of(x), List.of(x.plus(1)),
                List.of(new Graph.Update(counter, TestedEngine.read(counter).plus(x.sum(List.of(0)))))), device);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    default void everyCallCountsOnce() throws Exception {
        NDArray ones = NDArray.of(new float[] {1, 1, 1, 1, 1, 1}, 2, 3);
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(2, 3), "x"));
        var calls = new AtomicInteger();
        try (var variable = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(3)), "counter");
                var threads = Executors.newFixedThreadPool(THREADS);
                Function here = counter(variable, x, device());
                Function there = counter(variable, x, TestedEngine.reference())) {
            var ends = new ArrayList<Future<Void>>();
            for (int t = 0; t < THREADS; t++) {
                var random = new Random(t);
                Callable<Void> schedule = () -> {
                    for (int i = 0; i < CALLS; i++) {
                        int which = random.nextInt(8);
                        if (which == 0) {
                            double[] seen = variable.value().toDoubles();
                            assertEquals(seen[0], seen[2]);
                        } else {
                            assertEquals(2, (which == 1 ? there : here).call(ones).get(0).get(0));
                            calls.incrementAndGet();
                        }
                    }
                    return null;
                };
                ends.add(threads.submit(schedule));
            }
            for (Future<Void> end : ends) {
                end.get();
            }
            assertEquals(2 * calls.get(), variable.value().get(1));
        }
    }

    /** Functions are compiled while others run. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    default void threadsCompileAndCall() throws Exception {
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var ends = new ArrayList<Future<Double>>();
            for (int t = 0; t < THREADS; t++) {
                int n = 1 + t;
                Callable<Double> job = () -> {
                    Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(n, n), "x"));
                    return TestedEngine
                            .call(device(), new Graph(List.of(x), List.of(x.times(x).sum(List.of(0, 1))), List.of()),
                                    TestedEngine.counting(n * n, 0).reshape(n, n))
                            .get(0).item();
                };
                ends.add(threads.submit(job));
            }
            for (int t = 0; t < THREADS; t++) {
                double n = (t + 1) * (t + 1);
                assertEquals((n - 1) * n * (2 * n - 1) / 6, ends.get(t).get(), 1e-3);
            }
        }
    }
}
