package io.clarion.opencl.schedule;

import io.clarion.engine.Executable;
import io.clarion.engine.Gauge;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.Compiler.Binding;
import io.clarion.opencl.compile.Compiler.Compiled;
import io.clarion.opencl.compile.Compiler.Copy;
import io.clarion.opencl.compile.Compiler.Output;
import io.clarion.opencl.compile.Compiler.Step;
import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Kernel;
import io.clarion.opencl.driver.Program;
import io.clarion.opencl.driver.Queue;
import io.clarion.opencl.schedule.Trace.Transfer;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A compiled graph recorded on a device: kernels whose arguments are bound once, and the buffers they work in. A call
 * writes the inputs, enqueues all kernels, reads the outputs and waits once.
 *
 * <p>Calls on one device run one after another.
 */
public final class CommandBuffer implements Executable {
    private final Context context;
    private final Trace trace;
    private final Object turn;
    private final Gauge gauge;
    private final Compiled compiled;
    private final Function<Variable, VariableBuffer> home;
    private final Slots slots;
    private final List<Input> inputs = new ArrayList<>();
    private final Map<Tensor, Buffer> constants = new IdentityHashMap<>();
    private final Map<Variable, VariableBuffer> bound = new IdentityHashMap<>();
    private final List<Command> commands = new ArrayList<>();
    private final List<Recorded> kernels = new ArrayList<>();
    /** For each kernel that need not run in every call, how often the variables had changed that it read last. */
    private final Map<Recorded, List<Long>> done = new IdentityHashMap<>();
    private final ByteBuffer draw = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private Buffer drawBuffer;
    /** The slots that hold for later calls what is computed once. */
    private final Set<Binding> lasting = new HashSet<>();
    private boolean isClosed;

    /**
     * Records {@code compiled}.
     *
     * @param programs for each kernel's name the program that holds it; they stay their maker's
     * @param trace    keeps the times of commands; null if none are wanted
     * @param turn     what a call holds while it runs
     * @param gauge    counts the calls
     * @param home     gives the buffer of a variable on this device
     */
    public CommandBuffer(Compiled compiled, Map<String, Program> programs, Context context, Trace trace, Object turn, Gauge gauge,
            Function<Variable, VariableBuffer> home) {
        this.compiled = compiled;
        this.context = context;
        this.trace = trace;
        this.turn = turn;
        this.gauge = gauge;
        this.home = home;
        this.slots = new Slots(context, compiled.slots());
        try {
            slots.allocate();
            compiled.inputs().forEach(t -> inputs.add(new Input(context, trace, bytes(t))));
            commands.addAll(Variable.inTurn(turn, () -> false, () -> {
                compiled.graph().variables().forEach(v -> bound.put(v, home.apply(v)));
                return () -> { };
            }, () -> recorded(compiled.steps(), programs)));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** What is queued in its turn. */
    private sealed interface Command {}

    /** A kernel and its arguments that count the steps of loops. */
    private record Recorded(Kernel kernel, Step.Kernel step, List<Integer> counters) implements Command {}

    private record Repeated(Step.Repeat step, List<Command> body) implements Command {}

    private record Chosen(Step.Choice step, List<Command> then, List<Command> otherwise) implements Command {}

    private List<Command> recorded(List<Step> steps, Map<String, Program> programs) {
        return steps.stream().map(step -> switch (step) {
            case Step.Kernel kernel -> record(kernel, programs.get(kernel.kernel()));
            case Step.Repeat loop -> (Command) new Repeated(loop, recorded(loop.steps(), programs));
            case Step.Choice choice -> new Chosen(choice, recorded(choice.then(), programs), recorded(choice.otherwise(), programs));
        }).toList();
    }

    private Recorded record(Step.Kernel step, Program program) {
        Kernel kernel = program.kernel(step.kernel());
        var counters = new ArrayList<Integer>();
        var recorded = new Recorded(kernel, step, counters);
        kernels.add(recorded);
        if (step.once()) {
            lasting.addAll(step.arguments());
        }
        int n = 0;
        for (Binding b : step.arguments()) {
            if (isCounter(b)) {
                counters.add(n);
                kernel.arg(n++, 0);
            } else if (b instanceof Binding.Size(int size)) {
                kernel.arg(n++, size);
            } else if (b instanceof Binding.Given(int input)) {
                inputs.get(input).bind(kernel, n++);
            } else if (b instanceof Binding.Slot(int slot)) {
                slots.bind(slot, kernel, n++);
            } else {
                kernel.arg(n++, buffer(b));
            }
        }
        for (int size : step.sizes()) {
            kernel.arg(n++, size);
        }
        return recorded;
    }

    private static boolean isCounter(Binding b) {
        return b instanceof Binding.Time || b instanceof Binding.Half;
    }

    private Buffer buffer(Binding binding) {
        return switch (binding) {
            case Binding.Slot(int number) -> slots.buffer(number);
            case Binding.Given(int input) -> inputs.get(input).buffer();
            case Binding.Value(Variable variable) -> bound.get(variable).buffer();
            case Binding.Fixed(Tensor constant) -> constants.computeIfAbsent(constant, this::uploaded);
            case Binding.Draw() -> drawBuffer = drawBuffer == null ? context.allocate(Long.BYTES) : drawBuffer;
            case Binding.Size s -> throw new AssertionError("no buffer: " + s);
            case Binding.Time t -> throw new AssertionError("no buffer: " + t);
            case Binding.Half h -> throw new AssertionError("no buffer: " + h);
        };
    }

    private Buffer uploaded(Tensor constant) {
        NDArray value = ((Op.Constant) constant.op()).value();
        Buffer buffer = context.allocate(value.bytes().remaining());
        Trace.alone(trace, Transfer.WRITE, value, "a constant", () -> context.queue().write(buffer, 0, value.bytes()));
        return buffer;
    }

    @Override
    public List<NDArray> call(List<NDArray> values, long number) {
        List<NDArray> outputs = arrays(0);
        call(values, outputs, number);
        return outputs;
    }

    @Override
    public void call(List<NDArray> values, List<NDArray> into, long number) {
        call(values, List.of(), into, number);
    }

    @Override
    public Outputs call(List<? extends Value> values, int kept, long number) {
        var outputs = new Outputs(kept == 0 ? List.of() : new ArrayList<>(kept), arrays(kept));
        call(usable(values), outputs.kept(), outputs.read(), number);
        return outputs;
    }

    /** For the outputs from one on. */
    private List<NDArray> arrays(int first) {
        return compiled.outputs().stream().skip(first).map(o -> NDArray.zeros(o.tensor().dtype(), o.tensor().shape())).toList();
    }

    /** The values, of which those that another device has are read; to be asked for out of turn. */
    private List<? extends Value> usable(List<? extends Value> values) {
        for (Value value : values) {
            if (isElsewhere(value)) {
                return values.stream().map(v -> isElsewhere(v) ? ((DeviceArray) v).value() : v).toList();
            }
        }
        return values;
    }

    private boolean isElsewhere(Value value) {
        return value instanceof DeviceArray && !(value instanceof KeptBuffer kept && kept.isOn(context));
    }

    /** Reads the last outputs into arrays; those before them are added to {@code kept}. */
    private void call(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        gauge.arrive();
        try {
            Variable.inTurn(turn, this::areHere, () -> {
                Map<Variable, VariableBuffer> now = new IdentityHashMap<>();
                bound.keySet().forEach(v -> now.put(v, home.apply(v)));
                return () -> follow(now);
            }, () -> {
                runInTurn(values, kept, into, number);
                return null;
            });
        } finally {
            gauge.leave();
        }
    }

    private void runInTurn(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        gauge.start();
        try {
            run(values, kept, into, number);
        } catch (RuntimeException e) {
            // Nothing that is queued may use the caller's memory any more.
            context.drain();
            kept.forEach(DeviceArray::close);
            if (trace != null) {
                trace.forget();
            }
            throw e;
        } finally {
            inputs.forEach(Input::leave);
            gauge.stop();
        }
    }

    /** Whether all variables are where the kernels look for them. */
    private boolean areHere() {
        for (var entry : bound.entrySet()) {
            if (!entry.getKey().isIn(entry.getValue())) {
                return false;
            }
        }
        return true;
    }

    private void run(List<? extends Value> values, List<DeviceArray> kept, List<NDArray> into, long number) {
        if (isClosed) {
            throw new IllegalStateException("call: the function is closed");
        }
        long start = trace == null ? 0 : System.nanoTime();
        Queue queue = context.queue();
        slots.fill();
        for (int i = 0; i < values.size(); i++) {
            inputs.get(i).give(values.get(i));
        }
        if (drawBuffer != null) {
            draw.putInt(0, (int) number).putInt(4, (int) (number >>> 32));
            ByteBuffer value = draw.duplicate().order(ByteOrder.nativeOrder());
            transfer(Transfer.WRITE, value.remaining(), null, () -> queue.writeAsync(drawBuffer, 0, value));
        }
        enqueue(commands, values, new int[0], new int[0]);
        compiled.graph().updates().forEach(u -> u.variable().changed());
        for (Copy copy : compiled.copies()) {
            if (copy.bytes() > 0) {
                transfer(Transfer.COPY, copy.bytes(), null, () -> queue.copy(buffer(copy.from()), 0, bound.get(copy.variable()).buffer(), 0, copy.bytes()));
            }
        }
        int first = compiled.outputs().size() - into.size();
        for (int i = 0; i < into.size(); i++) {
            Output output = compiled.outputs().get(first + i);
            NDArray array = into.get(i);
            ByteBuffer value = array.bytes();
            if (value.remaining() > 0) {
                transfer(Transfer.READ, value.remaining(), array, () -> queue.readAsync(buffer(output.place()), 0, value));
            }
        }
        for (int i = 0; i < first; i++) {
            kept.add(kept(compiled.outputs().subList(i, first)));
        }
        if (trace != null) {
            trace.called("call", kernels.size() + " kernels", start);
        }
        queue.finish();
    }

    /** The first of several outputs, in a buffer of its own: that of its slot, if nobody else needs what is in it. */
    private KeptBuffer kept(List<Output> outputs) {
        Output output = outputs.get(0);
        long bytes = bytes(output.tensor());
        boolean isAlone = !lasting.contains(output.place()) && outputs.stream().skip(1).noneMatch(o -> o.place().equals(output.place()));
        if (isAlone && output.place() instanceof Binding.Slot(int slot) && slots.bytes(slot) == bytes) {
            return new KeptBuffer(turn, context, trace, slots, output.tensor(), slots.give(slot));
        }
        var copy = new KeptBuffer(turn, context, trace, slots, output.tensor(), slots.take(bytes));
        try {
            transfer(Transfer.COPY, bytes, null, () -> context.queue().copy(buffer(output.place()), 0, copy.buffer(), 0, bytes));
        } catch (RuntimeException e) {
            copy.close();
            throw e;
        }
        return copy;
    }

    private static long bytes(Tensor t) {
        return (long) t.shape().elements() * t.dtype().bytes();
    }

    private void transfer(Transfer kind, long bytes, NDArray array, Runnable queueing) {
        Trace.transfer(trace, kind, bytes, array, queueing);
    }

    /** Queues commands; {@code times} are the elements at hand of the loops around them, {@code halves} their halves. */
    private void enqueue(List<Command> list, List<? extends Value> values, int[] times, int[] halves) {
        for (Command command : list) {
            switch (command) {
                case Recorded recorded when recorded.step().once() -> {
                    List<Long> changes = changes(recorded.step());
                    if (!changes.equals(done.get(recorded))) {
                        launch(recorded, times, halves);
                        done.put(recorded, changes);
                    }
                }
                case Recorded recorded -> launch(recorded, times, halves);
                case Repeated(Step.Repeat loop, List<Command> body) -> {
                    int[] innerTimes = Arrays.copyOf(times, loop.depth() + 1);
                    int[] innerHalves = Arrays.copyOf(halves, loop.depth() + 1);
                    for (int i = 0; i < loop.times(); i++) {
                        innerTimes[loop.depth()] = loop.reversed() ? loop.times() - 1 - i : i;
                        innerHalves[loop.depth()] = i % 2;
                        enqueue(body, values, innerTimes, innerHalves);
                    }
                }
                case Chosen(Step.Choice choice, List<Command> then, List<Command> otherwise) ->
                        enqueue(holds(choice, values) ? then : otherwise, values, times, halves);
            }
        }
    }

    private void launch(Recorded recorded, int[] times, int[] halves) {
        Step.Kernel step = recorded.step();
        for (int n : recorded.counters()) {
            recorded.kernel().arg(n, switch (step.arguments().get(n)) {
                case Binding.Time(int depth) -> times[depth];
                case Binding.Half(int depth) -> halves[depth];
                case Binding other -> throw new AssertionError("not a counter: " + other);
            });
        }
        if (trace != null) {
            trace.launch(recorded.kernel(), step);
        } else {
            context.queue().enqueue(recorded.kernel(), step.global(), step.local());
        }
    }

    /** How often the variables that a kernel reads have changed. */
    private List<Long> changes(Step.Kernel step) {
        return step.arguments().stream().filter(Binding.Value.class::isInstance).map(b -> ((Binding.Value) b).variable().changes()).toList();
    }

    /** Whether a scalar is not 0: one that was given is known here, another is read once all before is done. */
    private boolean holds(Step.Choice choice, List<? extends Value> values) {
        if (choice.condition() instanceof Binding.Given(int input) && values.get(input) instanceof NDArray given) {
            return given.get(0) != 0;
        }
        NDArray value = NDArray.zeros(choice.dtype(), Shape.SCALAR);
        transfer(Transfer.READ, value.bytes().remaining(), value, () -> context.queue().read(buffer(choice.condition()), 0, value.bytes()));
        return value.get(0) != 0;
    }

    /** Binds anew what belongs to variables that have moved to another device and back since the last call. */
    private void follow(Map<Variable, VariableBuffer> now) {
        bound.putAll(now);
        done.clear();
        for (int i = 0; !isClosed && i < kernels.size(); i++) {
            List<Binding> arguments = kernels.get(i).step().arguments();
            for (int a = 0; a < arguments.size(); a++) {
                if (arguments.get(a) instanceof Binding.Value) {
                    kernels.get(i).kernel().arg(a, buffer(arguments.get(a)));
                }
            }
        }
    }

    @Override
    public String explain() {
        return Explanation.of(compiled);
    }

    @Override
    public void close() {
        synchronized (turn) {
            isClosed = true;
            kernels.forEach(k -> k.kernel().close());
            slots.close();
            inputs.forEach(Input::close);
            constants.values().forEach(Buffer::close);
            if (drawBuffer != null) {
                drawBuffer.close();
            }
        }
    }
}
