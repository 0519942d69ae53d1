package io.clarion.opencl.compile.codegen;

import io.clarion.graph.Bundle;
import io.clarion.graph.Contraction;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.ContractionLoops;
import io.clarion.opencl.compile.program.Counters;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.opencl.compile.program.Variables;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Writes the statements that compute elements of tensors at a place: what fills a hole of a kernel.
 *
 * <p>A place is a list of {@link Index}es, one an axis. In a vector of {@code width} lanes the variable {@code lane}
 * counts up from lane to lane, from a multiple of the width. What does not depend on it is computed once as a scalar;
 * neighbours in memory are loaded as a vector. Where lanes are neighbours only as long as they lie in one row, or
 * within a window's or a pad's bounds, the vector's statements stand under that condition ({@link LaneContiguity}),
 * which the first and the last lane tell. Else, and for what is never neighbours, a scalar function is called for each
 * lane.
 */
public final class Expression {
    /** A condition that fails more often is not worth its vector. */
    private static final double SELDOM = 0.9;

    /** The cost of reading lanes that lie evenly apart, as a share of that of a function call each. */
    private static final double STRIDED = 0.5;

    private final KernelText kernel;
    private final int width;
    private final String lane;
    private final Statements statements;
    private final Ahead ahead;
    private final List<Load> loads = new ArrayList<>();
    /** Assumptions on the lanes in the statements at hand; null where nothing is assumed. */
    private LaneContiguity coherence;

    /** Makes an expression in {@code kernel}; scalar where {@code width} is 1. */
    public Expression(KernelText kernel, int width, String lane) {
        this(kernel, width, lane, null);
    }

    /** Prefetches of {@code buffers}, where a vector of them is read: of what {@code lanes} lanes further will be. */
    public record Ahead(Predicate<Buffer> buffers, int lanes) {}

    /**
     * Makes an expression like {@link #Expression(KernelText, int, String)}, which asks for memory {@code ahead},
     * unless that is null.
     */
    public Expression(KernelText kernel, int width, String lane, Ahead ahead) {
        kernel.require(width);
        this.ahead = ahead;
        this.kernel = kernel;
        this.width = width;
        this.lane = lane;
        this.statements = new Statements(kernel::fresh);
    }

    /** Returns the statements written so far. */
    public String statements() {
        return statements.text();
    }

    /** A load of an element, at a place of its buffer. */
    public record Load(Buffer buffer, Index place) {}

    /** Returns what was read so far. */
    public List<Load> loads() {
        return loads;
    }

    /** Returns what was read, if all that was written so far is to read one element or vector. */
    public Optional<Load> onlyLoad() {
        return loads.size() == 1 && statements.text().lines().count() == 1 ? Optional.of(loads.get(0))
                : Optional.empty();
    }

    /** Says that {@code tensor} is in the variable {@code name}, wherever it is asked for. */
    public void known(Expr tensor, String name) {
        kernel.computed().put(tensor, name);
    }

    /** Returns the name of a variable that holds the element (elements, in a vector) of {@code tensor} at a place. */
    public String value(Expr tensor, List<Index> at) {
        return value(tensor, at, width);
    }

    /** Stores a variable's value in {@code tensor}'s buffer at a flat place. */
    public void store(Buffer to, String name, Index flat) {
        ClType type = new ClType(to.dtype(), width);
        to.counters().forEach(kernel::count);
        String buffer = kernel.written(to.home());
        Index place = kernel.located(to.home(), to.placed(flat));
        if (width > 1 && kernel.isStreamed(to) && place.equals(Index.var(lane, to.elements()))) {
            statements.line(String.format(Locale.ROOT, "__builtin_nontemporal_store(%s, (global %s*)(%s + %s));", name,
                    type.register(), buffer, place.text()));
            return;
        }
        storeAt(type, buffer, name, place);
    }

    private void storeAt(ClType type, String buffer, String name, Index flat) {
        Long stride = flat.stride(lane, width);
        if (width == 1 || stride != null && stride == 1) {
            statements.line(type.store(name, buffer, flat.text()));
            return;
        }
        Set<Index.Block> blocks = new LinkedHashSet<>();
        Long assumed = flat.stride(lane, width, blocks);
        boolean isOften = assumed != null && assumed == 1;
        if (isOften) {
            var rows = new LaneContiguity(lane, width);
            rows.assume(blocks);
            statements.line("if (" + rows.condition() + ") {");
            statements.line("  " + type.store(name, buffer, flat.text()));
            statements.line("} else {");
        }
        for (int l = 0; l < width; l++) {
            statements.line((isOften ? "  " : "") + new ClType(type.dtype(), 1)
                    .store(name + ".s" + Integer.toHexString(l), buffer, shifted(flat, l).text()));
        }
        if (isOften) {
            statements.line("}");
        }
    }

    /**
     * Writes the product of a contraction's operands at a point of its box; 0 where a window does not hold.
     *
     * @param at the place of each axis; null for those that windows determine
     */
    public String product(Contraction c, List<Expr> operands, List<Index> at) {
        DType dtype = operands.get(0).dtype();
        Guard guard = new Guard(kernel::fresh, this::isUniform);
        var solved = new ArrayList<>(at);
        for (ContractionLoops.Solve s : ContractionLoops.of(c).solves()) {
            solved.set(s.axis(), guard.admit(s.position(solved), s.divisor(), c.extents().get(s.axis()).size()));
        }
        for (Contraction.Window w : ContractionLoops.of(c).checks()) {
            Index gap = solved.get(w.place()).times(w.stride()).plus(solved.get(w.tap()).times(w.dilation()))
                    .plus(-w.pad()).plus(solved.get(w.position()).times(-1));
            guard.require(gap.text() + " == 0", gap);
        }
        ClType type = new ClType(dtype, width);
        if (width > 1 && !guard.isUniform()) {
            if (coherence == null) {
                return coherent(dtype, () -> product(c, operands, at), scalar -> scalar.product(c, operands, at), at);
            }
        }
        return guarded(guard, type, type.literal(0), () -> {
            String product = null;
            for (int i = 0; i < operands.size(); i++) {
                List<Index> place = c.operands().get(i).stream().map(a -> guard.inside(solved.get(a))).toList();
                String factor = value(operands.get(i), place, width);
                product = product == null ? factor
                        : statements.declare(type, product + (dtype == DType.BOOL ? " && " : " * ") + factor);
            }
            return product;
        });
    }

    private String value(Expr t, List<Index> at, int width) {
        String ready = kernel.computed().get(t);
        if (ready != null) {
            return ready;
        }
        if (width > 1 && kernel.isFree(t) && areUniform(at)) {
            String one = value(t, at, 1);
            return statements.remember(new Statements.Key(t, at, width),
                    () -> statements.declare(new ClType(t.dtype(), width), new ClType(t.dtype(), width).splat(one)));
        }
        return statements.remember(new Statements.Key(t, at, width), () -> computed(t, at, width));
    }

    private String computed(Expr t, List<Index> at, int width) {
        ClType type = new ClType(t.dtype(), width);
        return switch (t.op()) {
            case Operation.Load(Buffer b) -> load(t, b, at, width);
            case Operation.Element(Index place) -> {
                Variables.of(List.of(place)).forEach(kernel::count);
                var inside = new ArrayList<Index>();
                inside.add(place);
                inside.addAll(at);
                yield value(t.input(0), inside, width);
            }
            case Operation.Compute(Op op) -> computed(t, op, at, width);
            case Operation.Product p -> throw unfused(t);
            case Operation.SegmentSum s -> throw unfused(t);
            case Operation.Store s -> throw unfused(t);
            case Operation.Filled f -> throw unfused(t);
            case Operation.Control c -> throw unfused(t);
        };
    }

    private String computed(Expr t, Op op, List<Index> at, int width) {
        ClType type = new ClType(t.dtype(), width);
        return switch (op) {
            case Op.Literal(DType dtype, double value) -> statements.declare(type, type.literal(value));
            case Op.Size(Dim dim) -> statements.declare(type, type.splat(kernel.size(t, dim.size())));
            case Op.Iota iota -> iota(t, at, width);
            case Op.Random(long seed, Shape shape) -> random(t, seed, at, width);
            case Op.Elementwise(ScalarFn fn) when fn == ScalarFn.SELECT && isOneForAll(t.input(0)) ->
                    chosen(t, at, width);
            case Op.Elementwise(ScalarFn fn) -> {
                DType in = t.input(fn.arity() - 1).dtype();
                yield statements.declare(type, elementwise(fn, new ClType(in, width),
                        t.inputs().stream().map(x -> value(x, at, width)).toList()));
            }
            case Op.Cast(DType to) -> statements.declare(type,
                    new ClType(t.input(0).dtype(), width).cast(value(t.input(0), at, width), to));
            case Op.Alias a -> value(t.input(0), at, width);
            case Op.View(Movement m) -> moved(t, m, at, width);
            case Op.Concat(int axis) -> concatenated(t, axis, at, width);
            case Op.Gather() -> gathered(t, at, width);
            case Op.Contract c -> throw unfused(t);
            case Op.Reduce r -> throw unfused(t);
            case Op.ScatterAdd s -> throw unfused(t);
            case Op.Scan s -> throw unfused(t);
            case Bundle b -> throw unfused(t);
            case Op.Result r -> throw unfused(t);
            case Op.Parameter p -> throw unfused(t);
            case Op.Placeholder p -> throw unfused(t);
            case Op.Read r -> throw unfused(t);
            case Op.Constant c -> throw unfused(t);
        };
    }

    /** Returns whether all elements of a tensor are one scalar. */
    private static boolean isOneForAll(Expr t) {
        return t.rank() == 0 || t.op() instanceof Operation.Compute(Op.View(Movement m))
                && (m instanceof Movement.Broadcast || m instanceof Movement.Reshape)
                && isOneForAll(t.input(0)) || t.shape().elements() == 1;
    }

    /** Computes of a selection by one condition for all elements only the side that is chosen. */
    private String chosen(Expr t, List<Index> at, int width) {
        ClType type = new ClType(t.dtype(), width);
        String condition = value(t.input(0), Collections.nCopies(at.size(), Index.ZERO), 1);
        String result = kernel.fresh();
        statements.line(type.register() + " " + result + ";");
        statements.line("if (" + condition + ") {");
        statements.assign(result, () -> value(t.input(1), at, width));
        statements.line("} else {");
        statements.assign(result, () -> value(t.input(2), at, width));
        statements.line("}");
        return result;
    }

    private static String elementwise(ScalarFn fn, ClType in, List<String> names) {
        return switch (fn.rule()) {
            case NUMBER -> ClType.wrapped(ScalarText.of(fn, in, names), in.dtype());
            case FLOATING, LOGIC -> ScalarText.of(fn, in, names);
            // Bools are compared as 0 and 1, which a vector's 0 and -1 are not.
            case COMPARISON -> in.truth(ScalarText.of(fn, in,
                    names.stream().map(v -> in.dtype() == DType.BOOL ? "(" + v + " & 1)" : in.stored(v)).toList()));
            case CHOICE -> ScalarText.of(fn, in, List.of(in.condition(names.get(0)), names.get(1), names.get(2)));
        };
    }

    private static AssertionError unfused(Expr t) {
        return new AssertionError(t + " needs a buffer of its own");
    }

    private String load(Expr t, Buffer b, List<Index> at, int width) {
        Index offset = kernel.located(b, Index.flat(at, t.shape().sizes()));
        ClType type = new ClType(t.dtype(), width);
        if (coherence != null) {
            return neighbours(b, offset, type);
        }
        Long stride = offset.stride(lane, width);
        if (width == 1 || stride != null && stride != 0) {
            return loaded(b, offset, width == 1 ? 1 : stride, type);
        }
        return coherent(t.dtype(), () -> neighbours(b, offset, type), scalar -> scalar.value(t, at), at);
    }

    /** Returns what lanes load under an assumption. */
    private String neighbours(Buffer t, Index offset, ClType type) {
        if (type.width() == 1) {
            coherence.within(offset, 1, 1, kernel.extent(t));
            return loaded(t, offset, 1, type);
        }
        // A place within bounds hides what it was computed from, in which a row's columns and taps may join.
        for (Index i : List.of(offset, offset.unfolded())) {
            long[] lanes = coherence.lanes(i);
            Long stride = Index.stride(lanes);
            if (stride != null) {
                coherence.within(i, stride == 0 ? 1 : width, stride == 0 ? 1 : stride, kernel.extent(t));
                return loaded(t, i, stride, type);
            }
            int few = lanes == null ? 0 : fewer(lanes);
            if (few > 0 && t.dtype() != DType.FLOAT16) {
                coherence.within(i, few, 1, kernel.extent(t));
                return picked(t, i, new ClType(t.dtype(), few), lanes);
            }
        }
        throw new LaneContiguity.Lacking();
    }

    /**
     * Returns how many neighbours a vector's lanes have between them, some in several lanes: half as many as lanes or
     * fewer, a power of 2; 0 if the lanes are not so.
     */
    private static int fewer(long[] lanes) {
        long[] which = LongStream.of(lanes).distinct().sorted().toArray();
        int n = which.length;
        return n >= 2 && 2 * n <= lanes.length && Integer.bitCount(n) == 1 && which[0] == 0 && which[n - 1] == n - 1 ? n
                : 0;
    }

    /** Loads neighbours of a stored tensor as a vector, each in the lanes that want it. */
    private String picked(Buffer t, Index offset, ClType few, long[] lanes) {
        String loaded = statements.declare(few, few.load(kernel.read(t), offset.text()));
        return statements.declare(new ClType(t.dtype(), width), loaded + ".s"
                + LongStream.of(lanes).mapToObj(l -> Integer.toHexString((int) l)).collect(Collectors.joining()));
    }

    /** Loads elements of a stored tensor that lie {@code stride} apart. */
    private String loaded(Buffer t, Index offset, long stride, ClType type) {
        String buffer = kernel.read(t);
        loads.add(new Load(t, offset));
        if (stride == 1) {
            if (type.width() > 1 && ahead != null && ahead.buffers().test(t)) {
                statements.line(String.format(Locale.ROOT, "__builtin_prefetch(%s + (%s));", buffer,
                        shifted(offset, ahead.lanes()).text()));
            }
            return statements.declare(type, type.load(buffer, offset.text()));
        }
        ClType one = new ClType(t.dtype(), 1);
        if (stride == 0) {
            return statements.declare(type, type.splat(statements.declare(one, one.load(buffer, offset.text()))));
        }
        kernel.laneByLane(STRIDED);
        String first = statements.declare(new ClType(DType.INT32, 1), offset.text());
        return statements.declare(type,
                IntStream.range(0, width).mapToObj(l -> one.load(buffer, first + (l == 0 ? "" : " + " + l * stride)))
                        .map(v -> t.dtype() == DType.BOOL ? "-(" + v + " != 0)" : v)
                        .collect(Collectors.joining(", ", "(" + type.register() + ")(", ")")));
    }

    private String iota(Expr t, List<Index> at, int width) {
        ClType type = new ClType(t.dtype(), width);
        long[] lanes = width == 1 ? new long[1]
                : coherence == null ? at.get(0).lanes(lane, width, null) : coherence.lanes(at.get(0));
        if (lanes == null) {
            return coherent(t.dtype(), () -> iota(t, at, width), scalar -> scalar.value(t, at), at);
        }
        Long stride = Index.stride(lanes);
        return statements.declare(type, stride != null && stride == 0 ? type.splat(at.get(0).text())
                : LaneContiguity.ramp(at.get(0).text(), lanes));
    }

    private String random(Expr t, long seed, List<Index> at, int width) {
        if (width > 1) {
            return lanes(t.dtype(), scalar -> scalar.value(t, at), at);
        }
        return statements.declare(new ClType(t.dtype(), 1),
                String.format(Locale.ROOT, "random_uniform(%du, %du, %s, %s)", seed & 0xFFFFFFFFL,
                        seed >>> 32, kernel.draw(), Index.flat(at, t.shape().sizes()).text()));
    }

    private String moved(Expr t, Movement movement, List<Index> at, int width) {
        Expr in = t.input(0);
        int[] sizes = in.shape().sizes();
        return switch (movement) {
            case Movement.Reshape r -> value(in, Index.coordinates(Index.flat(at, t.shape().sizes()), sizes), width);
            case Movement.Permute p -> {
                var place = new ArrayList<>(at);
                for (int i = 0; i < at.size(); i++) {
                    place.set(p.order().get(i), at.get(i));
                }
                yield value(in, place, width);
            }
            case Movement.Broadcast b -> value(in, each(at, (a, i) -> sizes[a] == 1 ? Index.ZERO : i), width);
            case Movement.Slice s ->
                    value(in, each(at, (a, i) -> i.times(s.step().get(a)).plus(s.start().get(a))), width);
            case Movement.Reverse r ->
                    value(in, each(at, (a, i) -> r.axes().contains(a) ? i.times(-1).plus(sizes[a] - 1) : i), width);
            case Movement.Windows w -> {
                var place = new ArrayList<>(at);
                Index tap = place.remove(w.axis() + 1);
                place.set(w.axis(), at.get(w.axis()).times(w.stride()).plus(tap.times(w.dilation())));
                yield value(in, place, width);
            }
            case Movement.Pad p -> {
                Guard guard = new Guard(kernel::fresh, this::isUniform);
                List<Index> place = each(at,
                        (a, i) -> guard.admit(i.plus(-p.before().get(a)), p.step().get(a), sizes[a]));
                if (width > 1 && !guard.isUniform()) {
                    if (coherence == null) {
                        yield coherent(t.dtype(), () -> moved(t, movement, at, width), scalar -> scalar.value(t, at),
                                at);
                    }
                }
                ClType type = new ClType(t.dtype(), width);
                yield guarded(guard, type, type.literal(p.value()),
                        () -> value(in, place.stream().map(guard::inside).toList(), width));
            }
        };
    }

    private static List<Index> each(List<Index> at, java.util.function.BiFunction<Integer, Index, Index> f) {
        var place = new ArrayList<Index>();
        for (int a = 0; a < at.size(); a++) {
            place.add(f.apply(a, at.get(a)));
        }
        return place;
    }

    private String concatenated(Expr t, int axis, List<Index> at, int width) {
        Index along = at.get(axis);
        if (width > 1 && !isUniform(along)) {
            if (coherence == null) {
                return coherent(t.dtype(), () -> concatenated(t, axis, at, width), scalar -> scalar.value(t, at), at);
            }
            int start = 0;
            var parts = new ArrayList<Guard.Bound>();
            for (Expr part : t.inputs()) {
                parts.add(new Guard.Bound(along.plus(-start), part.shape().size(axis)));
                start += part.shape().size(axis);
            }
            coherence.assumeOne(parts);
        }
        ClType type = new ClType(t.dtype(), width);
        String result = kernel.fresh();
        statements.line(type.register() + " " + result + " = " + type.literal(0) + ";");
        int start = 0;
        for (Expr part : t.inputs()) {
            int size = part.shape().size(axis);
            Guard guard = new Guard(kernel::fresh, i -> true);
            Index inside = guard.admit(along.plus(-start), 1, size);
            assignGuarded(guard, result,
                    () -> value(part, each(at, (a, i) -> a == axis ? guard.inside(inside) : i), width));
            start += size;
        }
        return result;
    }

    private String gathered(Expr t, List<Index> at, int width) {
        Expr rows = t.input(0);
        Expr indices = t.input(1);
        List<Index> which = at.subList(0, indices.rank());
        if (width > 1 && !areUniform(which)) {
            return coherent(t.dtype(), () -> gathered(t, at, width), scalar -> scalar.value(t, at), at);
        }
        String index = value(indices, which, 1);
        if (coherence != null) {
            coherence.hide(index);
        }
        Guard guard = new Guard(kernel::fresh, this::isUniform);
        var place = new ArrayList<Index>();
        place.add(guard.admit(Index.of(new Index.Var(index, Integer.MAX_VALUE, null)), 1, rows.shape().size(0)));
        place.addAll(at.subList(indices.rank(), at.size()));
        ClType type = new ClType(t.dtype(), width);
        return guarded(guard, type, type.literal(t.dtype().isFloating() ? Double.NaN : 0),
                () -> value(rows, place.stream().map(guard::inside).toList(), width));
    }

    // Guards.

    private String guarded(Guard guard, ClType type, String otherwise, Supplier<String> then) {
        List<String> masks = coherence == null ? List.of() : coherence.lanes(guard);
        Supplier<String> masked = () -> {
            String value = then.get();
            for (String mask : masks) {
                value = statements.declare(type,
                        "(" + type.condition("(" + mask + ")") + " ? " + value + " : " + otherwise + ")");
            }
            return value;
        };
        if (guard.conditions().isEmpty() && guard.declarations().isEmpty()) {
            return masked.get();
        }
        String result = kernel.fresh();
        statements.line(type.register() + " " + result + " = " + otherwise + ";");
        assignGuarded(guard, result, masked);
        return result;
    }

    private void assignGuarded(Guard guard, String result, Supplier<String> then) {
        String condition = guard.conditions().isEmpty() ? "true" : String.join(" && ", guard.conditions());
        statements.line("if (" + condition + ") {");
        statements.assign(result, () -> {
            guard.declarations().forEach(statements::line);
            if (coherence != null) {
                guard.quotients().forEach(coherence::hide);
            }
            return then.get();
        });
        statements.line("}");
    }

    // Lanes and statements.

    private boolean isUniform(Index i) {
        return areUniform(List.of(i));
    }

    /** Returns whether places are the same in all lanes, or in all of a vector of which it is assumed. */
    private boolean areUniform(List<Index> at) {
        return width == 1 || at.stream().allMatch(i -> isZero(i.stride(lane, width)))
                || coherence != null && coherence.areUniform(at);
    }

    private static boolean isZero(Long stride) {
        return stride != null && stride == 0;
    }

    private Index shifted(Index i, int lanes) {
        return i.substitute(v -> v.name().equals(lane) ? Index.of(v).plus(lanes) : Index.of(v));
    }

    /**
     * Writes the statements of {@code vector} under what they assume of the lanes, those of {@link #lanes} otherwise;
     * the latter alone where no assumption helps.
     */
    private String coherent(DType dtype, Supplier<String> vector, Function<Expression, String> body, List<Index> free) {
        if (coherence != null) {
            throw new LaneContiguity.Lacking();
        }
        String result = kernel.fresh();
        var assumed = new LaneContiguity(lane, width);
        String text = assuming(assumed, result, vector);
        if (text == null || assumed.share() > SELDOM) {
            return lanes(dtype, body, free);
        }
        ClType type = new ClType(dtype, width);
        kernel.laneByLane(assumed.share());
        statements.line(type.register() + " " + result + ";");
        statements.line("if (" + assumed.condition() + ") {");
        statements.add(text);
        statements.line("} else {");
        // A loop, which is compiled once for all lanes.
        ClType one = new ClType(dtype, 1);
        String all = kernel.fresh();
        statements.line("  " + one.register() + " " + all + "[" + width + "];");
        statements.line("#pragma unroll 1");
        statements.line("  for (int l = 0; l < " + width + "; l++) {");
        statements.line("    " + all + "[l] = " + call(dtype, body, free).apply("l") + ";");
        statements.line("  }");
        statements.line("  " + result + " = load" + width + "(" + all + ");");
        statements.line("}");
        return result;
    }

    /**
     * Returns the statements of {@code vector}, which say to {@code assumed} what they need of the lanes; null where no
     * assumption makes a vector of them.
     */
    private String assuming(LaneContiguity assumed, String result, Supplier<String> vector) {
        coherence = assumed;
        try {
            return statements.apart(result, vector);
        } catch (LaneContiguity.Lacking e) {
            return null;
        } finally {
            coherence = null;
        }
    }

    /** Returns a scalar function of the index variables in {@code free}, called for each lane. */
    private String lanes(DType dtype, Function<Expression, String> body, List<Index> free) {
        if (coherence != null) {
            throw new LaneContiguity.Lacking();
        }
        Function<String, String> call = call(dtype, body, free);
        kernel.laneByLane(1);
        var calls = new ArrayList<String>();
        for (int l = 0; l < width; l++) {
            calls.add(call.apply(Integer.toString(l)));
        }
        ClType type = new ClType(dtype, width);
        return statements.declare(type, "(" + type.register() + ")(" + String.join(", ", calls) + ")");
    }

    /** Returns the call of a scalar function of the index variables in {@code free} for the lane that it is given. */
    private Function<String, String> call(DType dtype, Function<Expression, String> body, List<Index> free) {
        List<String> variables = Variables.of(free).stream().filter(v -> !Counters.isCounter(v)).toList();
        var scalar = new Expression(kernel, 1, "");
        String result = body.apply(scalar);
        String function = kernel.function(new ClType(dtype, 1).register(), variables, scalar.statements(), result);
        return l -> {
            String call = function + "("
                    + kernel.arguments(
                            variables.stream().map(v -> v.equals(lane) && !l.equals("0") ? v + " + " + l : v).toList())
                    + ")";
            return dtype == DType.BOOL ? "-(" + call + " != 0)" : call;
        };
    }
}
