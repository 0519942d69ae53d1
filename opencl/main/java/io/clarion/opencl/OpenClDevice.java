package io.clarion.opencl;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.engine.metrics.MetricsRegistry;
import io.clarion.graph.Graph;
import io.clarion.opencl.compile.Compiler;
import io.clarion.opencl.compile.cache.KernelCache;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.opencl.compile.strategy.TuningTable;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Probe;
import io.clarion.opencl.schedule.CommandBuffer;
import io.clarion.opencl.schedule.DeviceMemory;
import io.clarion.opencl.schedule.Overlap;
import io.clarion.opencl.schedule.Trace;
import io.clarion.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** An OpenCL device at work. */
public final class OpenClDevice implements Device {
    private final io.clarion.opencl.driver.device.DeviceInfo facts;
    private final Strategy strategy;
    private final Runnable atClose;
    private final DeviceMetrics metrics;
    private final long memory;

    /** Held to read by who compiles, before any turn, or moves values out of turn. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private final Overlap overlap;
    private volatile IntConsumer builds = kernels -> {};
    private volatile Open open;

    /** The context and all that belongs to it, made anew if the driver does nothing any more. */
    private record Open(Context context, Trace trace, KernelCache cache, DeviceMemory deviceMemory) {}

    /** Opens a device to be used by {@code strategy}; {@code atClose} is told when it closes. */
    public OpenClDevice(io.clarion.opencl.driver.device.DeviceInfo facts, Strategy strategy, Runnable atClose) {
        this(facts, strategy, facts.globalMemory(), Overlap.least(facts), atClose);
    }

    /**
     * Opens a device like {@link #OpenClDevice(io.clarion.opencl.driver.device.DeviceInfo, Strategy, Runnable)}.
     *
     * @param memory     the bytes of the device's that it has at most
     * @param overlapped calls that move so many bytes do so beside the kernels of others
     */
    public OpenClDevice(io.clarion.opencl.driver.device.DeviceInfo facts, Strategy strategy, long memory,
            long overlapped, Runnable atClose) {
        this.facts = facts;
        this.overlap = new Overlap(overlapped, use.readLock());
        this.strategy = strategy;
        this.memory = memory;
        this.atClose = atClose;
        this.metrics = MetricsRegistry.ofUser().open(report().id(), report().name(), report().memory());
        try {
            this.open = opened();
        } catch (RuntimeException e) {
            metrics.close();
            throw e;
        }
    }

    private Open opened() {
        Context context = Context.open(facts, Trace.isWanted(), memory, metrics::held);
        Trace trace = Trace.of(facts.id() + " " + facts.name(), context);
        return new Open(context, trace, new KernelCache(context, this::took, kernels -> builds.accept(kernels)),
                new DeviceMemory(this, context, trace));
    }

    @Override
    public void restart() {
        whenUnused(() -> {
            Open before = open;
            open = opened();
            before.context().close();
        });
    }

    /** Waits for what is being compiled or moved, as a driver would crash on what is freed then. */
    private void whenUnused(Runnable action) {
        use.writeLock().lock();
        try {
            synchronized (this) {
                action.run();
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    @Override
    public DeviceReport report() {
        return Reports.of(facts);
    }

    @Override
    public DeviceMetrics metrics() {
        return metrics;
    }

    /** Returns how kernels are laid out on this device. */
    public Strategy strategy() {
        return strategy;
    }

    /** Returns how many programs had to be built by the driver's compiler since the device was opened. */
    public int programsBuilt() {
        return open.cache().built();
    }

    @Override
    public void watchBuilds(IntConsumer listener) {
        builds = listener;
    }

    /** Returns how many native objects are open on this device: buffers, programs, kernels, queues, events. */
    public int liveHandles() {
        return open.context().liveHandles();
    }

    @Override
    public Executable compile(Graph graph) {
        if (!facts.fp64() && Compiler.uses(graph, DType.FLOAT64)) {
            throw new UnsupportedOperationException("float64 is not supported on " + facts.id() + " (" + facts.name()
                    + "), which lacks cl_khr_fp64; float32 would do, or a device with float64, such as the reference engine's");
        }
        use.readLock().lock();
        try {
            if (open.context().isClosed()) {
                throw new DeviceFailure(facts.id() + " has been closed");
            }
            return recorded(graph);
        } finally {
            use.readLock().unlock();
        }
    }

    /**
     * Builds the kernels of several graphs of known sizes as one program, or as one for those with float16 and others,
     * which is far quicker than to build each graph's when it is compiled.
     */
    public void prepare(List<Graph> graphs) {
        use.readLock().lock();
        try {
            Map<String, Map<String, String>> texts = new LinkedHashMap<>();
            for (Graph graph : graphs) {
                Compiler.Compiled compiled = Compiler.compile(graph, strategy);
                texts.computeIfAbsent(compiled.prelude(), prelude -> new LinkedHashMap<>()).putAll(compiled.kernels());
            }
            texts.forEach(open.cache()::programs);
        } finally {
            use.readLock().unlock();
        }
    }

    private CommandBuffer recorded(Graph graph) {
        long start = System.nanoTime();
        Compiler.Compiled compiled = Compiler.compile(graph, strategy);
        took("compile", compiled.kernels().size() + " kernels", start);
        Open now = open;
        // Kernels take long to build, and are of no use without memory.
        now.deviceMemory().require(compiled);
        return new CommandBuffer(compiled, now.cache().programs(compiled.prelude(), compiled.kernels()), this, metrics,
                overlap, now.deviceMemory());
    }

    @Override
    public boolean worksInHostMemory() {
        return facts.worksInHostMemory();
    }

    @Override
    public long memoryHeld() {
        return open.context().liveBytes();
    }

    private void took(String name, String what, long start) {
        if (open.trace() != null) {
            open.trace().compiled(name, what, start);
        }
    }

    @Override
    public Speed probe() {
        Probe p = Probe.measure(open.context());
        return new Speed(p.readGBs(), p.copyGBs(), p.gflops(), p.launchMicros(), p.launchAndWaitMicros());
    }

    @Override
    public Path tune(Device reference, Duration time, Consumer<String> say) {
        try {
            return TuningTable.of(facts, new Tuner(facts, reference, time, say).search(strategy)).keep(facts);
        } catch (IOException e) {
            throw new UncheckedIOException("the table cannot be kept: " + e.getMessage(), e);
        }
    }

    /** Takes the variables' values back to the host, then frees everything on the device. */
    @Override
    public void close() {
        whenUnused(() -> {
            open.deviceMemory().leave();
            if (open.trace() != null) {
                Trace.write();
            }
            open.context().close();
            metrics.close();
            atClose.run();
        });
    }
}
