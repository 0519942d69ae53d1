package io.clarion.opencl.schedule;

import io.clarion.graph.Op;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.Compiler.Compiled;
import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.device.OutOfDeviceMemory;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages the memory of a device: the buffers of functions, and variables. Where memory is short, it evicts what was
 * used least recently: buffers of idle functions, which are made again at their next call, and variables, which go to
 * the host until a function uses them again.
 */
public final class DeviceMemory {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceMemory.class);
    /** So many of those that have the memory are named. */
    private static final int NAMED = 8;
    private final Object device;
    private final Context context;
    private final Trace trace;
    private final Set<
            CommandBuffer> functions = Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));
    private final Set<Variable> variables = Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));
    private final Lock moves = new ReentrantLock();
    private final AtomicLong uses = new AtomicLong();

    /** Something that can be evicted, which {@code evict} does. */
    private record Idle(String what, long lastUse, boolean isVariable, long bytes, Runnable evict) {}

    /** Bytes of the device, and who has them. */
    record Held(String what, long bytes) {}

    /**
     * Makes the memory of {@code device}, which its calls hold while they run; {@code trace} is null if no times are
     * wanted.
     */
    public DeviceMemory(Object device, Context context, Trace trace) {
        this.device = device;
        this.context = context;
        this.trace = trace;
    }

    Context context() {
        return context;
    }

    Trace trace() {
        return trace;
    }

    /**
     * Returns the lock that is held while variables are fetched that no other device uses, before the device's turn.
     */
    Lock moves() {
        return moves;
    }

    /** Returns the number of a use: later ones have greater numbers. */
    long use() {
        return uses.incrementAndGet();
    }

    void add(CommandBuffer function) {
        functions.add(function);
    }

    void remove(CommandBuffer function) {
        functions.remove(function);
    }

    /** Returns the buffer of a variable that {@code by} uses, which is fetched if it is elsewhere. */
    VariableBuffer home(Variable variable, CommandBuffer by) {
        variables.add(variable);
        return (VariableBuffer) variable.on(device,
                value -> new VariableBuffer(device, device, context, trace, value, allocate(bytes(variable), by)));
    }

    /** Has the variables go to the host, for a device that closes. */
    public void leave() {
        Set.copyOf(variables).forEach(v -> v.leave(device));
    }

    /**
     * Makes sure that what a graph became would fit if all else were off.
     *
     * @throws OutOfDeviceMemory if it would not, naming who has the memory
     */
    public void require(Compiled compiled) {
        try {
            context.require(Stream
                    .concat(compiled.slots().stream(), compiled.graph().variables().stream().map(DeviceMemory::bytes))
                    .toList());
        } catch (OutOfDeviceMemory e) {
            throw explained(e, compiled, true);
        }
    }

    /**
     * Returns a buffer for {@code by} or a variable that it uses, for which others are taken off as long as it does not
     * fit.
     *
     * @throws OutOfDeviceMemory if it does not fit with all others off, naming who has the memory
     */
    Buffer allocate(long bytes, CommandBuffer by) {
        while (true) {
            try {
                return context.allocate(bytes);
            } catch (OutOfDeviceMemory e) {
                if (bytes > context.device().maxAllocation() || !evictOne(by)) {
                    throw explained(e, by.compiled(), true);
                }
            }
        }
    }

    /** Evicts all that the running call of {@code by} does not need; false if there was nothing. */
    boolean evict(CommandBuffer by) {
        boolean any = false;
        while (evictOne(by)) {
            any = true;
        }
        return any;
    }

    /** Evicts what was used least recently of what {@code by} does not need; false if there is nothing. */
    private boolean evictOne(CommandBuffer by) {
        synchronized (device) {
            Optional<Idle> oldest = oldest(by);
            oldest.ifPresent(idle -> {
                idle.evict().run();
                LOG.debug("{}: {} leaves {} bytes to {}", context.device().id(), idle.what(), idle.bytes(), by);
            });
            return oldest.isPresent();
        }
    }

    private Optional<Idle> oldest(CommandBuffer by) {
        Map<Variable, Long> used = new IdentityHashMap<>();
        List<CommandBuffer> known = List.copyOf(functions);
        known.forEach(f -> f.variables().forEach(v -> used.merge(v, f.lastUse(), Math::max)));
        Stream<Idle> buffers = known.stream().filter(f -> f != by && f.isIdle())
                .map(f -> new Idle(f.toString(), f.lastUse(), false, f.bytes(), f::evict))
                .filter(idle -> idle.bytes() > 0);
        Stream<Idle> values = homed().filter(v -> !by.variables().contains(v))
                .map(v -> new Idle("variable " + v, used.getOrDefault(v, 0L), true, bytes(v), () -> v.leave(device)));
        return Stream.concat(buffers, values)
                .min(Comparator.comparingLong(Idle::lastUse).thenComparing(Idle::isVariable)
                        .thenComparing(Comparator.comparingLong(Idle::bytes).reversed()));
    }

    private Stream<Variable> homed() {
        return List.copyOf(variables).stream().filter(v -> v.isOn(device));
    }

    static long bytes(Variable v) {
        return bytes(v.shape(), v.dtype());
    }

    static long bytes(Shape shape, DType dtype) {
        return (long) shape.elements() * dtype.bytes();
    }

    /** Returns the function's name for messages: the function of which inputs. */
    static String name(Compiled compiled) {
        return compiled.graph().inputs().stream()
                .map(t -> (t.op() instanceof Op.Placeholder p ? p.name() + " " : "") + t.shape())
                .collect(Collectors.joining(", ", "the function of (", ")"));
    }

    private static String need(Compiled compiled) {
        return String.format(Locale.ROOT,
                "%,d bytes for intermediate values and outputs, %,d for inputs and %,d for variables",
                compiled.slots().stream().mapToLong(b -> b).sum(),
                compiled.inputs().stream().mapToLong(t -> bytes(t.shape(), t.dtype())).sum(),
                compiled.graph().variables().stream().mapToLong(DeviceMemory::bytes).sum());
    }

    /** Returns the failure, with who has the device's memory, largest first. */
    OutOfDeviceMemory explained(OutOfDeviceMemory e, Compiled asked, boolean isWithoutEffect) {
        synchronized (device) {
            var held = new ArrayList<Held>();
            List.copyOf(functions).stream().filter(f -> f.compiled() == asked || f.isIdle())
                    .forEach(f -> held.addAll(f.held()));
            homed().forEach(v -> held.add(new Held("variable " + v, bytes(v))));
            held.add(new Held("other open instances of the device", context.bytesOfOthers()));
            List<Held> some = held.stream().filter(h -> h.bytes() > 0)
                    .sorted(Comparator.comparingLong(Held::bytes).reversed()).toList();
            long rest = some.stream().skip(NAMED).mapToLong(Held::bytes).sum();
            String named = some.stream().limit(NAMED)
                    .map(h -> String.format(Locale.ROOT, "%,d bytes by %s", h.bytes(), h.what()))
                    .collect(Collectors.joining(", "));
            return e.with(
                    String.format(Locale.ROOT, "asked for %s, which needs %s; held are %s%s", name(asked), need(asked),
                            named.isEmpty() ? "none" : named,
                            rest == 0 ? ""
                                    : String.format(Locale.ROOT, ", %,d by %d others", rest, some.size() - NAMED)),
                    isWithoutEffect);
        }
    }
}
