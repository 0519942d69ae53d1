package io.clarion.check;

import io.clarion.K;
import io.clarion.check.Argument.Array;
import io.clarion.check.Argument.Block;
import io.clarion.check.Argument.Ints;
import io.clarion.check.Argument.Many;
import io.clarion.check.Argument.Plain;
import io.clarion.check.Argument.Ref;
import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.SparseMatrix;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.SparseArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A program that grows: each step is built and computed as it comes, so that what follows fits its shape and its
 * values.
 */
final class Sketch {
    static final int MOST_ELEMENTS = 12_000;
    private static final double MOST_WORK = 4e6;
    private static final int[] SIZES = {1, 2, 3, 5, 7, 8, 9, 12, 15, 16, 17, 18, 19, 20, 31, 32, 33, 34, 35, 36, 63, 64,
            65, 84, 100};
    /** All types, float32 as often as the others together. */
    private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.FLOAT32,
            DType.FLOAT16, DType.FLOAT64);
    private static final List<DType> INTEGERS = List.of(DType.INT32, DType.INT32, DType.INT64, DType.UINT8);
    /** Values beyond these are tamed before they are used. */
    private static final double WILD = 30;

    /** A step that does not fit what is there: another one is drawn. */
    static final class Unfit extends RuntimeException {
        Unfit(String why) {
            super(why, null, false, false);
        }
    }

    final Random random;
    final DType floatx;
    private final Device reference;
    private final boolean hasFloat64;
    private final List<Integer> batches;
    private final boolean isInside;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Integer, Object> values;
    private final Map<Integer, Drawn> feeds = new HashMap<>();
    private final List<Known> known = new ArrayList<>();
    private final List<Map<Dim.Symbol, Integer>> symbols;
    /** Placeholders that stand for tensors whose values are known. */
    private final Map<Tensor, Tensor> stands;
    private final Map<Tensor, NDArray> computed;
    private int next;

    /** Starts a program whose steps have numbers from {@code first} on. */
    Sketch(Random random, Device reference, boolean hasFloat64, DType floatx, List<Integer> batches, int first) {
        this(random, reference, hasFloat64, floatx, batches, false, first, new HashMap<>(), new IdentityHashMap<>(),
                new IdentityHashMap<>(),
                batches.stream().<Map<Dim.Symbol, Integer>>map(b -> new HashMap<>()).toList());
    }

    private Sketch(Random random, Device reference, boolean hasFloat64, DType floatx, List<Integer> batches,
            boolean isInside, int first, Map<Integer, Object> values,
            Map<Tensor, Tensor> stands, Map<Tensor, NDArray> computed, List<Map<Dim.Symbol, Integer>> symbols) {
        this.random = random;
        this.reference = reference;
        this.hasFloat64 = hasFloat64;
        this.floatx = floatx;
        this.batches = batches;
        this.isInside = isInside;
        this.next = first;
        this.values = values;
        this.stands = stands;
        this.computed = computed;
        this.symbols = symbols;
    }

    // Growing.

    /** Has a row draw some steps; takes them back and returns false if they do not fit. */
    boolean grow(Consumer<Sketch> row) {
        int size = steps.size();
        int tensors = known.size();
        int number = next;
        try {
            row.accept(this);
            return true;
        } catch (Unfit | IllegalArgumentException | ArithmeticException e) {
            steps.subList(size, steps.size()).forEach(s -> {
                values.remove(s.number());
                feeds.remove(s.number());
            });
            steps.subList(size, steps.size()).clear();
            known.subList(tensors, known.size()).clear();
            next = number;
            return false;
        }
    }

    /** Calls a function of K. */
    Known call(String name, Argument... arguments) {
        return tensor(step(null, name, arguments));
    }

    /** Calls a method of the value of a step. */
    Known on(Argument receiver, String name, Argument... arguments) {
        return tensor(step(receiver, name, arguments));
    }

    /** Calls a function, or a method if there is a receiver, whose value may be no tensor. */
    Argument step(Argument receiver, String name, Argument... arguments) {
        Step step = new Step(next, receiver, name, List.of(arguments));
        Object value = step.run(values);
        steps.add(step);
        values.put(next, value);
        return new Ref(next++);
    }

    /** Makes a tensor known that a step gave. */
    Known tensor(Argument made) {
        int step = ((Ref) made).step();
        Known k = measured(step, (Tensor) values.get(step));
        known.add(k);
        return k;
    }

    private Known measured(int step, Tensor t) {
        List<int[]> sizes = IntStream.range(0, batches.size()).mapToObj(c -> t.shape().resolve(symbols.get(c)).sizes())
                .toList();
        for (int[] s : sizes) {
            if (Arrays.stream(s).asDoubleStream().reduce(1, (a, b) -> a * b) > MOST_ELEMENTS) {
                throw new Unfit("too large");
            }
        }
        NDArray value = computed(t);
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        boolean sound = true;
        for (double v : value.toDoubles()) {
            if (Double.isFinite(v)) {
                low = Math.min(low, v);
                high = Math.max(high, v);
            } else {
                sound = false;
            }
        }
        return new Known(step, t, sizes, low <= high ? low : 0, low <= high ? high : 0, sound);
    }

    /** Returns the value in the first call; what fits no other call is refused. */
    private NDArray computed(Tensor t) {
        Map<Tensor, Tensor> now = new IdentityHashMap<>(stands);
        Tensor rest = Body.substituted(List.of(t), now).get(0);
        List<Tensor> needs = Graph.tensors(List.of(rest)).stream().filter(x -> x.op() instanceof Op.Placeholder)
                .toList();
        if (!computed.keySet().containsAll(needs)) {
            throw new Unfit("a placeholder without a value");
        }
        var graph = new Graph(needs, List.of(rest), List.of());
        if (!hasFloat64 && Graph.allTensors(graph.results()).stream().anyMatch(x -> x.dtype() == DType.FLOAT64)) {
            throw new Unfit("float64");
        }
        for (int c = batches.size() - 1; c >= 0; c--) {
            Graph fixed = graph.specialise(symbols.get(c));
            if (work(fixed) > MOST_WORK) {
                throw new Unfit("too much to compute");
            }
            if (c == 0) {
                try (Executable e = reference.compile(fixed)) {
                    NDArray value = e.call(needs.stream().map(computed::get).toList(), 0).get(0);
                    stand(t, value);
                    return value;
                }
            }
        }
        throw new AssertionError("no calls");
    }

    private void stand(Tensor t, NDArray value) {
        Tensor stand = Tensor.of(new Op.Placeholder(t.dtype(), t.shape(), "known"));
        stands.put(t, stand);
        computed.put(stand, value);
    }

    private static double work(Graph graph) {
        double work = 0;
        for (Tensor t : Graph.tensors(graph.results())) {
            work += work(t);
        }
        return work;
    }

    private static double work(Tensor t) {
        double own = t.op() instanceof Op.Contract(var c)
                ? c.extents().stream().mapToDouble(Dim::size).reduce(1, (a, b) -> a * b)
                : t.shape().dims().stream().mapToDouble(Dim::size).reduce(1, (a, b) -> a * b);
        if (t.op() instanceof Bundle.Loop loop) {
            return own + loop.steps().size()
                    * Graph.allTensors(loop.body().results()).stream().mapToDouble(Sketch::work).sum();
        }
        return own;
    }

    /** Returns the program, of which what nothing uses is an output, and sometimes other steps. */
    Program program() {
        var used = new HashSet<Integer>();
        steps.forEach(s -> s.needs().forEach(used::add));
        List<Integer> outputs = known.stream().map(Known::step).filter(s -> !feeds.containsKey(s))
                .filter(s -> !used.contains(s) || random.nextInt(8) == 0).toList();
        return new Program(floatx, steps, feeds, outputs, batches).needed();
    }

    int size() {
        return steps.size();
    }

    int next() {
        return next;
    }

    // What is there.

    int number(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    boolean chance(double p) {
        return random.nextDouble() < p;
    }

    <T> T one(List<T> of) {
        if (of.isEmpty()) {
            throw new Unfit("nothing to choose from");
        }
        return of.get(random.nextInt(of.size()));
    }

    @SafeVarargs
    final <T> T one(T... of) {
        return of[random.nextInt(of.length)];
    }

    List<Integer> permutation(int n) {
        var order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
        Collections.shuffle(order, random);
        return order;
    }

    /** Returns some axes of a rank, {@code least} at least, some of them counted from the end, in any order. */
    Ints axes(int rank, int least) {
        return new Ints(permutation(rank).subList(0, number(Math.min(least, rank), rank)).stream()
                .map(a -> chance(0.2) ? a - rank : a).toList());
    }

    /** Returns an axis of a tensor, sometimes counted from the end. */
    int axis(Known x) {
        if (x.rank() == 0) {
            throw new Unfit("a scalar has no axis");
        }
        int axis = number(0, x.rank() - 1);
        return chance(0.3) ? axis - x.rank() : axis;
    }

    /** Returns a size to which vectors and tiles fit or do not. */
    int size(int most) {
        if (chance(0.01)) {
            return 0;
        }
        int[] fitting = Arrays.stream(SIZES).filter(n -> n <= most).toArray();
        return fitting.length == 0 ? 1 : fitting[random.nextInt(fitting.length)];
    }

    /** Returns sizes of so many axes; the first is often the batch's. */
    List<Integer> shape(int leastRank, int mostRank) {
        int rank = number(leastRank, mostRank);
        Integer[] sizes = new Integer[rank];
        int left = MOST_ELEMENTS / 4;
        boolean batch = rank > 0 && chance(0.5);
        for (int a : permutation(rank)) {
            int size = batch && a == 0 ? K.NONE : size(Math.min(left, 100));
            sizes[a] = size;
            left /= Math.max(1, size < 0 ? batches.stream().mapToInt(i -> i).max().orElse(1) : size);
        }
        return List.of(sizes);
    }

    DType floating() {
        DType drawn = one(FLOATS);
        return drawn == DType.FLOAT64 && !hasFloat64 ? DType.FLOAT32 : drawn;
    }

    DType integer() {
        return one(INTEGERS);
    }

    DType dtype() {
        return chance(0.6) ? floating() : chance(0.8) ? integer() : DType.BOOL;
    }

    /** Returns a tensor that is there, later ones more often; a new input if none is as wanted. */
    Known any(Predicate<Known> wanted, Supplier<Known> otherwise) {
        List<Known> fitting = known.stream().filter(Known::sound).filter(wanted).toList();
        if (fitting.isEmpty() || chance(0.12)) {
            return otherwise.get();
        }
        List<Known> made = fitting.stream().filter(k -> !k.tensor().inputs().isEmpty()).toList();
        List<Known> from = made.isEmpty() || chance(0.2) ? fitting : made;
        return one(chance(0.6) ? from.subList(Math.max(0, from.size() - 4), from.size()) : from);
    }

    /** Returns a tensor of moderate floating-point numbers. */
    Known floats() {
        return floats(0, 4);
    }

    Known floats(int leastRank, int mostRank) {
        return tame(any(k -> k.isFloating() && k.rank() >= leastRank && k.rank() <= mostRank,
                () -> input(shape(Math.max(leastRank, chance(0.9) ? 1 : 0), mostRank), floating(), -2, 2)));
    }

    /** Returns a tensor of numbers of any type. */
    Known numbers(int leastRank, int mostRank) {
        return tame(any(k -> k.dtype() != DType.BOOL && k.rank() >= leastRank && k.rank() <= mostRank,
                () -> input(shape(leastRank, mostRank), chance(0.5) ? floating() : integer(), -2, 2)));
    }

    /** Returns a tensor of any type. */
    Known anything(int leastRank, int mostRank) {
        return any(k -> k.rank() >= leastRank && k.rank() <= mostRank,
                () -> input(shape(leastRank, mostRank), dtype(), -2, 2));
    }

    /** Returns a tensor of the rank: one that is there, one that is there in another shape, or a new input. */
    Known ofRank(int rank) {
        if (known.stream().anyMatch(k -> k.isFloating() && k.sound() && k.rank() == rank) && chance(0.5)) {
            return floats(rank, rank);
        }
        Known x = floats(1, 5);
        if (x.rank() == rank) {
            return x;
        }
        if (chance(0.4) || !x.isFixedFrom(1)) {
            return input(shape(rank, rank), floating(), -2, 2);
        }
        int rest = Arrays.stream(x.sizes0()).skip(1).reduce(1, (a, b) -> a * b);
        List<Integer> sizes = new ArrayList<>();
        sizes.add(x.isFixed(0) ? x.size(0) : -1);
        for (int a = 1; a < rank - 1; a++) {
            int left = rest;
            List<Integer> divisors = IntStream.rangeClosed(1, Math.min(20, left)).filter(d -> left % d == 0).boxed()
                    .toList();
            int d = divisors.isEmpty() ? 1 : one(divisors);
            sizes.add(d);
            rest /= d;
        }
        if (rank > 1) {
            sizes.add(rest);
        } else if (rest != 1) {
            sizes.set(0, -1);
        }
        return call("reshape", x.ref(), new Ints(sizes));
    }

    /** Returns a tensor whose numbers are not too large: x itself, or something of it. */
    Known tame(Known x) {
        if (!x.sound()) {
            throw new Unfit("not finite");
        }
        if (x.largest() <= WILD || !x.isFloating()) {
            return x;
        }
        return switch (number(0, 3)) {
            case 0 -> call("tanh", x.ref());
            case 1 -> call("clip", x.ref(), new Plain(-3.0), new Plain(3.0));
            case 2 -> on(x.ref(), "times", new Plain(Math.scalb(1.0, -Math.getExponent(x.largest()))));
            default -> call("softsign", x.ref());
        };
    }

    /** Returns a tensor whose numbers are positive and not near 0: x itself, or something of it. */
    Known positive(Known x) {
        if (x.low() >= 0.05) {
            return x;
        }
        return switch (number(0, 3)) {
            case 0 -> on(call("abs", x.ref()).ref(), "plus", new Plain(0.25));
            case 1 -> on(call("sigmoid", x.ref()).ref(), "plus", new Plain(0.1));
            case 2 -> call("exp", call("clip", x.ref(), new Plain(-2.0), new Plain(2.0)).ref());
            default -> on(call("square", x.ref()).ref(), "plus", new Plain(0.5));
        };
    }

    /** Returns a tensor that broadcasts with x: one that is there, or a new input. */
    Known beside(Known x, Predicate<Known> wanted, DType type, double low, double high) {
        return any(k -> wanted.test(k) && k.broadcastsWith(x) && k.largest() <= WILD, () -> {
            int from = chance(0.4) ? number(0, x.rank()) : 0;
            List<Integer> sizes = IntStream.range(from, x.rank())
                    .mapToObj(a -> chance(0.3) ? 1 : x.isFixed(a) ? x.size(a) : a == 0 ? declared(x, a) : 1).toList();
            return input(sizes, type, low, high);
        });
    }

    /** Returns a tensor of the shape of x, or refuses. */
    Known like(Known x, DType type, double low, double high) {
        return any(k -> k.dtype() == type && k.isShapedAs(x) && k.low() >= low && k.high() <= high,
                () -> input(declared(x), type, low, high));
    }

    /** Returns the sizes with which an input has the shape of x. */
    List<Integer> declared(Known x) {
        return IntStream.range(0, x.rank()).mapToObj(a -> declared(x, a)).toList();
    }

    /** Returns the size with which an input has the size of an axis of x. */
    int declared(Known x, int axis) {
        if (x.isFixed(axis)) {
            return x.size(axis);
        }
        if (!IntStream.range(0, batches.size()).allMatch(c -> x.sizes().get(c)[axis] == batches.get(c))) {
            throw new Unfit("a size that is not the batch's");
        }
        return K.NONE;
    }

    // New inputs.

    /** Returns a new placeholder, variable or constant; only a placeholder has the batch's axis. */
    Known input(List<Integer> sizes, DType type, double low, double high) {
        DType has = type == DType.FLOAT64 && !hasFloat64 ? DType.FLOAT32 : type;
        double from = has == DType.UINT8 ? Math.max(0, low) : low;
        var drawn = new Drawn(has, random.nextInt(1 << 20), from, high, sizes, false);
        if (isInside && !sizes.contains(K.NONE)) {
            return call("constant", new Array(drawn));
        }
        if (sizes.contains(K.NONE) || chance(0.4)) {
            return placeholder(drawn);
        }
        return switch (number(0, 2)) {
            case 0 -> call("constant", new Array(drawn));
            default -> call("variable", new Array(drawn), new Plain(has));
        };
    }

    /** Returns a new variable. */
    Known variable(List<Integer> sizes, DType type, double low, double high) {
        return call("variable", new Array(new Drawn(type, random.nextInt(1 << 20), low, high, sizes, false)),
                new Plain(type));
    }

    Known placeholder(Drawn drawn) {
        if (isInside) {
            throw new Unfit("a block has no placeholders");
        }
        var sizes = new Ints(drawn.sizes());
        var type = new Plain(drawn.dtype());
        return fed(drawn.isSparse() ? step(null, "placeholder", sizes, Argument.NONE, type, new Plain(true))
                : step(null, "placeholder", sizes, type), drawn);
    }

    /** Makes a placeholder known that a step made. */
    Known fed(Argument made, Drawn drawn) {
        int step = ((Ref) made).step();
        Tensor t = (Tensor) values.get(step);
        feeds.put(step, drawn);
        for (int a = 0; a < t.rank(); a++) {
            if (t.shape().dim(a) instanceof Dim.Symbol symbol) {
                for (int c = 0; c < batches.size(); c++) {
                    symbols.get(c).put(symbol, batches.get(c));
                }
            }
        }
        if (drawn.isSparse()) {
            stored(SparseMatrix.of(t), drawn);
        } else {
            computed.put(t, drawn.array(batches.get(0)));
        }
        return tensor(made);
    }

    /** Makes known what a sparse placeholder stores, and how much of it in each call. */
    private void stored(SparseMatrix matrix, Drawn drawn) {
        List<SparseArray> given = IntStream.range(0, batches.size())
                .mapToObj(c -> (SparseArray) drawn.given(batches.get(c), c)).toList();
        var size = (Dim.Symbol) matrix.values().shape().dim(0);
        for (int c = 0; c < given.size(); c++) {
            symbols.get(c).put(size, given.get(c).values().shape().size(0));
        }
        SparseArray first = given.get(0);
        computed.put(matrix.values(), first.values());
        computed.put(matrix.rows(), first.rows());
        computed.put(matrix.columns(), first.columns());
    }

    /** Returns the variables that are there. */
    List<Known> variables() {
        return known.stream().filter(k -> k.tensor().op() instanceof Op.Read).toList();
    }

    /** Returns whether a step updates a variable. */
    boolean isUpdated(Known variable) {
        return steps.stream().anyMatch(x -> Program.isUpdate(x) && x.arguments().get(0).equals(variable.ref()));
    }

    List<Known> all() {
        return known;
    }

    Object value(Argument ref) {
        return ref.value(values);
    }

    // Functions of functions.

    /** Returns a parameter of a block that is being drawn: a tensor of that dtype and shape, for a time. */
    Known parameter(Sketch inner, DType type, Shape shape, NDArray value) {
        Tensor stand = Tensor.of(new Op.Placeholder(type, shape, "parameter"));
        inner.values.put(inner.next, stand);
        inner.computed.put(stand, value);
        Known k = inner.measured(inner.next++, stand);
        inner.known.add(k);
        return k;
    }

    /** Returns a sketch of a block's inside, which sees what is here. */
    Sketch inside() {
        return new Sketch(random, reference, hasFloat64, floatx, batches, true, next, new HashMap<>(values),
                new IdentityHashMap<>(stands),
                new IdentityHashMap<>(computed), symbols);
    }

    /** Lets a block that is being drawn use a tensor from outside. */
    void sees(Known outer) {
        known.add(outer);
    }

    /** Reserves a number for a parameter that is no tensor. */
    int reserve() {
        return next++;
    }

    void put(int number, Object value) {
        values.put(number, value);
    }

    /** Returns the block that an inner sketch has become. */
    Block block(Sketch inner, Block.Kind kind, List<Integer> parameters, List<Integer> results) {
        next = inner.next;
        return new Block(kind, parameters, Program.needed(inner.steps, results), results);
    }

    NDArray valueOf(Known k) {
        return computed.get(stands.get(k.tensor()));
    }

    static Argument refs(Known... tensors) {
        return new Many(Stream.of(tensors).map(Known::ref).toList());
    }

    static Argument refs(List<Known> tensors) {
        return new Many(tensors.stream().map(Known::ref).toList());
    }
}
