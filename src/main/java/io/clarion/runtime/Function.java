package io.clarion.runtime;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Executable;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Origin;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.debug.FiniteCheck;
import io.clarion.runtime.debug.NotFinite;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.Value;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes outputs from inputs on a device and applies updates; compiled once for each signature of input shapes.
 *
 * <p>Calls may come from several threads; they run one after another.
 */
public final class Function implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Function.class);
    private static final Cleaner CLEANER = Cleaner.create();
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "clarion-call");
        thread.setDaemon(true);
        return thread;
    });

    private final Graph graph;
    private final Inputs inputs;
    private final Watches watches;
    private final IndexChecks checks;
    /** What is compiled: placeholders in, nothing observed, but what is shown or checked among the outputs. */
    private final Graph computed;
    private final Device device;
    private final Supplier<Device> frugal;
    private final Held held;
    private final Cleaner.Cleanable leak;
    private boolean isClosed;
    /** Of the devices at work: what waits for another call of this function waits for them too. */
    private final List<DeviceMetrics> metrics;
    private long calls;
    /** The last call that was asked for without waiting. */
    private CompletableFuture<List<NDArray>> asked = CompletableFuture.completedFuture(List.of());
    private final Object order = new Object();

    /**
     * Returns a function on {@code device}; every input of {@code graph} is a placeholder, or a sparse matrix of
     * placeholders.
     */
    public Function(Graph graph, Device device) {
        this(graph, device, null);
    }

    /**
     * Makes the same as {@link #Function(Graph, Device)}.
     *
     * @param frugal gives what computes in place of {@code device} where that lacks memory, such as a device that does
     *               the batch in turns; null if nothing does
     */
    public Function(Graph graph, Device device, Supplier<Device> frugal) {
        this.inputs = Inputs.of(graph.inputs());
        checkUpdatedOnce(graph);
        for (Tensor t : graph.tensors()) {
            if (t.op() instanceof Op.Placeholder p && !inputs.placeholders().contains(t)) {
                throw new IllegalArgumentException("function: the outputs need the placeholder " + p.name()
                        + " of shape " + p.shape() + ", which is not among the inputs");
            }
        }
        this.graph = graph;
        Surfacing.Surfaced surfaced = Surfacing.of(graph.results());
        this.watches = Watches.of(surfaced.shown(), inputs.placeholders());
        this.checks = IndexChecks.of(surfaced.bounded(), inputs.placeholders());
        this.computed = checks.guarded(computed(graph, surfaced.results()));
        this.device = device;
        this.frugal = frugal;
        this.held = new Held(
                "a function of " + graph.inputs().size() + " inputs, " + graph.outputs().size() + " outputs and "
                        + graph.updates().size() + " updates on " + device.report().id(),
                device, new FiniteCheck(computed, device));
        this.leak = CLEANER.register(this, held::leaked);
        this.metrics = device.parts().stream().map(Device::metrics).toList();
    }

    private static void checkUpdatedOnce(Graph graph) {
        var updated = new HashSet<Variable>();
        graph.updates().stream().map(Graph.Update::variable).filter(v -> !updated.add(v)).findFirst()
                .ifPresent(twice -> {
                    throw new IllegalArgumentException("function: variable " + twice
                            + " is updated twice, and a call could leave it with either value; "
                            + "one update that does both would do");
                });
    }

    /** Returns what is to be computed, given what the results of {@code graph} are without observations. */
    private Graph computed(Graph graph, List<Tensor> results) {
        int outputs = graph.outputs().size();
        var all = new ArrayList<>(results.subList(0, outputs));
        all.addAll(watches.watched());
        return new Graph(inputs.placeholders(), all, IntStream.range(0, graph.updates().size())
                .mapToObj(i -> new Graph.Update(graph.updates().get(i).variable(), results.get(outputs + i))).toList(),
                graph.volatileVariables());
    }

    /** Returns the graph as it was written. */
    public Graph graph() {
        return graph;
    }

    public Device device() {
        return device;
    }

    /** Calls with one value for each input, in their order; returns the outputs. */
    public List<NDArray> call(Value... values) {
        return call(Arrays.asList(values));
    }

    /**
     * Calls with one value for each input, in their order; returns the outputs. A {@link DeviceArray} is used where it
     * is, if that is this function's device; indices and what is shown of a call are read from it besides.
     *
     * @throws NotFinite                if {@code CLARION_CHECK} has the word {@code nan} and a result would be infinite
     *                                  or no number; nothing has been updated then
     * @throws IllegalArgumentException if a value does not fit, or an index is outside of what it names; nothing has
     *                                  been updated then
     */
    public List<NDArray> call(List<? extends Value> values) {
        List<NDArray> read = outputs(values, 0, null).read();
        return new ArrayList<>(IntStream.range(0, graph.outputs().size())
                .mapToObj(i -> Trimming.trimmed(graph.outputs().get(i), read.get(i))).toList());
    }

    /**
     * Does the same as {@link #call(List)}, with the outputs' values in arrays that the caller has: fresh memory for
     * large ones may take longer than computing them.
     *
     * @param outputs one array for each output, of its dtype and the shape that it has in this call; where the call
     *                fails they have whatever values. An array may be one of the values too, but share no memory with
     *                others.
     * @throws IllegalArgumentException also if an array does not fit; nothing has been updated then
     */
    public void callInto(List<NDArray> outputs, List<? extends Value> values) {
        if (outputs == null) {
            throw new IllegalArgumentException(
                    "callInto: null was given in place of a list with an array for each output; call makes new ones");
        }
        outputs(values, 0, outputs);
    }

    /**
     * Calls with one value for each input, in their order, and leaves the outputs where they are computed: as
     * {@link #callOnDevice(List)}.
     */
    public List<DeviceArray> callOnDevice(Value... values) {
        return callOnDevice(Arrays.asList(values));
    }

    /**
     * Returns the same as {@link #call(List)}, with outputs that stay on the device, for this function or others to be
     * given; the caller closes them. Those of the reference engine and of several devices that work as one are on the
     * host.
     */
    public List<DeviceArray> callOnDevice(List<? extends Value> values) {
        return outputs(values, graph.outputs().size(), null).kept();
    }

    private Executable.Outputs outputs(List<? extends Value> values, int kept, List<NDArray> into) {
        metrics.forEach(DeviceMetrics::arrive);
        return outputsInTurn(values, kept, into);
    }

    /**
     * Returns what a call gives, of which so many outputs stay on the device: all that were asked for, or none; {@code
     * into} arrays unless that is null.
     */
    private synchronized Executable.Outputs outputsInTurn(List<? extends Value> values, int kept, List<NDArray> into) {
        metrics.forEach(DeviceMetrics::leave);
        checkOpen("call");
        Inputs.Given given = inputs.given(values);
        if (into != null) {
            checkFit(into, given);
        }
        watches.before(given);
        checks.before(given);
        if (Origin.isRecorded()) {
            held.finite().before(given.arrays(), given.sizes(), calls);
        }
        Executable.Outputs outputs = computed(given, kept, into, calls++);
        try {
            List<NDArray> read = outputs.read();
            watches.after(read.subList(graph.outputs().size() - kept, read.size()));
            checks.after(read, given.sizes());
        } catch (RuntimeException e) {
            outputs.kept().forEach(DeviceArray::close);
            throw e;
        }
        return outputs;
    }

    private Executable.Outputs computed(Inputs.Given given, int kept, List<NDArray> into, long number) {
        Held.Compiled now = compiled(given);
        try {
            return called(now.executable(), given, kept, into, number);
        } catch (DeviceFailure e) {
            if (frugal == null || now.isFrugal() || !e.isOutOfMemory() || !e.isWithoutEffect()) {
                throw e;
            }
            held.executables().remove(given.sizes()).executable().close();
            held.executables().put(given.sizes(), frugal(given, e));
            return called(compiled(given).executable(), given, kept, into, number);
        }
    }

    private Executable.Outputs called(Executable executable, Inputs.Given given, int kept, List<NDArray> into,
            long number) {
        if (into != null && into.size() == computed.outputs().size() && !isAnyGiven(into, given)) {
            executable.call(given.values(), into, number);
            return new Executable.Outputs(List.of(), into);
        }
        Executable.Outputs outputs = executable.call(given.values(), kept, number);
        for (int i = 0; into != null && i < into.size(); i++) {
            outputs.read().get(i).copyTo(into.get(i));
        }
        return outputs;
    }

    /** Returns whether some array is to be read and written in a call, which a device could do in any order. */
    private static boolean isAnyGiven(List<NDArray> into, Inputs.Given given) {
        return into.stream().anyMatch(array -> given.values().stream().anyMatch(value -> value == array));
    }

    private void checkFit(List<NDArray> into, Inputs.Given given) {
        List<Tensor> outputs = graph.outputs();
        if (into.size() != outputs.size()) {
            throw new IllegalArgumentException("callInto: the function has " + outputs.size() + " outputs, and "
                    + into.size() + " arrays were given for them");
        }
        for (int i = 0; i < into.size(); i++) {
            Shape shape = outputs.get(i).shape().resolve(given.sizes());
            NDArray array = into.get(i);
            if (array == null) {
                throw new IllegalArgumentException("callInto: null was given for output " + i + "; an array of "
                        + outputs.get(i).dtype().word() + shape
                        + " would do");
            }
            if (!array.shape().equals(shape) || array.dtype() != outputs.get(i).dtype()) {
                throw new IllegalArgumentException("callInto: output " + i + " is " + outputs.get(i).dtype().word()
                        + shape + " in this call, and the array given for it is "
                        + array.dtype().word() + array.shape());
            }
        }
    }

    /**
     * Calls with one value for each input, in their order, and does not wait. Calls that a thread asks for one after
     * another run in that order, beside those of other functions.
     *
     * @param values that nobody changes until the future is done
     * @return gets the outputs, or what {@link #call(List)} would throw
     */
    public CompletableFuture<List<NDArray>> callAsync(List<? extends Value> values) {
        List<? extends Value> given = new ArrayList<>(values);
        synchronized (order) {
            Runnable arrival = waiting();
            asked = asked.handleAsync((outputs, failure) -> {
                arrival.run();
                return call(given);
            }, THREADS);
            // One that is cancelled before its turn is never called.
            asked.whenComplete((outputs, failure) -> arrival.run());
            return asked;
        }
    }

    /** Counts a call among those that wait until what this gives is run. */
    private Runnable waiting() {
        metrics.forEach(DeviceMetrics::arrive);
        var waits = new AtomicBoolean(true);
        return () -> {
            if (waits.getAndSet(false)) {
                metrics.forEach(DeviceMetrics::leave);
            }
        };
    }

    /** Calls with one value for each input, in their order, and does not wait: as {@link #callAsync(List)}. */
    public CompletableFuture<List<NDArray>> callAsync(Value... values) {
        return callAsync(Arrays.asList(values));
    }

    /** Returns what the function became for inputs of these shapes: kernels, buffers, bytes. */
    public synchronized String explain(Value... values) {
        checkOpen("explain");
        return compiled(inputs.given(Arrays.asList(values))).executable().explain();
    }

    /**
     * Returns what a pass of the device's compiler made of the function for inputs of these shapes, as in
     * {@code explain("fuse", x)}.
     *
     * @throws IllegalArgumentException if there is no such pass; it names those that there are
     */
    public synchronized String explain(String pass, Value... values) {
        checkOpen("explain");
        return compiled(inputs.given(Arrays.asList(values))).executable().explain(pass);
    }

    private Held.Compiled compiled(Inputs.Given given) {
        Held.Compiled known = held.executables().get(given.sizes());
        if (known == null) {
            known = compiledAnew(given);
            held.executables().put(given.sizes(), known);
        }
        return known;
    }

    private Held.Compiled frugal(Inputs.Given given, DeviceFailure why) {
        LOG.warn("a function is computed with less memory from now on: {}", why.getMessage());
        return new Held.Compiled(frugal.get().compile(computed, given.sizes()), true);
    }

    private Held.Compiled compiledAnew(Inputs.Given given) {
        try {
            return new Held.Compiled(device.compile(computed, given.sizes()), false);
        } catch (DeviceFailure e) {
            if (frugal == null || !e.isOutOfMemory()) {
                throw e;
            }
            return frugal(given, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "call: values of shapes " + given.values().stream().map(v -> v.shape().toString())
                            .collect(Collectors.joining(", ")) + " do not fit: " + e.getMessage(),
                    e);
        }
    }

    /** Frees what the device holds for this function, which cannot be called any more. */
    @Override
    public synchronized void close() {
        isClosed = true;
        held.free();
        leak.clean();
    }

    private void checkOpen(String what) {
        if (isClosed) {
            throw new IllegalStateException(what + ": the function is closed; it has to be open as long as it is used");
        }
    }
}
