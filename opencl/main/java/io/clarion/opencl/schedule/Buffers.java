package io.clarion.opencl.schedule;

import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.Compiler.Binding;
import io.clarion.opencl.compile.Compiler.Compiled;
import io.clarion.opencl.compile.Compiler.Output;
import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Kernel;
import io.clarion.opencl.driver.Queue;
import io.clarion.opencl.schedule.Trace.Transfer;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;

/** The device buffers of a command buffer, which its kernels read and write. */
final class Buffers {
    /**
     * The most bytes of an output that kernels write into the caller's memory: its pages of 4 KB are as many as a
     * processor's second TLB holds.
     */
    private static final long MOST_LENT = 1 << 22;
    /** The least: a mapping, which has the host see them, takes longer than reading fewer. */
    private static final long LEAST_LENT = 1 << 16;
    private final Context context;
    private final Trace trace;
    private final Object turn;
    private final Compiled compiled;
    private final Function<Variable, VariableBuffer> home;
    private final LongFunction<Buffer> room;
    private final Set<Variable> variables;
    private final Slots slots;
    private final List<Input> inputs = new ArrayList<>();
    private final Map<Tensor, Place> constants = new IdentityHashMap<>();
    private final Map<Variable, VariableBuffer> bound = new IdentityHashMap<>();
    /** What kernels that need not run in every call read and write. */
    private final Set<Binding> lasting = new HashSet<>();
    private final ByteBuffer draw = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private Buffer drawBuffer;
    /** Whether constants were given up. */
    private boolean isAway;

    /**
     * Makes the buffers of {@code compiled}.
     *
     * @param turn what a call holds while it runs
     * @param home gives the buffer of a variable on this device
     * @param room gives a buffer of so many bytes
     */
    Buffers(Compiled compiled, Object turn, Context context, Trace trace, Function<Variable, VariableBuffer> home,
            LongFunction<Buffer> room) {
        this.compiled = compiled;
        this.room = room;
        this.variables = compiled.graph().variables();
        this.context = context;
        this.trace = trace;
        this.turn = turn;
        this.home = home;
        this.slots = new Slots(room, compiled.slots());
    }

    void allocate() {
        slots.allocate(slot -> compiled.outputs().stream()
                .anyMatch(o -> o.place().equals(new Binding.Slot(slot)) && isLendable(o)));
        compiled.inputs().forEach(t -> inputs.add(new Input(context, trace, bytes(t), room)));
    }

    static long bytes(Tensor t) {
        return DeviceMemory.bytes(t.shape(), t.dtype());
    }

    /**
     * Has an argument of a kernel follow what it is bound to; {@code isInvariant} if the kernel need not run in every
     * call.
     */
    void bind(Kernel kernel, int argument, Binding binding, boolean isInvariant) {
        if (isInvariant) {
            lasting.add(binding);
        }
        switch (binding) {
            case Binding.Given(int input) -> inputs.get(input).bind(kernel, argument);
            case Binding.Slot(int slot) -> slots.bind(slot, kernel, argument);
            case Binding.Fixed(Tensor constant) -> constant(constant).bind(kernel, argument);
            case Binding other -> kernel.arg(argument, at(other));
        }
    }

    Buffer at(Binding binding) {
        return switch (binding) {
            case Binding.Slot(int number) -> slots.buffer(number);
            case Binding.Given(int input) -> inputs.get(input).buffer();
            case Binding.Value(Variable variable) -> bound.get(variable).buffer();
            case Binding.Fixed(Tensor constant) -> constant(constant).buffer();
            case Binding.Draw() -> drawBuffer = drawBuffer == null ? room.apply(Long.BYTES) : drawBuffer;
            case Binding.Size s -> throw new AssertionError("no buffer: " + s);
            case Binding.Time t -> throw new AssertionError("no buffer: " + t);
            case Binding.Half h -> throw new AssertionError("no buffer: " + h);
        };
    }

    private Place constant(Tensor constant) {
        Place place = constants.computeIfAbsent(constant, c -> new Place());
        if (place.buffer() == null) {
            place.put(uploaded(constant));
        }
        return place;
    }

    private Buffer uploaded(Tensor constant) {
        NDArray value = ((Op.Constant) constant.op()).value();
        Buffer buffer = room.apply(value.bytes().remaining());
        Trace.alone(trace, Transfer.WRITE, value, "a constant", () -> context.queue().write(buffer, 0, value.bytes()));
        return buffer;
    }

    /** Returns whether all variables are where the kernels look for them. */
    boolean areHere() {
        for (var entry : bound.entrySet()) {
            if (!entry.getKey().isIn(entry.getValue())) {
                return false;
            }
        }
        return bound.size() == variables.size();
    }

    /**
     * Has all variables on the device; what it gives says in turn that kernels find them there, before {@code moved}.
     */
    Runnable fetched(Runnable moved) {
        Map<Variable, VariableBuffer> now = new IdentityHashMap<>();
        variables.forEach(v -> now.put(v, home.apply(v)));
        return () -> {
            bound.putAll(now);
            moved.run();
        };
    }

    /** Writes what a call is given on the host. */
    void write(TransferChunks chunks, List<? extends Value> values) {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof NDArray array) {
                inputs.get(i).write(chunks, array);
            }
        }
    }

    /** Queues the writing of what random operations count by. */
    void writeDraw(Queue queue, long number) {
        if (drawBuffer != null) {
            draw.putInt(0, (int) number).putInt(4, (int) (number >>> 32));
            ByteBuffer value = draw.duplicate().order(ByteOrder.nativeOrder());
            Trace.transfer(trace, queue, Transfer.WRITE, value.remaining(), null,
                    () -> queue.writeAsync(drawBuffer, 0, value));
        }
    }

    /** Returns whether random operations count by something. */
    boolean hasDraw() {
        return drawBuffer != null;
    }

    /** Returns whether some of these values have to be written. */
    boolean haveToBeWritten(List<? extends Value> values) {
        return values.stream().anyMatch(NDArray.class::isInstance);
    }

    /**
     * Has kernels use what a call is given on the device, and other slots where outputs have stayed or all were given
     * up; in turn.
     */
    void use(List<? extends Value> values) {
        slots.fill();
        if (isAway) {
            constants.keySet().forEach(this::constant);
            isAway = false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof KeptBuffer kept) {
                inputs.get(i).use(kept.buffer());
            }
        }
    }

    /**
     * Has kernels write the outputs from one on straight into the caller's arrays, where the device can work in them;
     * before {@link #use}.
     */
    void lend(int first, List<NDArray> into) {
        for (int i = 0; i < into.size(); i++) {
            ByteBuffer memory = into.get(i).bytes();
            Output output = compiled.outputs().get(first + i);
            if (isLendable(output) && Input.isUsable(context, memory)
                    && output.place() instanceof Binding.Slot(int slot)) {
                slots.lend(slot, context.into(memory));
            }
        }
    }

    /** Returns whether kernels may write an output into the caller's array, if that lies well. */
    private boolean isLendable(Output output) {
        long bytes = bytes(output.tensor());
        return context.device().worksInHostMemory() && bytes >= LEAST_LENT && bytes <= MOST_LENT
                && isAlone(output, compiled.outputs());
    }

    /** Has the outputs from one on in the caller's arrays, where kernels may have written them already. */
    void read(TransferChunks chunks, int first, List<NDArray> into) {
        Queue queue = chunks.queue();
        for (int i = 0; i < into.size(); i++) {
            Output output = compiled.outputs().get(first + i);
            Buffer buffer = at(output.place());
            NDArray array = into.get(i);
            if (isLent(output)) {
                Trace.transfer(trace, queue, Transfer.READ, array.bytes().remaining(), array,
                        () -> queue.settle(buffer));
            } else {
                chunks.each(array, (at, chunk) -> Trace.transfer(trace, queue, Transfer.READ, chunk.remaining(), array,
                        () -> queue.readAsync(buffer, at, chunk)));
            }
        }
    }

    private boolean isLent(Output output) {
        return output.place() instanceof Binding.Slot(int slot) && slots.isLent(slot);
    }

    /** Returns whether an output has all of a slot, which no other of {@code outputs} and no later call needs. */
    private boolean isAlone(Output output, List<Output> outputs) {
        return output.place() instanceof Binding.Slot(int slot) && slots.bytes(slot) == bytes(output.tensor())
                && !lasting.contains(output.place())
                && outputs.stream().allMatch(o -> o == output || !o.place().equals(output.place()));
    }

    /**
     * Returns the first of several outputs, in a buffer of its own: that of its slot, if nobody else needs what is in
     * it.
     */
    KeptBuffer kept(List<Output> outputs) {
        Output output = outputs.get(0);
        long bytes = bytes(output.tensor());
        if (output.place() instanceof Binding.Slot(int slot) && isAlone(output, outputs)) {
            return new KeptBuffer(turn, context, trace, slots, output.tensor(), slots.give(slot));
        }
        var copy = new KeptBuffer(turn, context, trace, slots, output.tensor(), slots.take(bytes));
        try {
            copy(at(output.place()), copy.buffer(), bytes);
        } catch (RuntimeException e) {
            copy.close();
            throw e;
        }
        return copy;
    }

    /** Copies what variables get once all kernels are done. */
    void copy() {
        compiled.copies().forEach(c -> copy(at(c.from()), bound.get(c.variable()).buffer(), c.bytes()));
    }

    private void copy(Buffer from, Buffer to, long bytes) {
        if (bytes > 0) {
            Trace.transfer(trace, context.queue(), Transfer.COPY, bytes, null,
                    () -> context.queue().copy(from, 0, to, 0, bytes));
        }
    }

    /** Gives the caller its memory back. */
    void leave() {
        slots.leave();
        inputs.forEach(Input::leave);
    }

    /** Returns what it holds besides variables, of a command buffer of that name. */
    List<DeviceMemory.Held> held(String name) {
        return List.of(new DeviceMemory.Held("intermediate values and outputs of " + name, slots.held()),
                new DeviceMemory.Held("inputs of " + name, inputs.stream().mapToLong(Input::held).sum()),
                new DeviceMemory.Held("constants of " + name, constants.values().stream().map(Place::buffer)
                        .filter(Objects::nonNull).mapToLong(Buffer::bytes).sum()));
    }

    /** Gives up what it holds besides variables, until the next call. */
    void evict() {
        slots.evict();
        closeRest();
        isAway = true;
    }

    private void closeRest() {
        inputs.forEach(Input::close);
        constants.values().stream().map(Place::take).filter(Objects::nonNull).forEach(Buffer::close);
    }

    void close() {
        slots.close();
        closeRest();
        if (drawBuffer != null) {
            drawBuffer.close();
        }
    }
}
