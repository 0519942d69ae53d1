package io.clarion.opencl.schedule;

import io.clarion.opencl.compile.Compiler.Binding;
import io.clarion.opencl.compile.Compiler.Step;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Kernel;
import io.clarion.opencl.driver.Program;
import io.clarion.opencl.schedule.Trace.Transfer;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The kernels of a command buffer in the order in which calls queue them. */
final class Commands {
    private final Context context;
    private final Trace trace;
    private final Buffers buffers;
    private final List<Recorded> kernels = new ArrayList<>();
    /** For each kernel that need not run in every call, how often the variables had changed that it read last. */
    private final Map<Recorded, List<Long>> done = new IdentityHashMap<>();
    private List<Command> list = List.of();

    Commands(Context context, Trace trace, Buffers buffers) {
        this.context = context;
        this.trace = trace;
        this.buffers = buffers;
    }

    /** A command of a call, which is queued in its turn. */
    private sealed interface Command {}

    /** A kernel and its arguments that count the steps of loops. */
    private record Recorded(Kernel kernel, Step.Kernel step, List<Integer> counters) implements Command {}

    private record Repeated(Step.Repeat step, List<Command> body) implements Command {}

    private record Chosen(Step.Choice step, List<Command> then, List<Command> otherwise) implements Command {}

    void record(List<Step> steps, Map<String, Program> programs) {
        list = recorded(steps, programs);
    }

    private List<Command> recorded(List<Step> steps, Map<String, Program> programs) {
        return steps.stream().map(step -> switch (step) {
            case Step.Kernel kernel -> record(kernel, programs.get(kernel.kernel()));
            case Step.Repeat loop -> (Command) new Repeated(loop, recorded(loop.steps(), programs));
            case Step.Choice choice ->
                    new Chosen(choice, recorded(choice.then(), programs), recorded(choice.otherwise(), programs));
        }).toList();
    }

    private Recorded record(Step.Kernel step, Program program) {
        Kernel kernel = program.kernel(step.kernel());
        var counters = new ArrayList<Integer>();
        var recorded = new Recorded(kernel, step, counters);
        kernels.add(recorded);
        int n = 0;
        for (Binding b : step.arguments()) {
            if (isCounter(b)) {
                counters.add(n);
                kernel.arg(n++, 0);
            } else if (b instanceof Binding.Size(int size)) {
                kernel.arg(n++, size);
            } else {
                buffers.bind(kernel, n++, b, step.once());
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

    int kernels() {
        return kernels.size();
    }

    void enqueue(List<? extends Value> values) {
        enqueue(list, values, new int[0], new int[0]);
    }

    /**
     * Queues commands; {@code times} are the elements at hand of the loops around them, {@code halves} their halves.
     */
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

    /** Returns how often the variables that a kernel reads have changed. */
    private static List<Long> changes(Step.Kernel step) {
        return step.arguments().stream().filter(Binding.Value.class::isInstance)
                .map(b -> ((Binding.Value) b).variable().changes()).toList();
    }

    /** Returns whether a scalar is not 0: one that was given is known here, another is read once all before is done. */
    private boolean holds(Step.Choice choice, List<? extends Value> values) {
        if (choice.condition() instanceof Binding.Given(int input) && values.get(input) instanceof NDArray given) {
            return given.get(0) != 0;
        }
        NDArray value = NDArray.zeros(choice.dtype(), Shape.SCALAR);
        Trace.transfer(trace, context.queue(), Transfer.READ, value.bytes().remaining(), value,
                () -> context.queue().read(buffers.at(choice.condition()), 0, value.bytes()));
        return value.get(0) != 0;
    }

    /** Binds anew what belongs to variables that have moved to another device and back since the last call. */
    void follow() {
        forget();
        for (Recorded recorded : kernels) {
            List<Binding> arguments = recorded.step().arguments();
            for (int a = 0; a < arguments.size(); a++) {
                if (arguments.get(a) instanceof Binding.Value) {
                    recorded.kernel().arg(a, buffers.at(arguments.get(a)));
                }
            }
        }
    }

    /** Has all kernels run in the next call, as what they left may be lost. */
    void forget() {
        done.clear();
    }

    void close() {
        kernels.forEach(k -> k.kernel().close());
    }
}
