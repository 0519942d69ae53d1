package io.clarion.opencl.schedule;

import io.clarion.engine.Executable;
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
import io.clarion.tensor.NDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A compiled graph recorded on a device: kernels whose arguments are bound once, and the buffers they work in. A call
 * writes the inputs, enqueues all kernels, reads the outputs and waits once.
 *
 * <p>Calls on one device run one after another.
 */
public final class CommandBuffer implements Executable {
    private final Context context;
    private final Object turn;
    private final Compiled compiled;
    private final Function<Variable, VariableBuffer> home;
    private final List<Buffer> slots = new ArrayList<>();
    private final List<Buffer> inputs = new ArrayList<>();
    private final Map<Tensor, Buffer> constants = new IdentityHashMap<>();
    private final Map<Variable, VariableBuffer> bound = new IdentityHashMap<>();
    private final List<Kernel> kernels = new ArrayList<>();
    private final ByteBuffer draw = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private Buffer drawBuffer;
    private boolean isClosed;

    /**
     * Records {@code compiled}.
     *
     * @param programs for each kernel's name the program that holds it; they stay their maker's
     * @param turn    what a call holds while it runs
     * @param home    gives the buffer of a variable on this device
     */
    public CommandBuffer(Compiled compiled, Map<String, Program> programs, Context context, Object turn, Function<Variable, VariableBuffer> home) {
        this.compiled = compiled;
        this.context = context;
        this.turn = turn;
        this.home = home;
        try {
            compiled.slots().forEach(bytes -> slots.add(context.allocate(bytes)));
            compiled.inputs().forEach(t -> inputs.add(context.allocate((long) t.shape().elements() * t.dtype().bytes())));
            compiled.steps().forEach(step -> kernels.add(record(step, programs.get(step.kernel()))));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Kernel record(Step step, Program program) {
        Kernel kernel = program.kernel(step.kernel());
        int n = 0;
        for (Binding b : step.arguments()) {
            kernel.arg(n++, buffer(b));
        }
        for (int size : step.sizes()) {
            kernel.arg(n++, size);
        }
        return kernel;
    }

    private Buffer buffer(Binding binding) {
        return switch (binding) {
            case Binding.Slot(int number) -> slots.get(number);
            case Binding.Given(int input) -> inputs.get(input);
            case Binding.Value(Variable variable) -> bound.computeIfAbsent(variable, home).buffer();
            case Binding.Fixed(Tensor constant) -> constants.computeIfAbsent(constant, this::uploaded);
            case Binding.Draw() -> drawBuffer = drawBuffer == null ? context.allocate(Long.BYTES) : drawBuffer;
        };
    }

    private Buffer uploaded(Tensor constant) {
        NDArray value = ((Op.Constant) constant.op()).value();
        Buffer buffer = context.allocate(value.bytes().remaining());
        context.queue().write(buffer, 0, value.bytes());
        return buffer;
    }

    @Override
    public List<NDArray> call(List<NDArray> values, long number) {
        synchronized (turn) {
            if (isClosed) {
                throw new IllegalStateException("call: the function is closed");
            }
            follow();
            Queue queue = context.queue();
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i).elements() > 0) {
                    queue.writeAsync(inputs.get(i), 0, values.get(i).bytes());
                }
            }
            if (drawBuffer != null) {
                draw.putInt(0, (int) number).putInt(4, (int) (number >>> 32));
                queue.writeAsync(drawBuffer, 0, draw.duplicate().order(ByteOrder.nativeOrder()));
            }
            for (int i = 0; i < kernels.size(); i++) {
                Step step = compiled.steps().get(i);
                queue.enqueue(kernels.get(i), step.global(), step.local());
            }
            for (Copy copy : compiled.copies()) {
                if (copy.bytes() > 0) {
                    queue.copy(buffer(copy.from()), 0, home.apply(copy.variable()).buffer(), 0, copy.bytes());
                }
            }
            var outputs = new ArrayList<NDArray>();
            for (Output output : compiled.outputs()) {
                NDArray value = NDArray.zeros(output.tensor().dtype(), output.tensor().shape());
                if (value.elements() > 0) {
                    queue.readAsync(buffer(output.place()), 0, value.bytes());
                }
                outputs.add(value);
            }
            queue.finish();
            return outputs;
        }
    }

    /** Binds anew what belongs to variables that have moved to another device and back since the last call. */
    private void follow() {
        boolean moved = false;
        for (var entry : bound.entrySet()) {
            VariableBuffer now = home.apply(entry.getKey());
            moved |= now != entry.getValue();
            entry.setValue(now);
        }
        for (int i = 0; moved && i < kernels.size(); i++) {
            List<Binding> arguments = compiled.steps().get(i).arguments();
            for (int a = 0; a < arguments.size(); a++) {
                if (arguments.get(a) instanceof Binding.Value) {
                    kernels.get(i).arg(a, buffer(arguments.get(a)));
                }
            }
        }
    }

    @Override
    public String explain() {
        long bytes = compiled.slots().stream().mapToLong(b -> b).sum();
        var text = new StringBuilder(compiled.steps().size() + " kernels, " + slots.size() + " buffers of " + bytes + " bytes\n");
        for (Step step : compiled.steps()) {
            text.append("%-24s %-12s sizes %s%n    %s%n".formatted(step.kernel(), java.util.Arrays.toString(step.global()),
                    java.util.Arrays.toString(step.sizes()), step.what()));
        }
        return text.append(compiled.source()).toString();
    }

    @Override
    public void close() {
        synchronized (turn) {
            isClosed = true;
            kernels.forEach(Kernel::close);
            slots.forEach(Buffer::close);
            inputs.forEach(Buffer::close);
            constants.values().forEach(Buffer::close);
            if (drawBuffer != null) {
                drawBuffer.close();
            }
        }
    }
}
