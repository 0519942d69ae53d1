package io.clarion.schedule;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * A device that is none: the reference engine computes for it, and what that would take it is added to the clock of the
 * thread that waits. It fails when it is told to.
 */
public final class SimulatedDevice implements Device {
    /** The time of each thread, in nanoseconds: what it waited for simulated devices. */
    private static final ThreadLocal<Long> NOW = ThreadLocal.withInitial(() -> 0L);

    /** What a device does in place of what it was asked. */
    public enum Fault {
        NONE, ERROR, OUT_OF_MEMORY, HANG, LATE, WRONG
    }

    /**
     * How fast a device is.
     *
     * @param flops  operations a second
     * @param bytes  bytes a second to the device or from it
     * @param launch seconds that a call takes besides
     * @param memory bytes that a graph's tensors may have
     */
    public record Rates(double flops, double bytes, double launch, double memory) {
        public Rates(double flops, double bytes, double launch) {
            this(flops, bytes, launch, Double.POSITIVE_INFINITY);
        }
    }

    private final String id;
    private final Rates rates;
    private final Device inner;
    /** What is to happen at the driver call of this number: compilations and calls of graphs, counted from 0. */
    private final IntFunction<Fault> faults;
    private final AtomicInteger asked = new AtomicInteger();
    private final DoubleAdder busy = new DoubleAdder();
    private final AtomicInteger open = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    public SimulatedDevice(String id, Rates rates, Device inner, IntFunction<Fault> faults) {
        this.id = id;
        this.rates = rates;
        this.inner = inner;
        this.faults = faults;
    }

    public static long now() {
        return NOW.get();
    }

    /** Returns how often it was asked for something. */
    public int asked() {
        return asked.get();
    }

    /** Returns how many seconds calls have taken. */
    double busy() {
        return busy.sum();
    }

    Rates rates() {
        return rates;
    }

    /** Returns how many graphs are compiled and not closed. */
    public int open() {
        return open.get();
    }

    /** Lets calls go on that hang. */
    public void release() {
        end.countDown();
    }

    private DeviceFailure outOfMemory() {
        return new DeviceFailure(id + ": no memory") {
            @Override
            public boolean isOutOfMemory() {
                return true;
            }
        };
    }

    private void awaitRelease() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Fault next() {
        Fault fault = faults.apply(asked.getAndIncrement());
        switch (fault) {
            case ERROR -> throw new DeviceFailure(id + ": an error");
            case OUT_OF_MEMORY -> throw outOfMemory();
            case HANG -> {
                awaitRelease();
                throw new DeviceFailure(id + ": it hung");
            }
            case LATE -> awaitRelease();
            case NONE, WRONG -> {}
        }
        return fault;
    }

    @Override
    public Executable compile(Graph graph) {
        next();
        if (Graph.allTensors(graph.results()).stream().mapToDouble(t -> 1.0 * t.shape().elements() * t.dtype().bytes())
                .sum() > rates.memory()) {
            throw outOfMemory();
        }
        Executable executable = inner.compile(graph);
        double flops = Graph.allTensors(graph.results()).stream().mapToDouble(SimulatedDevice::flops).sum();
        open.incrementAndGet();
        return new Executable() {
            @Override
            public List<NDArray> call(List<NDArray> inputs, long draw) {
                Fault fault = next();
                List<NDArray> outputs = executable.call(inputs, draw);
                double bytes = Stream.concat(inputs.stream(), outputs.stream()).mapToDouble(a -> a.bytes().remaining())
                        .sum();
                double took = flops / rates.flops() + bytes / rates.bytes() + rates.launch();
                NOW.set(NOW.get() + Math.round(1e9 * took));
                busy.add(took);
                return fault != Fault.WRONG ? outputs
                        : outputs.stream().map(a -> NDArray.zeros(a.dtype(), a.shape())).toList();
            }

            @Override
            public String explain() {
                return executable.explain();
            }

            @Override
            public void close() {
                open.decrementAndGet();
                executable.close();
            }
        };
    }

    /** Returns what a tensor takes: a multiply-add counts two. */
    static double flops(Tensor t) {
        return t.op() instanceof Op.Contract(var c)
                ? 2 * c.extents().stream().mapToDouble(Dim::size).reduce(1, (a, b) -> a * b)
                : t.inputs().isEmpty() || t.op() instanceof Op.View ? 0 : t.shape().elements();
    }

    @Override
    public DeviceReport report() {
        return new DeviceReport(id, "simulated", "nobody", "CUSTOM", "", "", 1, 1L << 30, false, true,
                Optional.empty());
    }

    @Override
    public Speed probe() {
        return inner.probe();
    }

    @Override
    public void close() {
        release();
    }
}
