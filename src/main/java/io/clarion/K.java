package io.clarion;

import static io.clarion.NamedCall.check;
import static io.clarion.NamedCall.named;

import io.clarion.config.Configuration;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engines;
import io.clarion.grad.Gradients;
import io.clarion.graph.Branches;
import io.clarion.graph.Contraction;
import io.clarion.graph.DeviceScope;
import io.clarion.graph.Floatx;
import io.clarion.graph.Graph;
import io.clarion.graph.Index;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Philox;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.SparseMatrix;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.schedule.Sharing;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.SparseArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BinaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The Keras 1.x backend, function by function: the names are Keras 1.2.2's in lowerCamelCase, the arguments in Keras's
 * order, each default an overload.
 *
 * <p>Functions of tensors build a graph and compute nothing; {@link #function} and {@link #eval} compute. Axes may be
 * negative; no axes named, or null, means all; an empty array names none. {@link #NONE} in a shape is a size that only
 * a call tells. What does not fit is an {@link IllegalArgumentException} that begins with the function's name. Where
 * nothing else is said, a function has gradients, and its result has the dtype to which its arguments promote
 * ({@link DType}).
 */
public final class K {
    /** A size that only a call tells: Keras's None in a shape. */
    public static final int NONE = -1;

    /** What tells the second stream of a normal draw from the first: any constant would do. */
    private static final long SECOND_STREAM = 0x5851F42D4C957F2DL;

    static {
        Floatx.follow(K::floatx);
    }

    private K() {}

    // ---------------------------------------------------------------------------------------------- Configuration

    /** Returns the fuzz factor: 1e-7 unless {@code keras.json} or {@link #setEpsilon} says otherwise. */
    public static double epsilon() {
        return Session.configuration().epsilon();
    }

    /** Sets the fuzz factor, a number greater than 0. */
    public static void setEpsilon(double epsilon) {
        named("setEpsilon", () -> Session.configure(c -> c.withEpsilon(epsilon)));
    }

    /** Returns the type of floating-point tensors where none is given: float32 unless chosen otherwise. */
    public static DType floatx() {
        return Session.configuration().floatx();
    }

    /** Sets the type of floating-point tensors: float16, float32 or float64. */
    public static void setFloatx(DType floatx) {
        named("setFloatx", () -> Session.configure(c -> c.withFloatx(floatx)));
    }

    /** Sets the type of floating-point tensors by Keras's word. */
    public static void setFloatx(String floatx) {
        setFloatx(named("setFloatx", () -> Configuration.floatx(floatx)));
    }

    /** Returns a host array in the type {@link #floatx}. */
    public static NDArray castToFloatx(NDArray x) {
        return x.cast(floatx());
    }

    /** Returns where channels stand where nothing is given: "tf" unless chosen otherwise. */
    public static DimOrdering imageDimOrdering() {
        return Session.configuration().imageDimOrdering();
    }

    public static void setImageDimOrdering(DimOrdering ordering) {
        Session.configure(c -> c.withImageDimOrdering(ordering));
    }

    /** Sets where channels stand by Keras's word: "tf" or "th". */
    public static void setImageDimOrdering(String ordering) {
        setImageDimOrdering(named("setImageDimOrdering", () -> DimOrdering.of(ordering)));
    }

    /** Returns the name of the engine in use, such as "opencl". */
    public static String backend() {
        return Session.backend();
    }

    /** Returns the device on which functions made from now on compute; opened at first need. */
    public static Device device() {
        return Session.device();
    }

    /**
     * Chooses the device for functions made from now on, of whatever engine.
     *
     * @param idOrPartOfName {@code platform:index}, or a part of the name, upper and lower case being the same
     * @throws IllegalArgumentException if that is no device, or several, with those there are
     */
    public static Device useDevice(String idOrPartOfName) {
        DeviceChoice choice = named("useDevice", () -> DeviceChoice.named(idOrPartOfName));
        Device device = choice.open();
        Session.use(choice, device);
        return device;
    }

    /**
     * Chooses several devices, of whatever engines, that work as one for functions made from now on: the first axis of
     * the inputs, where it is None, is divided among them in proportion to how fast they are. Results are those of the
     * first device, but for rounding. A function whose batch cannot be divided runs on the first device.
     *
     * @param idsOrPartsOfNames as {@link #useDevice(String)} takes them, each another device; "all" alone for all
     *                          devices of the engine in use, but one CPU
     * @throws IllegalArgumentException if one is no device, or several, with those there are
     */
    public static Device useDevices(String... idsOrPartsOfNames) {
        return useDevices(Sharing.SPLIT, idsOrPartsOfNames);
    }

    /**
     * Chooses several devices, of whatever engines, that work as one for functions made from now on: as
     * {@link #useDevices(String...)}, with {@link Sharing#SPLIT}; with {@link Sharing#PLACE}, each operation is
     * computed by the device where it ends first, as far as computing and sending have been measured, so that a model
     * that is too large for one device may fit two. Variables stay where they are computed with. With
     * {@link Sharing#FASTEST} each function tries both ways, and the first device alone, in its first calls, and stays
     * with the fastest.
     *
     * @throws IllegalArgumentException if one is no device, or several, with those there are
     */
    public static Device useDevices(Sharing sharing, String... idsOrPartsOfNames) {
        List<DeviceChoice> choices = named("useDevices",
                () -> DeviceChoice.several(List.of(idsOrPartsOfNames), Session.engine()));
        Device device = named("useDevices",
                () -> new DeviceGroup(choices.stream().map(DeviceChoice::open).toList(), sharing));
        Session.use(choices.get(0), device);
        return device;
    }

    /**
     * Has what this thread makes until the scope is closed, variables too, computed on a device; so are gradients that
     * flow through it. Other operations of such a function are where they end first, on a device that is named or on
     * that of {@link #device()}.
     *
     * <pre>{@code
     * try (var d = K.device("nvidia:0")) {
     *     h = K.relu(K.dot(x, w));
     * }
     * }</pre>
     *
     * @param idOrPartOfName as in {@link #useDevice(String)}
     * @throws IllegalArgumentException if that is no device, or several, with those there are
     */
    public static DeviceScope device(String idOrPartOfName) {
        return DeviceScope.of(named("device", () -> DeviceChoice.named(idOrPartOfName)).report().id());
    }

    /** Chooses a device that is open already, of an engine on the class path, for functions made from now on. */
    public static void useDevice(Device device) {
        Session.use(named("useDevice", () -> DeviceChoice.of(device, Engines.all())), device);
    }

    /** Returns a number that this prefix has not had since the start or {@link #clearSession}: 1, 2, … */
    public static int getUid(String prefix) {
        return Session.uid(prefix);
    }

    public static int getUid() {
        return getUid("");
    }

    /** Forgets the numbers that {@link #getUid} gave and the learning phase. */
    public static void clearSession() {
        Session.clear();
    }

    /**
     * Returns the learning phase, an int32 scalar: 0 testing, 1 training; a placeholder until
     * {@link #setLearningPhase}.
     */
    public static Tensor learningPhase() {
        return Session.learningPhase();
    }

    /** Returns the learning phase that {@link #setLearningPhase} has fixed; nothing while it is a placeholder. */
    public static OptionalInt fixedLearningPhase() {
        return learningPhase().op() instanceof Op.Literal(DType type, double set) ? OptionalInt.of((int) set)
                : OptionalInt.empty();
    }

    /** Fixes the learning phase: 0 testing, 1 training. */
    public static void setLearningPhase(int phase) {
        check(phase == 0 || phase == 1, "setLearningPhase", phase + " is neither 0 (testing) nor 1 (training)");
        Session.setLearningPhase(phase);
    }

    /** As in Keras's other backends, where variables may wait for their first value; here they always have it. */
    public static void manualVariableInitialization(boolean manual) {}

    /** Fixes the seeds that random tensors get from now on where none is given. */
    public static void setRandomSeed(long seed) {
        Seeds.start(seed);
    }

    // ---------------------------------------------------------------------------------------- Creation and values

    /** Returns an input of functions, of type {@link #floatx}; a size may be {@link #NONE}. */
    public static Tensor placeholder(int... shape) {
        return placeholder(shape, null, floatx(), null);
    }

    public static Tensor placeholder(int[] shape, DType dtype) {
        return placeholder(shape, null, dtype, null);
    }

    public static Tensor placeholder(int[] shape, DType dtype, String name) {
        return placeholder(shape, null, dtype, name);
    }

    /** Returns an input of which only the number of axes is known if {@code shape} is null. */
    public static Tensor placeholder(int[] shape, Integer ndim) {
        return placeholder(shape, ndim, floatx(), null);
    }

    public static Tensor placeholder(int[] shape, Integer ndim, DType dtype) {
        return placeholder(shape, ndim, dtype, null);
    }

    public static Tensor placeholder(int[] shape, Integer ndim, DType dtype, boolean sparse) {
        return placeholder(shape, ndim, dtype, sparse, null);
    }

    /**
     * Returns an input of functions.
     *
     * @param shape sizes, {@link #NONE} for one that a call tells; null if {@code ndim} says how many there are
     * @param name  for messages; null for a name that tells the placeholders apart
     */
    public static Tensor placeholder(int[] shape, Integer ndim, DType dtype, String name) {
        return placeholder(shape, ndim, dtype, false, name);
    }

    /**
     * Returns an input of functions.
     *
     * @param sparse whether it is a matrix that calls give as a {@link SparseArray}
     */
    public static Tensor placeholder(int[] shape, Integer ndim, DType dtype, boolean sparse, String name) {
        check(shape != null || ndim != null, "placeholder", "neither a shape nor a number of axes is given");
        check(shape == null || ndim == null || shape.length == ndim, "placeholder",
                "shape " + Arrays.toString(shape) + " has not " + ndim + " axes");
        String called = Session.named(name, "placeholder");
        Shape declared = named("placeholder",
                () -> declared(shape != null ? shape : Convolution.all(ndim, NONE), called));
        if (!sparse) {
            return Tensor.of(new Op.Placeholder(dtype, declared, called));
        }
        check(declared.rank() == 2, "placeholder", "a sparse tensor is a matrix; shape " + declared + " is none");
        Shape stored = new Shape(List.of(new Dim.Symbol(called + ".stored")));
        return new SparseMatrix(declared, Tensor.of(new Op.Placeholder(dtype, stored, called)),
                Tensor.of(new Op.Placeholder(DType.INT32, stored, called + ".rows")),
                Tensor.of(new Op.Placeholder(DType.INT32, stored, called + ".columns"))).matrix();
    }

    /**
     * Returns whether x is a sparse matrix: a sparse placeholder or variable, or what {@link #transpose} or
     * {@link #concatenate} make of some.
     */
    public static boolean isSparse(Tensor x) {
        return SparseMatrix.is(x);
    }

    /**
     * Returns x with all elements stored; x itself if they are. Functions that cannot use a sparse matrix as it is
     * begin with this.
     */
    public static Tensor toDense(Tensor x) {
        return isSparse(x) ? x.input(0) : x;
    }

    private static Shape declared(int[] sizes, String name) {
        return new Shape(IntStream.range(0, sizes.length).mapToObj(a -> sizes[a] == NONE
                ? (Dim) new Dim.Symbol(name + "[" + a + "]") : Dim.of(sizes[a])).toList());
    }

    /** Returns a variable with a first value, converted to {@link #floatx}. */
    public static Tensor variable(NDArray value) {
        return variable(value, floatx());
    }

    public static Tensor variable(NDArray value, DType dtype) {
        return variable(value, dtype, null);
    }

    /**
     * Returns a variable with a first value, converted to {@code dtype}; null as name gives one that tells variables
     * apart.
     */
    public static Tensor variable(NDArray value, DType dtype, String name) {
        return Tensor.of(new Op.Read(new Variable(value.cast(dtype), Session.named(name, "variable"))));
    }

    /** Returns a sparse variable, which keeps its value, converted to {@link #floatx}. */
    public static Tensor variable(SparseArray value) {
        return variable(value, floatx());
    }

    public static Tensor variable(SparseArray value, DType dtype) {
        return variable(value, dtype, null);
    }

    public static Tensor variable(SparseArray value, DType dtype, String name) {
        String called = Session.named(name, "variable");
        return new SparseMatrix(value.shape(), Tensor.of(new Op.Read(new Variable(value.values().cast(dtype), called))),
                Tensor.of(new Op.Read(new Variable(value.rows(), called + ".rows"))),
                Tensor.of(new Op.Read(new Variable(value.columns(), called + ".columns")))).matrix();
    }

    /** Returns a variable of the given shape. */
    public static Tensor variable(float[] values, int... shape) {
        return variable(named("variable", () -> NDArray.of(values, shape)));
    }

    /** Returns a variable of the given shape. */
    public static Tensor variable(double[] values, int... shape) {
        return variable(named("variable", () -> NDArray.of(values, shape)));
    }

    /** Returns a scalar variable. */
    public static Tensor variable(double value) {
        return variable(NDArray.scalar(floatx(), value));
    }

    /** Returns a variable of zeros. */
    public static Tensor zeros(int... shape) {
        return zeros(shape, floatx(), null);
    }

    public static Tensor zeros(int[] shape, DType dtype) {
        return zeros(shape, dtype, null);
    }

    public static Tensor zeros(int[] shape, DType dtype, String name) {
        return variable(named("zeros", () -> NDArray.zeros(dtype, Shape.of(shape))), dtype, name);
    }

    /** Returns a variable of ones. */
    public static Tensor ones(int... shape) {
        return ones(shape, floatx(), null);
    }

    public static Tensor ones(int[] shape, DType dtype) {
        return ones(shape, dtype, null);
    }

    public static Tensor ones(int[] shape, DType dtype, String name) {
        return variable(named("ones", () -> filled(dtype, Shape.of(shape), i -> 1)), dtype, name);
    }

    /** Returns a variable: the identity matrix of {@code size} rows. */
    public static Tensor eye(int size) {
        return eye(size, floatx(), null);
    }

    public static Tensor eye(int size, DType dtype) {
        return eye(size, dtype, null);
    }

    public static Tensor eye(int size, DType dtype, String name) {
        return variable(named("eye", () -> filled(dtype, Shape.of(size, size), i -> i / size == i % size ? 1 : 0)),
                dtype, name);
    }

    /** Returns zeros of the shape and type of x. */
    public static Tensor zerosLike(Tensor x) {
        return zerosLike(x, x.dtype());
    }

    public static Tensor zerosLike(Tensor x, DType dtype, String name) {
        return zerosLike(x, dtype);
    }

    public static Tensor zerosLike(Tensor x, DType dtype) {
        return Tensor.literal(dtype, 0).broadcast(x.shape());
    }

    /** Returns ones of the shape and type of x. */
    public static Tensor onesLike(Tensor x) {
        return onesLike(x, x.dtype());
    }

    public static Tensor onesLike(Tensor x, DType dtype, String name) {
        return onesLike(x, dtype);
    }

    public static Tensor onesLike(Tensor x, DType dtype) {
        return Tensor.literal(dtype, 1).broadcast(x.shape());
    }

    /** Returns a scalar of type {@link #floatx} that never changes. */
    public static Tensor constant(double value) {
        return constant(value, floatx());
    }

    public static Tensor constant(double value, DType dtype, int... shape) {
        return named("constant", () -> Tensor.literal(dtype, value).broadcast(Shape.of(shape)));
    }

    /** Returns an array, of its own type, that never changes: a copy is kept. */
    public static Tensor constant(NDArray value) {
        return Tensor.constant(value);
    }

    public static Tensor constant(NDArray value, DType dtype) {
        return Tensor.constant(value.cast(dtype));
    }

    /** Returns the same tensor under another node. */
    public static Tensor identity(Tensor x) {
        return x.view(new Movement.Reshape(x.shape()));
    }

    /** Returns a variable of numbers drawn evenly from [low, high). */
    public static Tensor randomUniformVariable(int[] shape, double low, double high) {
        return randomUniformVariable(shape, low, high, floatx(), null, Seeds.next());
    }

    public static Tensor randomUniformVariable(int[] shape, double low, double high, DType dtype) {
        return randomUniformVariable(shape, low, high, dtype, null);
    }

    public static Tensor randomUniformVariable(int[] shape, double low, double high, DType dtype, String name) {
        return randomUniformVariable(shape, low, high, dtype, name, Seeds.next());
    }

    public static Tensor randomUniformVariable(int[] shape, double low, double high, DType dtype, String name,
            long seed) {
        return variable(named("randomUniformVariable", () -> filled(dtype, Shape.of(shape),
                i -> uniform(seed, i, dtype) * (high - low) + low)), dtype, name);
    }

    /** Returns a number in [0, 1) that {@code dtype} has: of float16 a multiple of 2⁻¹¹. */
    private static double uniform(long seed, int i, DType dtype) {
        float drawn = Philox.uniform(seed, 0, i);
        return dtype == DType.FLOAT16 ? Math.floor(drawn * 0x1p11) / 0x1p11 : drawn;
    }

    /** Returns a variable of normally distributed numbers; {@code scale} is the standard deviation. */
    public static Tensor randomNormalVariable(int[] shape, double mean, double scale) {
        return randomNormalVariable(shape, mean, scale, floatx(), null, Seeds.next());
    }

    public static Tensor randomNormalVariable(int[] shape, double mean, double scale, DType dtype) {
        return randomNormalVariable(shape, mean, scale, dtype, null);
    }

    public static Tensor randomNormalVariable(int[] shape, double mean, double scale, DType dtype, String name) {
        return randomNormalVariable(shape, mean, scale, dtype, name, Seeds.next());
    }

    public static Tensor randomNormalVariable(int[] shape, double mean, double scale, DType dtype, String name,
            long seed) {
        return variable(named("randomNormalVariable", () -> filled(dtype, Shape.of(shape), i -> mean + scale
                * Math.sqrt(-2 * Math.log(1 - Philox.uniform(seed, 0, i)))
                * Math.cos(2 * Math.PI * Philox.uniform(seed ^ SECOND_STREAM, 0, i)))), dtype, name);
    }

    private static NDArray filled(DType dtype, Shape shape, IntToDoubleFunction value) {
        NDArray a = NDArray.zeros(dtype, shape);
        IntStream.range(0, a.elements()).forEach(i -> a.set(i, value.applyAsDouble(i)));
        return a;
    }

    /** Returns the sizes of the axes of x as an int32 vector, known when it is computed. */
    public static Tensor shape(Tensor x) {
        if (x.shape().isKnown()) {
            return constant(NDArray.of(x.shape().sizes(), x.rank()));
        }
        return stack(x.shape().dims().stream().map(d -> Tensor.of(new Op.Size(d))).toList());
    }

    /** Returns the sizes of the axes of x, {@link #NONE} where only a call tells. */
    public static int[] intShape(Tensor x) {
        return x.shape().dims().stream().mapToInt(d -> d.isKnown() ? d.size() : NONE).toArray();
    }

    /** Returns the number of axes. */
    public static int ndim(Tensor x) {
        return x.rank();
    }

    public static DType dtype(Tensor x) {
        return x.dtype();
    }

    /** Returns the number of elements, which has to be known. */
    public static int countParams(Tensor x) {
        check(x.shape().isKnown(), "countParams", "the size of shape " + x.shape() + " is not known before a call");
        return x.shape().elements();
    }

    /**
     * Returns the value of a tensor that needs no input. Each call draws random tensors as the first call of a function
     * does.
     */
    public static NDArray eval(Tensor x) {
        if (x.op() instanceof Op.Read(Variable v)) {
            return v.value();
        }
        try (Function f = named("eval", () -> function(List.of(), List.of(x)))) {
            return f.call().get(0);
        }
    }

    /** Returns a copy of the value of a variable, of a sparse one with all elements. */
    public static NDArray getValue(Tensor x) {
        return isSparse(x) ? getSparseValue(x).toDense() : variableOf("getValue", x).value();
    }

    /** Returns a copy of the value of a sparse variable. */
    public static SparseArray getSparseValue(Tensor x) {
        check(isSparse(x), "getSparseValue", x + " is not sparse");
        List<NDArray> parts = x.inputs().stream().skip(1).map(t -> variableOf("getSparseValue", t).value()).toList();
        return new SparseArray(x.shape(), parts.get(0), parts.get(1), parts.get(2));
    }

    /** Replaces the value of a variable, converted to its type; another shape is an error. */
    public static void setValue(Tensor x, NDArray value) {
        check(value != null, "setValue", "null is no value; an array of shape " + x.shape() + " would do");
        batchSetValue("setValue", List.of(Map.entry(x, value)));
    }

    /** Copies of the values of variables. */
    public static List<NDArray> batchGetValue(List<Tensor> variables) {
        return named("batchGetValue", () -> variables.stream().map(K::getValue).toList());
    }

    /** Replaces the values of variables: of all, or of none if one does not fit. */
    public static void batchSetValue(List<Map.Entry<Tensor, NDArray>> values) {
        batchSetValue("batchSetValue", values);
    }

    private static void batchSetValue(String name, List<Map.Entry<Tensor, NDArray>> values) {
        values.forEach(e -> {
            Variable v = variableOf(name, e.getKey());
            check(v.shape().equals(e.getValue().shape()), name, "variable " + v.name() + " has shape " + v.shape()
                    + ", the new value has " + e.getValue().shape());
        });
        values.forEach(e -> variableOf(name, e.getKey()).set(e.getValue()));
    }

    private static Variable variableOf(String name, Tensor x) {
        check(!isSparse(x), name, "a sparse matrix keeps its value");
        check(x.op() instanceof Op.Read, name, x.described() + " is not a variable; K.variable makes one");
        return ((Op.Read) x.op()).variable();
    }

    /** Returns the sizes of the axes of a variable. */
    public static int[] getVariableShape(Tensor x) {
        return isSparse(x) ? intShape(x) : variableOf("getVariableShape", x).shape().sizes();
    }

    /**
     * Returns the variable x becomes newX, of its shape and type, at the end of a call of a function that has this
     * update.
     */
    public static Graph.Update update(Tensor x, Tensor newX) {
        return named("update", () -> new Graph.Update(variableOf("update", x), newX));
    }

    /** Sets all elements of the variable x to a number, as {@link #update(Tensor, Tensor)} does. */
    public static Graph.Update update(Tensor x, double newX) {
        return named("update", () -> update(x, constant(newX, x.dtype()).broadcast(x.shape())));
    }

    /** Adds a number to the variable x, as {@link #update(Tensor, Tensor)} does. */
    public static Graph.Update updateAdd(Tensor x, double increment) {
        return named("updateAdd", () -> update(x, x.plus(increment)));
    }

    /** Subtracts a number from the variable x, as {@link #update(Tensor, Tensor)} does. */
    public static Graph.Update updateSub(Tensor x, double decrement) {
        return named("updateSub", () -> update(x, x.minus(decrement)));
    }

    public static Graph.Update updateAdd(Tensor x, Tensor increment) {
        return named("updateAdd", () -> update(x, x.plus(increment)));
    }

    public static Graph.Update updateSub(Tensor x, Tensor decrement) {
        return named("updateSub", () -> update(x, x.minus(decrement)));
    }

    /** Returns {@code x·momentum + value·(1 − momentum)}. */
    public static Graph.Update movingAverageUpdate(Tensor x, Tensor value, double momentum) {
        return named("movingAverageUpdate", () -> update(x, x.times(momentum).plus(value.times(1 - momentum))));
    }

    /** Returns 0, 1, … to before {@code stop}, int32; a negative stop gives an empty tensor. */
    public static Tensor arange(int stop) {
        return arange(0, stop);
    }

    public static Tensor arange(int start, int stop) {
        return arange(start, stop, 1);
    }

    public static Tensor arange(int start, int stop, int step) {
        return arange(start, stop, step, DType.INT32);
    }

    /** Returns start, start + step, … to before {@code stop}. */
    public static Tensor arange(int start, int stop, int step, DType dtype) {
        check(step != 0, "arange", "a step of 0 never ends");
        long n = Math.max(0, Math.ceilDiv((long) stop - start, (long) step));
        check(n <= Integer.MAX_VALUE, "arange", n + " numbers are more than the 2^31 - 1 that a tensor can have");
        return Tensor.of(new Op.Iota(Dim.of((int) n))).times(step).plus(start).cast(dtype);
    }

    /** Returns normally distributed numbers with mean 0 and deviation 1, drawn anew at each call of a function. */
    public static Tensor randomNormal(int... shape) {
        return randomNormal(shape, 0, 1);
    }

    public static Tensor randomNormal(int[] shape, double mean) {
        return randomNormal(shape, mean, 1);
    }

    public static Tensor randomNormal(int[] shape, double mean, double std) {
        return randomNormal(shape, mean, std, floatx());
    }

    public static Tensor randomNormal(int[] shape, double mean, double std, DType dtype) {
        return randomNormal(shape, mean, std, dtype, Seeds.next());
    }

    public static Tensor randomNormal(int[] shape, double mean, double std, DType dtype, long seed) {
        return randomNormal(named("randomNormal", () -> Shape.of(shape)), mean, std, dtype, seed);
    }

    /** Draws numbers of a shape that a vector such as {@link #shape} tells. */
    public static Tensor randomNormal(Tensor shape, double mean, double std) {
        return randomNormal(shape, mean, std, floatx(), Seeds.next());
    }

    /** Draws numbers of a shape that a vector such as {@link #shape} tells. */
    public static Tensor randomNormal(Tensor shape, double mean, double std, DType dtype, long seed) {
        return randomNormal(named("randomNormal", () -> Sizes.of(shape).known()), mean, std, dtype, seed);
    }

    /**
     * Returns normal numbers by Box and Muller, "A note on the generation of random normal deviates" (1958), of two
     * uniform streams.
     */
    public static Tensor randomNormal(Shape shape, double mean, double std, DType dtype, long seed) {
        DType type = dtype == DType.FLOAT64 ? dtype : DType.FLOAT32;
        Tensor radius = uniform(shape, type, seed).neg().plus(1).apply(ScalarFn.LOG).times(-2).apply(ScalarFn.SQRT);
        Tensor angle = uniform(shape, type, seed ^ SECOND_STREAM).times(2 * Math.PI);
        return radius.times(angle.apply(ScalarFn.COS)).times(std).plus(mean).cast(dtype);
    }

    /** Returns numbers drawn evenly from [0, 1), anew at each call of a function. */
    public static Tensor randomUniform(int... shape) {
        return randomUniform(shape, 0, 1);
    }

    public static Tensor randomUniform(int[] shape, double low) {
        return randomUniform(shape, low, 1);
    }

    public static Tensor randomUniform(int[] shape, double low, double high) {
        return randomUniform(shape, low, high, floatx());
    }

    public static Tensor randomUniform(int[] shape, double low, double high, DType dtype) {
        return randomUniform(shape, low, high, dtype, Seeds.next());
    }

    public static Tensor randomUniform(int[] shape, double low, double high, DType dtype, long seed) {
        return randomUniform(named("randomUniform", () -> Shape.of(shape)), low, high, dtype, seed);
    }

    /** Draws numbers of a shape that a vector such as {@link #shape} tells. */
    public static Tensor randomUniform(Tensor shape, double low, double high) {
        return randomUniform(shape, low, high, floatx(), Seeds.next());
    }

    /** Draws numbers of a shape that a vector such as {@link #shape} tells. */
    public static Tensor randomUniform(Tensor shape, double low, double high, DType dtype, long seed) {
        return randomUniform(named("randomUniform", () -> Sizes.of(shape).known()), low, high, dtype, seed);
    }

    public static Tensor randomUniform(Shape shape, double low, double high, DType dtype, long seed) {
        return uniform(shape, dtype, seed).times(high - low).plus(low).cast(dtype);
    }

    /**
     * Returns normally distributed numbers of which none is more than two deviations from the mean, drawn anew at each
     * call of a function.
     */
    public static Tensor truncatedNormal(int... shape) {
        return truncatedNormal(shape, 0, 1);
    }

    public static Tensor truncatedNormal(int[] shape, double mean) {
        return truncatedNormal(shape, mean, 1);
    }

    public static Tensor truncatedNormal(int[] shape, double mean, double std) {
        return truncatedNormal(shape, mean, std, floatx());
    }

    public static Tensor truncatedNormal(int[] shape, double mean, double std, DType dtype) {
        return truncatedNormal(shape, mean, std, dtype, Seeds.next());
    }

    public static Tensor truncatedNormal(int[] shape, double mean, double std, DType dtype, long seed) {
        return truncatedNormal(named("truncatedNormal", () -> Shape.of(shape)), mean, std, dtype, seed);
    }

    public static Tensor truncatedNormal(Shape shape, double mean, double std, DType dtype, long seed) {
        return Quantiles.truncatedNormal(uniform(shape, dtype, seed)).times(std).plus(mean);
    }

    /** Returns zeros, which are ones with probability 0. */
    public static Tensor randomBinomial(int... shape) {
        return randomBinomial(shape, 0);
    }

    /** Returns ones with probability p, else zeros, drawn anew at each call of a function. */
    public static Tensor randomBinomial(int[] shape, double p) {
        return randomBinomial(shape, p, floatx());
    }

    public static Tensor randomBinomial(int[] shape, double p, DType dtype) {
        return randomBinomial(shape, p, dtype, Seeds.next());
    }

    public static Tensor randomBinomial(int[] shape, double p, DType dtype, long seed) {
        return randomBinomial(named("randomBinomial", () -> Shape.of(shape)), p, dtype, seed);
    }

    /** Draws numbers of a shape that a vector such as {@link #shape} tells. */
    public static Tensor randomBinomial(Tensor shape, double p) {
        return randomBinomial(shape, p, floatx(), Seeds.next());
    }

    /** Draws numbers of a shape that a vector such as {@link #shape} tells. */
    public static Tensor randomBinomial(Tensor shape, double p, DType dtype, long seed) {
        return randomBinomial(named("randomBinomial", () -> Sizes.of(shape).known()), p, dtype, seed);
    }

    public static Tensor randomBinomial(Shape shape, double p, DType dtype, long seed) {
        check(p >= 0 && p <= 1, "randomBinomial", "p is " + p + "; a probability, 0 to 1, would do");
        return uniform(shape, DType.FLOAT32, seed).less(Tensor.literal(DType.FLOAT32, p)).cast(dtype);
    }

    /**
     * Returns numbers in [0, 1) of a floating-point type, of float16 multiples of 2⁻¹¹; of float32 for types without
     * fractions.
     */
    private static Tensor uniform(Shape shape, DType dtype, long seed) {
        Tensor drawn = Tensor.of(new Op.Random(seed, shape));
        return switch (dtype) {
            case BOOL, UINT8, INT32, INT64, FLOAT32 -> drawn;
            case FLOAT16 -> drawn.times(0x1p11).apply(ScalarFn.FLOOR).times(0x1p-11).cast(dtype);
            case FLOAT64 -> drawn.cast(dtype);
        };
    }

    /** x, whose value each call of a function that needs it prints on standard output. */
    public static Tensor printTensor(Tensor x) {
        return printTensor(x, "");
    }

    /**
     * Returns x; each call of a function that needs it prints the message and the value's type, shape and first
     * elements on standard output: once it is done, for each step of the loops around x with its number, or before it
     * where x is an input.
     */
    public static Tensor printTensor(Tensor x, String message) {
        return Tensor.of(new Op.Watch((value, steps) -> System.out.println(
                (steps.isEmpty() ? ""
                        : "step " + steps.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ": ")
                        + (message.isEmpty() ? "" : message + " ") + value)),
                x, x);
    }

    /** Returns what {@code body} gives; the placeholders and variables that it makes are called {@code name/…}. */
    public static <T> T nameScope(String name, Supplier<T> body) {
        return Session.within(name, body);
    }

    // --------------------------------------------------------------------------------------------- Linear algebra

    /**
     * Returns the product over x's last axis and y's last but one (its only one): (2, 3, 4)·(5, 4, 6) → (2, 3, 5, 6).
     * If one of them is sparse, only the values that it stores are looked at.
     */
    public static Tensor dot(Tensor x, Tensor y) {
        check(x.rank() > 0 && y.rank() > 0, "dot",
                "x has shape " + x.shape() + ", y " + y.shape() + "; a scalar has no axis to sum over");
        int axis = Math.max(0, y.rank() - 2);
        Dim n = x.shape().dim(-1);
        Dim m = y.shape().dim(axis);
        check(n.mayEqual(m), "dot", "the last axis of x " + x.shape() + " has " + n.describe() + " elements, the "
                + (y.rank() == 1 ? "only one" : y.rank() == 2 ? "first" : "last but one") + " of y " + y.shape()
                + " has " + m.describe());
        if (isSparse(x)) {
            return named("dot", () -> SparseMatrix.of(x).dot(toDense(y).permute(moved(y.rank(), axis, 0))));
        }
        if (isSparse(y)) {
            return named("dot", () -> SparseMatrix.of(y).transposed().dot(x.permute(moved(x.rank(), x.rank() - 1, 0)))
                    .permute(moved(x.rank(), 0, x.rank() - 1)));
        }
        return contract(x, y, x.rank() - 1, axis, 0);
    }

    /** Returns the order of axes in which the one at {@code from} is at {@code to} and the others are as they were. */
    private static List<Integer> moved(int rank, int from, int to) {
        var order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        order.add(to, order.remove(from));
        return order;
    }

    /**
     * Returns the sum of products over axis {@code i} of x and {@code j} of y, the first {@code batch} axes being the
     * same.
     */
    private static Tensor contract(Tensor x, Tensor y, int i, int j, int batch) {
        var extents = new ArrayList<>(x.shape().dims());
        var axesOfX = IntStream.range(0, x.rank()).boxed().toList();
        var axesOfY = new ArrayList<Integer>();
        var out = new ArrayList<>(axesOfX);
        out.remove(i);
        for (int a = 0; a < y.rank(); a++) {
            int shared = a == j ? i : a < batch ? a : -1;
            if (shared < 0) {
                out.add(extents.size());
                axesOfY.add(extents.size());
                extents.add(y.shape().dim(a));
            } else {
                axesOfY.add(shared);
                extents.set(shared, extents.get(shared).isKnown() ? extents.get(shared) : y.shape().dim(a));
            }
        }
        DType type = x.dtype().promote(y.dtype()).promote(DType.INT32);
        return new Contraction(extents, List.of(axesOfX, axesOfY), out, List.of())
                .apply(List.of(x.cast(type), y.cast(type)));
    }

    /** Returns for each sample (axis 0), the product over x's last axis and y's last but one. */
    public static Tensor batchDot(Tensor x, Tensor y) {
        return batchDot(x, y, x.rank() - 1, y.rank() - 2);
    }

    /**
     * Returns for each sample (axis 0), the product over the same axis of both; of two matrices that may be axis 0 too.
     */
    public static Tensor batchDot(Tensor x, Tensor y, int axes) {
        return batchDot(x, y, axes, axes);
    }

    /**
     * Returns for each sample (axis 0), the product over {@code axes[0]} of x and {@code axes[1]} of y. Of two
     * matrices, the axes that are left are the samples: with axes 0 of (32, 20) and (32, 20) there are 20. Of two
     * tensors of the same number of axes, more than 3, all axes but the last two are samples if {@code axes} are among
     * these.
     */
    public static Tensor batchDot(Tensor x, Tensor y, int[] axes) {
        check(axes == null || axes.length == 2, "batchDot",
                "axes " + Arrays.toString(axes) + " are not one of x and one of y");
        return axes == null ? batchDot(x, y) : batchDot(x, y, axes[0], axes[1]);
    }

    /**
     * Returns the axes of the result: x's remaining ones, then y's without its first; a result of one axis gets a
     * second of 1.
     */
    private static Tensor batchDot(Tensor x, Tensor y, int axisOfX, int axisOfY) {
        String shapes = "x " + x.shape() + ", y " + y.shape();
        check(x.rank() > 1 && y.rank() > 1, "batchDot", shapes + ": each has to have a batch axis and one more");
        int i = named("batchDot", () -> x.shape().axis(axisOfX));
        int j = named("batchDot", () -> y.shape().axis(axisOfY));
        Dim n = x.shape().dim(i);
        Dim m = y.shape().dim(j);
        check(n.mayEqual(m), "batchDot",
                "axis " + i + " of x " + x.shape() + " has " + n.describe() + " elements, axis " + j
                        + " of y " + y.shape() + " has " + m.describe());
        if (x.rank() == 2 && y.rank() == 2 && i * j == 0) {
            check(x.shape().dim(1 - i).mayEqual(y.shape().dim(1 - j)), "batchDot",
                    shapes + ": the axes that are not summed over differ");
            return batchDot(i == 1 ? x : transpose(x), j == 1 ? y : transpose(y), 1, 1);
        }
        check(i > 0 && j > 0, "batchDot", shapes + ": axis 0 is the batch and cannot be summed over; axes are ["
                + axisOfX + ", " + axisOfY + "]");
        int inner = x.rank() - 2;
        int batch = x.rank() == y.rank() && i >= inner && j >= inner ? Math.max(1, inner) : 1;
        check(x.shape().part(0, batch).accepts(y.shape().part(0, batch)), "batchDot", shapes + ": the batches differ");
        Tensor product = contract(x, y, i, j, batch);
        return product.rank() == 1 ? product.expand(List.of(1)) : product;
    }

    /** Returns the axes in reverse order. */
    public static Tensor transpose(Tensor x) {
        return isSparse(x) ? SparseMatrix.of(x).transposed().matrix()
                : x.permute(IntStream.range(0, x.rank()).mapToObj(a -> x.rank() - 1 - a).toList());
    }

    /**
     * Returns rows of {@code reference} by index: the shape is that of the indices, then that of a row. An index
     * outside is an error: at once if it is a constant, else of the call, which updates nothing then.
     */
    public static Tensor gather(Tensor reference, Tensor indices) {
        check(reference.rank() > 0, "gather", "reference is a scalar; it has no rows");
        checkWhole("gather", indices);
        var rows = new Indices("gather", "index", "reference " + reference.shape(), "rows");
        return Tensor.of(new Op.Gather(), reference, rows.checked(indices, reference.shape().dim(0)));
    }

    private static void checkWhole(String name, Tensor indices) {
        check(!indices.dtype().isFloating(), name,
                "indices are " + indices.dtype().word()
                        + ", and have to be whole numbers; K.cast(indices, DType.INT32) "
                        + "would do, which drops fractions");
    }

    /** Returns indices as int32; those of int64 that no int32 is stay outside every tensor. */
    static Tensor places(Tensor indices) {
        Tensor inside = indices.dtype() != DType.INT64 ? indices : minimum(maximum(indices, -1), Integer.MAX_VALUE);
        return inside.cast(DType.INT32);
    }

    // ------------------------------------------------------------------------------------------------ Elementwise

    private static Tensor map(String name, ScalarFn fn, Tensor... x) {
        return named(name, () -> Tensor.map(fn, x));
    }

    /** Returns a number as a scalar that combines with x, as {@link Tensor#number} says. */
    private static Tensor number(Tensor x, double value) {
        return x.number(value);
    }

    public static Tensor square(Tensor x) {
        return map("square", ScalarFn.MUL, x, x);
    }

    public static Tensor abs(Tensor x) {
        return map("abs", ScalarFn.ABS, x);
    }

    /** Returns the square root; 0 for negative numbers. The gradient at 0 and below is 0. */
    public static Tensor sqrt(Tensor x) {
        return named("sqrt", () -> x.apply(ScalarFn.RELU).apply(ScalarFn.SQRT));
    }

    public static Tensor exp(Tensor x) {
        return map("exp", ScalarFn.EXP, x);
    }

    /** Returns the natural logarithm. */
    public static Tensor log(Tensor x) {
        return map("log", ScalarFn.LOG, x);
    }

    /** Rounds half to even. It has no gradient: see {@link #gradients(Tensor, List)}. */
    public static Tensor round(Tensor x) {
        return x.dtype().isFloating() ? map("round", ScalarFn.ROUND, x) : x;
    }

    /** Returns −1, 0 or 1. The gradient is 0. */
    public static Tensor sign(Tensor x) {
        return map("sign", ScalarFn.SIGN, x);
    }

    /** Returns the power; for 2 and 3 a product, so that integers have those too. */
    public static Tensor pow(Tensor x, double a) {
        if (a == 2 || a == 3) {
            return named("pow", () -> a == 2 ? x.times(x) : x.times(x).times(x));
        }
        if (a == 0 || a == 1) {
            return a == 0 ? onesLike(x) : x;
        }
        return a == 0.5 ? map("pow", ScalarFn.SQRT, x) : map("pow", ScalarFn.POW, x, number(x, a));
    }

    public static Tensor pow(Tensor x, Tensor a) {
        return map("pow", ScalarFn.POW, x, a);
    }

    /** Returns {@code x^a} of a number x; in {@link #floatx} if {@code a} are integers or bools. */
    public static Tensor pow(double x, Tensor a) {
        return named("pow", () -> Tensor.map(ScalarFn.POW, number(floats(a), x), floats(a)));
    }

    /** Returns {@code x − y} of a number x, which is as in {@link Tensor#minus(double)}. */
    public static Tensor minus(double x, Tensor y) {
        return map("minus", ScalarFn.SUB, number(y, x), y);
    }

    /** Returns {@code x / y} of a number x; in {@link #floatx} if y are integers or bools. */
    public static Tensor div(double x, Tensor y) {
        return named("div", () -> number(floats(y), x).div(y));
    }

    /** Returns the nearest number in [minValue, maxValue]. */
    public static Tensor clip(Tensor x, double minValue, double maxValue) {
        return minimum(maximum(x, minValue), Math.max(minValue, maxValue));
    }

    public static Tensor sin(Tensor x) {
        return map("sin", ScalarFn.SIN, x);
    }

    public static Tensor cos(Tensor x) {
        return map("cos", ScalarFn.COS, x);
    }

    /** Returns whether elements are the same: bool, as of all comparisons. */
    public static Tensor equal(Tensor x, Tensor y) {
        return map("equal", ScalarFn.EQUAL, x, y);
    }

    public static Tensor equal(Tensor x, double y) {
        return equal(x, number(x, y));
    }

    public static Tensor notEqual(Tensor x, Tensor y) {
        return map("notEqual", ScalarFn.NOT_EQUAL, x, y);
    }

    public static Tensor notEqual(Tensor x, double y) {
        return notEqual(x, number(x, y));
    }

    public static Tensor greater(Tensor x, Tensor y) {
        return map("greater", ScalarFn.GREATER, x, y);
    }

    public static Tensor greater(Tensor x, double y) {
        return greater(x, number(x, y));
    }

    public static Tensor greaterEqual(Tensor x, Tensor y) {
        return map("greaterEqual", ScalarFn.GREATER_EQUAL, x, y);
    }

    public static Tensor greaterEqual(Tensor x, double y) {
        return greaterEqual(x, number(x, y));
    }

    public static Tensor lesser(Tensor x, Tensor y) {
        return map("lesser", ScalarFn.LESS, x, y);
    }

    public static Tensor lesser(Tensor x, double y) {
        return lesser(x, number(x, y));
    }

    public static Tensor lesserEqual(Tensor x, Tensor y) {
        return map("lesserEqual", ScalarFn.LESS_EQUAL, x, y);
    }

    public static Tensor lesserEqual(Tensor x, double y) {
        return lesserEqual(x, number(x, y));
    }

    public static Tensor maximum(Tensor x, Tensor y) {
        return map("maximum", ScalarFn.MAXIMUM, x, y);
    }

    public static Tensor maximum(Tensor x, double y) {
        return maximum(x, number(x, y));
    }

    public static Tensor minimum(Tensor x, Tensor y) {
        return map("minimum", ScalarFn.MINIMUM, x, y);
    }

    public static Tensor minimum(Tensor x, double y) {
        return minimum(x, number(x, y));
    }

    /** Returns x where it is positive, else 0. */
    public static Tensor relu(Tensor x) {
        return map("relu", ScalarFn.RELU, x);
    }

    /** Returns x where it is positive, else {@code alpha·x}. */
    public static Tensor relu(Tensor x, double alpha) {
        return alpha == 0 ? relu(x) : named("relu", () -> relu(x).minus(x.neg().apply(ScalarFn.RELU).times(alpha)));
    }

    /** Returns x where it is positive, but at most {@code maxValue} (0 if that is negative), else {@code alpha·x}. */
    public static Tensor relu(Tensor x, double alpha, double maxValue) {
        Tensor positive = minimum(relu(x), Math.max(0, maxValue));
        return alpha == 0 ? positive : positive.minus(x.neg().apply(ScalarFn.RELU).times(alpha));
    }

    /** Returns x where it is positive, else {@code alpha·x}; {@code alpha} broadcasts to x. */
    public static Tensor relu(Tensor x, Tensor alpha) {
        return relu(x, alpha, null);
    }

    /** Returns the same as {@link #relu(Tensor, Tensor, Tensor)}. */
    public static Tensor relu(Tensor x, double alpha, Tensor maxValue) {
        return relu(x, number(x, alpha), maxValue);
    }

    /** Returns the same as {@link #relu(Tensor, Tensor, Tensor)}. */
    public static Tensor relu(Tensor x, Tensor alpha, double maxValue) {
        return relu(x, alpha, number(x, maxValue));
    }

    /**
     * Returns x where it is positive, but at most {@code maxValue} (0 if that is negative), else {@code alpha·x}.
     *
     * @param alpha    broadcasts to x; it has a gradient
     * @param maxValue likewise; null for none
     */
    public static Tensor relu(Tensor x, Tensor alpha, Tensor maxValue) {
        return named("relu", () -> {
            Tensor positive = maxValue == null ? relu(x) : minimum(relu(x), relu(maxValue));
            return positive.minus(relu(x.neg()).times(alpha));
        });
    }

    /** Returns x where it is positive, else {@code e^x − 1}. */
    public static Tensor elu(Tensor x) {
        return elu(x, 1);
    }

    /** Returns x where it is positive, else {@code alpha·(e^x − 1)}. */
    public static Tensor elu(Tensor x, double alpha) {
        return named("elu", () -> Tensor.map(ScalarFn.SELECT, x.greater(0), x,
                minimum(x, 0).apply(ScalarFn.EXPM1).times(alpha)));
    }

    /** Returns {@code log(1 + e^x)}, without overflow. */
    public static Tensor softplus(Tensor x) {
        return map("softplus", ScalarFn.SOFTPLUS, x);
    }

    /** Returns {@code x / (1 + |x|)}. */
    public static Tensor softsign(Tensor x) {
        return named("softsign", () -> x.div(x.apply(ScalarFn.ABS).plus(1)));
    }

    public static Tensor sigmoid(Tensor x) {
        return map("sigmoid", ScalarFn.SIGMOID, x);
    }

    /** Returns {@code 0.2·x + 0.5}, clipped to [0, 1]. */
    public static Tensor hardSigmoid(Tensor x) {
        return named("hardSigmoid", () -> clip(x.times(0.2).plus(0.5), 0, 1));
    }

    public static Tensor tanh(Tensor x) {
        return map("tanh", ScalarFn.TANH, x);
    }

    /** Returns the elements in another type: towards zero for integers, "is not 0" for bools. */
    public static Tensor cast(Tensor x, DType dtype) {
        return x.cast(dtype);
    }

    // ------------------------------------------------------------------------------------------------- Reductions

    private static Tensor reduce(String name, Op.Reduce.Kind kind, Tensor x, int[] axes, boolean keepdims) {
        return named(name, () -> {
            List<Integer> over = axes(x, axes);
            return kept(over.isEmpty() ? x : Tensor.of(new Op.Reduce(kind, over), x), x, over, keepdims);
        });
    }

    private static int[] axes(int axis, int[] others) {
        return IntStream.concat(IntStream.of(axis), Arrays.stream(others)).toArray();
    }

    private static List<Integer> axes(Tensor x, int[] axes) {
        return axes == null ? x.shape().axes() : x.shape().axes(axes);
    }

    private static Tensor kept(Tensor reduced, Tensor x, List<Integer> axes, boolean keepdims) {
        return keepdims ? reduced.reshape(x.shape().keeping(axes)) : reduced;
    }

    /** Returns the sum over axes, of bools as int32. */
    public static Tensor sum(Tensor x) {
        return sum(x, null, false);
    }

    public static Tensor sum(Tensor x, int axis, int... others) {
        return sum(x, axes(axis, others), false);
    }

    public static Tensor sum(Tensor x, int[] axes) {
        return sum(x, axes, false);
    }

    public static Tensor sum(Tensor x, int axis, boolean keepdims) {
        return sum(x, new int[] {axis}, keepdims);
    }

    public static Tensor sum(Tensor x, int[] axes, boolean keepdims) {
        return named("sum", () -> {
            List<Integer> over = axes(x, axes);
            return kept(numbers(x).sum(over), x, over, keepdims);
        });
    }

    /** Returns the product over axes, of bools as int32. */
    public static Tensor prod(Tensor x) {
        return prod(x, null, false);
    }

    public static Tensor prod(Tensor x, int axis, int... others) {
        return prod(x, axes(axis, others), false);
    }

    public static Tensor prod(Tensor x, int[] axes) {
        return prod(x, axes, false);
    }

    public static Tensor prod(Tensor x, int axis, boolean keepdims) {
        return prod(x, new int[] {axis}, keepdims);
    }

    public static Tensor prod(Tensor x, int[] axes, boolean keepdims) {
        return reduce("prod", Op.Reduce.Kind.PROD, numbers(x), axes, keepdims);
    }

    /** Returns whether some element is not 0: bool; of none, false. */
    public static Tensor any(Tensor x) {
        return any(x, null, false);
    }

    public static Tensor any(Tensor x, int axis, int... others) {
        return any(x, axes(axis, others), false);
    }

    public static Tensor any(Tensor x, int[] axes) {
        return any(x, axes, false);
    }

    public static Tensor any(Tensor x, int axis, boolean keepdims) {
        return any(x, new int[] {axis}, keepdims);
    }

    public static Tensor any(Tensor x, int[] axes, boolean keepdims) {
        return reduce("any", Op.Reduce.Kind.MAX, x.cast(DType.BOOL).cast(DType.INT32), axes, keepdims).greater(0);
    }

    /** Returns whether no element is 0: bool; of none, true. */
    public static Tensor all(Tensor x) {
        return all(x, null, false);
    }

    public static Tensor all(Tensor x, int axis, int... others) {
        return all(x, axes(axis, others), false);
    }

    public static Tensor all(Tensor x, int[] axes) {
        return all(x, axes, false);
    }

    public static Tensor all(Tensor x, int axis, boolean keepdims) {
        return all(x, new int[] {axis}, keepdims);
    }

    public static Tensor all(Tensor x, int[] axes, boolean keepdims) {
        return reduce("all", Op.Reduce.Kind.MIN, x.cast(DType.BOOL).cast(DType.INT32), axes, keepdims).greater(0);
    }

    /** Returns the maximum; its gradient is shared by equal maxima. */
    public static Tensor max(Tensor x) {
        return max(x, null, false);
    }

    public static Tensor max(Tensor x, int axis, int... others) {
        return max(x, axes(axis, others), false);
    }

    public static Tensor max(Tensor x, int[] axes) {
        return max(x, axes, false);
    }

    public static Tensor max(Tensor x, int axis, boolean keepdims) {
        return max(x, new int[] {axis}, keepdims);
    }

    public static Tensor max(Tensor x, int[] axes, boolean keepdims) {
        return reduce("max", Op.Reduce.Kind.MAX, numbers(x), axes, keepdims);
    }

    /** Returns the minimum; its gradient is shared by equal minima. */
    public static Tensor min(Tensor x) {
        return min(x, null, false);
    }

    public static Tensor min(Tensor x, int axis, int... others) {
        return min(x, axes(axis, others), false);
    }

    public static Tensor min(Tensor x, int[] axes) {
        return min(x, axes, false);
    }

    public static Tensor min(Tensor x, int axis, boolean keepdims) {
        return min(x, new int[] {axis}, keepdims);
    }

    public static Tensor min(Tensor x, int[] axes, boolean keepdims) {
        return reduce("min", Op.Reduce.Kind.MIN, numbers(x), axes, keepdims);
    }

    /** Returns the mean; of integers and bools in {@link #floatx}. */
    public static Tensor mean(Tensor x) {
        return mean(x, null, false);
    }

    public static Tensor mean(Tensor x, int axis, int... others) {
        return mean(x, axes(axis, others), false);
    }

    public static Tensor mean(Tensor x, int[] axes) {
        return mean(x, axes, false);
    }

    public static Tensor mean(Tensor x, int axis, boolean keepdims) {
        return mean(x, new int[] {axis}, keepdims);
    }

    public static Tensor mean(Tensor x, int[] axes, boolean keepdims) {
        return named("mean", () -> {
            Dim count = new Shape(axes(x, axes).stream().map(x.shape()::dim).toList()).count();
            Tensor terms = floats(x);
            // The sum may be more than the 65504 that float16 reaches.
            DType type = terms.dtype().promote(DType.FLOAT32);
            return sum(terms.cast(type), axes, keepdims).div(size(count, type)).cast(terms.dtype());
        });
    }

    /** Returns the population variance: the mean of squared deviations from the mean. */
    public static Tensor var(Tensor x) {
        return var(x, null, false);
    }

    public static Tensor var(Tensor x, int axis, int... others) {
        return var(x, axes(axis, others), false);
    }

    public static Tensor var(Tensor x, int[] axes) {
        return var(x, axes, false);
    }

    public static Tensor var(Tensor x, int axis, boolean keepdims) {
        return var(x, new int[] {axis}, keepdims);
    }

    public static Tensor var(Tensor x, int[] axes, boolean keepdims) {
        return named("var", () -> mean(square(floats(x).minus(mean(x, axes, true))), axes, keepdims));
    }

    /** Returns the population standard deviation; its gradient is 0 where it is 0. */
    public static Tensor std(Tensor x) {
        return std(x, null, false);
    }

    public static Tensor std(Tensor x, int axis, int... others) {
        return std(x, axes(axis, others), false);
    }

    public static Tensor std(Tensor x, int[] axes) {
        return std(x, axes, false);
    }

    public static Tensor std(Tensor x, int axis, boolean keepdims) {
        return std(x, new int[] {axis}, keepdims);
    }

    public static Tensor std(Tensor x, int[] axes, boolean keepdims) {
        return named("std", () -> sqrt(var(x, axes, keepdims)));
    }

    /** Returns the index of the first largest element along the last axis, int32. No gradient. */
    public static Tensor argmax(Tensor x) {
        return argmax(x, -1);
    }

    public static Tensor argmax(Tensor x, int axis) {
        return reduce("argmax", Op.Reduce.Kind.ARGMAX, numbers(x), new int[] {axis}, false);
    }

    /** Returns the index of the first smallest element along the last axis, int32. No gradient. */
    public static Tensor argmin(Tensor x) {
        return argmin(x, -1);
    }

    public static Tensor argmin(Tensor x, int axis) {
        return reduce("argmin", Op.Reduce.Kind.ARGMIN, numbers(x), new int[] {axis}, false);
    }

    /** Returns the logarithm of the sum of {@code e^x}, without overflow. */
    public static Tensor logsumexp(Tensor x, int[] axes, boolean keepdims) {
        return named("logsumexp", () -> {
            List<Integer> over = axes(x, axes);
            Tensor greatest = max(floats(x), axes, true);
            // Of infinities, their difference is none.
            Tensor finite = abs(greatest).less(number(greatest, Double.POSITIVE_INFINITY));
            Tensor top = stopGradient(Tensor.map(ScalarFn.SELECT, finite, greatest, number(greatest, 0)));
            Tensor sums = sum(floats(x).minus(top).apply(ScalarFn.EXP), axes, true).apply(ScalarFn.LOG).plus(top);
            return keepdims ? sums : sums.reshape(x.shape().without(over));
        });
    }

    public static Tensor logsumexp(Tensor x, int axis, boolean keepdims) {
        return logsumexp(x, new int[] {axis}, keepdims);
    }

    public static Tensor logsumexp(Tensor x) {
        return logsumexp(x, null, false);
    }

    public static Tensor logsumexp(Tensor x, int axis, int... others) {
        return logsumexp(x, axes(axis, others), false);
    }

    public static Tensor logsumexp(Tensor x, int[] axes) {
        return logsumexp(x, axes, false);
    }

    /** Returns the sum of all elements so far along axis 0; of bools as int32. */
    public static Tensor cumsum(Tensor x) {
        return cumsum(x, 0);
    }

    /** Returns the sum of all elements so far along an axis; of bools as int32. */
    public static Tensor cumsum(Tensor x, int axis) {
        return named("cumsum", () -> {
            Tensor n = numbers(x);
            return Tensor.of(new Op.Scan(x.shape().axis(axis), false), onesLike(n), n);
        });
    }

    /** Returns the product of all elements so far along axis 0; of bools as int32. */
    public static Tensor cumprod(Tensor x) {
        return cumprod(x, 0);
    }

    /** Returns the product of all elements so far along an axis; of bools as int32. */
    public static Tensor cumprod(Tensor x, int axis) {
        return named("cumprod", () -> {
            Tensor n = numbers(x);
            int along = x.shape().axis(axis);
            Tensor isFirst = Tensor.of(new Op.Iota(x.shape().dim(along))).apply(ScalarFn.LESS,
                    Tensor.literal(DType.INT32, 1));
            Shape wide = Shape.SCALAR.padded(x.rank()).with(along, x.shape().dim(along));
            Tensor first = Tensor.map(ScalarFn.SELECT, isFirst.reshape(wide), n, Tensor.literal(n.dtype(), 0));
            return Tensor.of(new Op.Scan(along, false), n, first);
        });
    }

    private static Tensor numbers(Tensor x) {
        return x.dtype() == DType.BOOL ? x.cast(DType.INT32) : x;
    }

    private static Tensor floats(Tensor x) {
        return x.dtype().isFloating() ? x : x.cast(floatx());
    }

    static Tensor size(Dim size, DType dtype) {
        return size.isKnown() ? Tensor.literal(dtype, size.size()) : Tensor.of(new Op.Size(size)).cast(dtype);
    }

    // ----------------------------------------------------------------------------------------------------- Shapes

    /** Tensors one after another along their last axis. */
    public static Tensor concatenate(List<Tensor> tensors) {
        return concatenate(tensors, -1);
    }

    /** Tensors one after another along an axis; all other axes are the same. */
    public static Tensor concatenate(List<Tensor> tensors, int axis) {
        check(!tensors.isEmpty(), "concatenate", "no tensors are given");
        return named("concatenate", () -> {
            DType type = tensors.stream().map(Tensor::dtype).reduce(DType::promote).orElseThrow();
            int along = tensors.get(0).shape().axis(axis);
            // Built of sparse matrices too: it checks that they fit.
            Tensor joined = Tensor.of(new Op.Concat(along), tensors.stream().map(t -> t.cast(type)).toList());
            return tensors.stream().allMatch(K::isSparse) ? sparse(tensors, type, along) : joined;
        });
    }

    /** Returns sparse matrices of one type one below the other, or beside it. */
    private static Tensor sparse(List<Tensor> matrices, DType type, int axis) {
        var parts = matrices.stream().map(SparseMatrix::of).map(s -> s.with(s.values().cast(type)))
                .map(s -> axis == 0 ? s : s.transposed()).toList();
        SparseMatrix all = SparseMatrix.below(parts);
        return (axis == 0 ? all : all.transposed()).matrix();
    }

    /** Returns the same elements in row-major order under another shape, of which one size may be −1: what remains. */
    public static Tensor reshape(Tensor x, int... shape) {
        return reshape(x, Arrays.stream(shape).boxed().toList());
    }

    /**
     * Returns the same elements in row-major order under another shape.
     *
     * @param shape a number or a scalar tensor such as {@code K.shape(y).at(1)} for each axis; one may be −1: what
     *              remains
     */
    public static Tensor reshape(Tensor x, List<?> shape) {
        return named("reshape", () -> x.reshape(Sizes.of(shape).filling(x.shape())));
    }

    /**
     * Returns the same elements in row-major order under a shape that is a vector, such as {@code K.shape(y)}; one size
     * may be −1.
     */
    public static Tensor reshape(Tensor x, Tensor shape) {
        return named("reshape", () -> x.reshape(Sizes.of(shape).filling(x.shape())));
    }

    /** Returns the same elements in row-major order under a shape whose sizes a call may tell. */
    public static Tensor reshape(Tensor x, Shape shape) {
        return named("reshape", () -> x.reshape(shape));
    }

    /** Axis i of the result is axis {@code pattern[i]} of x. */
    public static Tensor permuteDimensions(Tensor x, int... pattern) {
        List<Integer> order = named("permuteDimensions",
                () -> Arrays.stream(pattern).map(x.shape()::axis).boxed().toList());
        check(order.size() == x.rank() && order.stream().distinct().count() == x.rank(), "permuteDimensions",
                "pattern " + Arrays.toString(pattern) + " does not name each axis of shape " + x.shape() + " once");
        return x.permute(order);
    }

    /** Returns each element along an axis {@code rep} times in a row. */
    public static Tensor repeatElements(Tensor x, int rep, int axis) {
        int at = named("repeatElements", () -> x.shape().axis(axis));
        check(rep >= 0, "repeatElements", rep + " repetitions are not possible");
        Tensor wide = x.expand(List.of(at + 1));
        return named("repeatElements", () -> wide.broadcast(wide.shape().with(at + 1, Dim.of(rep)))
                .reshape(x.shape().with(at, x.shape().dim(at).times(Dim.of(rep)))));
    }

    /** Returns a matrix (samples, dim) n times for each sample: (samples, n, dim). */
    public static Tensor repeat(Tensor x, int n) {
        check(n >= 0, "repeat", n + " repetitions are not possible");
        return repeat(x, Dim.of(n));
    }

    /**
     * Repeats a matrix (samples, dim) for each sample as often as a scalar such as {@code K.shape(y).at(1)} says:
     * (samples, n, dim).
     */
    public static Tensor repeat(Tensor x, Tensor n) {
        return repeat(x, named("repeat", () -> Sizes.of(List.of(n)).known().dim(0)));
    }

    private static Tensor repeat(Tensor x, Dim n) {
        check(x.rank() == 2, "repeat", "x has shape " + x.shape() + "; a matrix (samples, dim) would do");
        return x.expand(List.of(1)).broadcast(new Shape(List.of(x.shape().dim(0), n, x.shape().dim(1))));
    }

    /** Returns x as a tile, laid {@code n[i]} times along axis i. */
    public static Tensor tile(Tensor x, int... n) {
        check(n.length == x.rank() && Arrays.stream(n).allMatch(i -> i >= 0), "tile", "n " + Arrays.toString(n)
                + " is not a number for each axis of shape " + x.shape());
        return tile(x, Shape.of(n));
    }

    /** Lays x as a tile; how often along each axis is a number or a scalar tensor such as {@code K.shape(y).at(1)}. */
    public static Tensor tile(Tensor x, List<?> n) {
        check(n.size() == x.rank(), "tile", "n " + n + " is not a number for each axis of shape " + x.shape());
        return tile(x, named("tile", () -> Sizes.of(n).known()));
    }

    private static Tensor tile(Tensor x, Shape n) {
        return named("tile", () -> {
            Tensor wide = x.expand(IntStream.range(0, n.rank()).mapToObj(i -> 2 * i).toList());
            Shape stretched = wide.shape();
            Shape tiled = x.shape();
            for (int i = 0; i < n.rank(); i++) {
                stretched = stretched.with(2 * i, n.dim(i));
                tiled = tiled.with(i, x.shape().dim(i).times(n.dim(i)));
            }
            return wide.broadcast(stretched).reshape(tiled);
        });
    }

    /** Returns all elements along one axis. */
    public static Tensor flatten(Tensor x) {
        return named("flatten", () -> x.reshape(new Shape(List.of(x.shape().count()))));
    }

    /** Returns all but the first axis as one. */
    public static Tensor batchFlatten(Tensor x) {
        check(x.rank() > 0, "batchFlatten", "x is a scalar; it has no batch axis");
        return named("batchFlatten",
                () -> x.reshape(new Shape(List.of(x.shape().dim(0), x.shape().part(1, x.rank()).count()))));
    }

    /** Returns x with a last axis of size 1. */
    public static Tensor expandDims(Tensor x) {
        return expandDims(x, -1);
    }

    /** Returns x with an axis of size 1 at place {@code dim} of the result. */
    public static Tensor expandDims(Tensor x, int dim) {
        check(dim >= -x.rank() - 1 && dim <= x.rank(), "expandDims", "a new axis of shape " + x.shape() + " can be at "
                + (-x.rank() - 1) + " to " + x.rank() + ", not at " + dim);
        return x.expand(List.of(dim < 0 ? dim + x.rank() + 1 : dim));
    }

    /** Returns x without an axis, which has size 1. */
    public static Tensor squeeze(Tensor x, int axis) {
        int at = named("squeeze", () -> x.shape().axis(axis));
        check(x.shape().dim(at).mayEqual(Dim.ONE), "squeeze", "axis " + axis + " of shape " + x.shape() + " has "
                + x.shape().dim(at).describe() + " elements, not 1");
        return x.reshape(x.shape().without(List.of(at)));
    }

    /** Tensors of one shape along a new first axis. */
    public static Tensor stack(List<Tensor> xs) {
        return stack(xs, 0);
    }

    public static Tensor stack(List<Tensor> xs, int axis) {
        check(!xs.isEmpty(), "stack", "no tensors are given");
        xs.forEach(x -> check(xs.get(0).shape().accepts(x.shape()), "stack",
                "shapes " + xs.get(0).shape() + " and " + x.shape() + " differ"));
        return named("stack", () -> concatenate(xs.stream().map(x -> expandDims(x, axis)).toList(), axis));
    }

    /** Returns 1 where the place along a new last axis is the index, else 0; an index outside gives zeros. */
    public static Tensor oneHot(Tensor indices, int nbClasses) {
        checkWhole("oneHot", indices);
        return named("oneHot", () -> isClass(indices, Dim.of(nbClasses)).cast(floatx()));
    }

    static Tensor isClass(Tensor indices, Dim classes) {
        return expandDims(places(indices)).apply(ScalarFn.EQUAL, Tensor.of(new Op.Iota(classes)));
    }

    /** Returns the elements in reverse order along axes. */
    public static Tensor reverse(Tensor x, int... axes) {
        return axes.length == 0 ? x : named("reverse", () -> x.view(new Movement.Reverse(x.shape().axes(axes))));
    }

    /**
     * Picks places as NumPy's indices and slices do: {@code x[:, -1]} is {@code K.slice(x, Index.ALL, Index.at(-1))}.
     */
    public static Tensor slice(Tensor x, Index... places) {
        return named("slice", () -> x.at(places));
    }

    /** Returns along each axis i the elements from {@code start[i]}, {@code size[i]} of them; −1: all that follow. */
    public static Tensor slice(Tensor x, int[] start, int[] size) {
        check(start.length == x.rank() && size.length == x.rank(), "slice",
                "start " + Arrays.toString(start) + " and size "
                        + Arrays.toString(size) + " are not a number for each axis of shape " + x.shape());
        check(IntStream.range(0, start.length)
                .allMatch(a -> start[a] >= 0 && (!x.shape().dim(a).isKnown() || start[a] <= x.shape().size(a))),
                "slice", "start " + Arrays.toString(start) + " is outside shape " + x.shape());
        return named("slice",
                () -> x.view(new Movement.Slice(Arrays.stream(start).boxed().toList(), Collections.nCopies(x.rank(), 1),
                        new Shape(IntStream.range(0, size.length).mapToObj(a -> size[a] == -1
                                ? x.shape().dim(a).plus(-start[a]) : Dim.of(size[a])).toList()))));
    }

    private static Tensor pad(String name, Tensor x, int first, int[] before, int[] after) {
        check(Arrays.stream(before).allMatch(n -> n >= 0) && Arrays.stream(after).allMatch(n -> n >= 0), name,
                "padding " + Arrays.toString(before) + " before and " + Arrays.toString(after)
                        + " after; none can be negative");
        return named(name, () -> {
            var starts = new ArrayList<>(Collections.nCopies(x.rank(), 0));
            Shape to = x.shape();
            for (int i = 0; i < before.length; i++) {
                starts.set(first + i, before[i]);
                to = to.with(first + i, to.dim(first + i).plus(before[i]).plus(after[i]));
            }
            return x.view(new Movement.Pad(starts, Collections.nCopies(x.rank(), 1), to, 0));
        });
    }

    private static void checkRank(String name, Tensor x, int rank, String shape) {
        check(x.rank() == rank, name, "x has shape " + x.shape() + "; " + shape + " would do");
    }

    /** Returns a zero before and after the steps of x (samples, steps, channels). */
    public static Tensor temporalPadding(Tensor x) {
        return temporalPadding(x, 1);
    }

    public static Tensor temporalPadding(Tensor x, int padding) {
        checkRank("temporalPadding", x, 3, "(samples, steps, channels)");
        return pad("temporalPadding", x, 1, new int[] {padding}, new int[] {padding});
    }

    public static Tensor asymmetricTemporalPadding(Tensor x) {
        return asymmetricTemporalPadding(x, 1, 1);
    }

    public static Tensor asymmetricTemporalPadding(Tensor x, int leftPad) {
        return asymmetricTemporalPadding(x, leftPad, 1);
    }

    public static Tensor asymmetricTemporalPadding(Tensor x, int leftPad, int rightPad) {
        checkRank("asymmetricTemporalPadding", x, 3, "(samples, steps, channels)");
        return pad("asymmetricTemporalPadding", x, 1, new int[] {leftPad}, new int[] {rightPad});
    }

    /** Returns images with a row and a column of zeros around them. */
    public static Tensor spatial2dPadding(Tensor x) {
        return spatial2dPadding(x, new int[] {1, 1});
    }

    public static Tensor spatial2dPadding(Tensor x, int[] padding) {
        return spatial2dPadding(x, padding, imageDimOrdering());
    }

    /** Pads images with zeros on each side: {@code padding} is (rows, columns). */
    public static Tensor spatial2dPadding(Tensor x, int[] padding, DimOrdering ordering) {
        checkRank("spatial2dPadding", x, 4, "a batch of images");
        checkEach("spatial2dPadding", "padding", padding, 2);
        return pad("spatial2dPadding", x, ordering.firstSpatialAxis(), padding, padding);
    }

    public static Tensor asymmetricSpatial2dPadding(Tensor x) {
        return asymmetricSpatial2dPadding(x, 1, 1, 1, 1);
    }

    public static Tensor asymmetricSpatial2dPadding(Tensor x, int top, int bottom, int left, int right) {
        return asymmetricSpatial2dPadding(x, top, bottom, left, right, imageDimOrdering());
    }

    public static Tensor asymmetricSpatial2dPadding(Tensor x, int top, int bottom, int left, int right,
            DimOrdering ordering) {
        checkRank("asymmetricSpatial2dPadding", x, 4, "a batch of images");
        return pad("asymmetricSpatial2dPadding", x, ordering.firstSpatialAxis(), new int[] {top, left},
                new int[] {bottom, right});
    }

    /** Pads volumes with zeros on each side. */
    public static Tensor spatial3dPadding(Tensor x) {
        return spatial3dPadding(x, new int[] {1, 1, 1});
    }

    public static Tensor spatial3dPadding(Tensor x, int[] padding) {
        return spatial3dPadding(x, padding, imageDimOrdering());
    }

    public static Tensor spatial3dPadding(Tensor x, int[] padding, DimOrdering ordering) {
        checkRank("spatial3dPadding", x, 5, "a batch of volumes");
        checkEach("spatial3dPadding", "padding", padding, 3);
        return pad("spatial3dPadding", x, ordering.firstSpatialAxis(), padding, padding);
    }

    public static Tensor resizeImages(Tensor x, int heightFactor, int widthFactor) {
        return resizeImages(x, heightFactor, widthFactor, imageDimOrdering());
    }

    /** Returns each pixel of images repeated by whole factors. */
    public static Tensor resizeImages(Tensor x, int heightFactor, int widthFactor, DimOrdering ordering) {
        checkRank("resizeImages", x, 4, "a batch of images");
        int first = ordering.firstSpatialAxis();
        return named("resizeImages",
                () -> repeatElements(repeatElements(x, heightFactor, first), widthFactor, first + 1));
    }

    public static Tensor resizeVolumes(Tensor x, int depthFactor, int heightFactor, int widthFactor) {
        return resizeVolumes(x, depthFactor, heightFactor, widthFactor, imageDimOrdering());
    }

    /** Returns each element of volumes repeated by whole factors. */
    public static Tensor resizeVolumes(Tensor x, int depthFactor, int heightFactor, int widthFactor,
            DimOrdering ordering) {
        checkRank("resizeVolumes", x, 5, "a batch of volumes");
        int first = ordering.firstSpatialAxis();
        return named("resizeVolumes", () -> repeatElements(
                repeatElements(repeatElements(x, depthFactor, first), heightFactor, first + 1), widthFactor,
                first + 2));
    }

    // -------------------------------------------------------------------------------------------- Neural networks

    /** Returns {@code e^x} divided by its sum along the last axis, without overflow. */
    public static Tensor softmax(Tensor x) {
        return softmax(x, -1);
    }

    public static Tensor softmax(Tensor x, int axis) {
        return named("softmax", () -> {
            Tensor e = x.minus(stopGradient(max(x, axis, true))).apply(ScalarFn.EXP);
            return e.div(sum(e, axis, true));
        });
    }

    /** Returns the logarithm of {@link #softmax} along the last axis: neither overflows nor loses the tail. */
    private static Tensor logSoftmax(Tensor x) {
        Tensor below = x.minus(stopGradient(max(x, -1, true)));
        return below.minus(sum(below.apply(ScalarFn.EXP), -1, true).apply(ScalarFn.LOG));
    }

    /** Divides x by its Euclidean length along all axes; lengths below 1e-6 count as 1e-6. */
    public static Tensor l2Normalize(Tensor x) {
        return l2Normalize(x, null);
    }

    /** Divides x by its Euclidean length along axes; lengths below 1e-6 count as 1e-6. */
    public static Tensor l2Normalize(Tensor x, int axis, int... others) {
        return l2Normalize(x, axes(axis, others));
    }

    public static Tensor l2Normalize(Tensor x, int[] axes) {
        return named("l2Normalize", () -> x.div(maximum(sum(square(x), axes, true), 1e-12).apply(ScalarFn.SQRT)));
    }

    /** Returns x with elements set to 0 with probability {@code level}, the others divided by 1 − level. */
    public static Tensor dropout(Tensor x, double level) {
        return dropout(x, level, null);
    }

    public static Tensor dropout(Tensor x, double level, int[] noiseShape) {
        return dropout(x, level, noiseShape, Seeds.next());
    }

    /**
     * Returns x with elements set to 0 with probability {@code level}, the others divided by 1 − level.
     *
     * @param level      0 to below 1
     * @param noiseShape the shape of what is drawn, which broadcasts to that of x ({@link #NONE}: as x); null: that of
     *                   x
     */
    public static Tensor dropout(Tensor x, double level, int[] noiseShape, long seed) {
        return dropout(x, level,
                noiseShape == null ? x.shape() : noise(x, Sizes.of(Arrays.stream(noiseShape).boxed().toList())), seed);
    }

    /** Returns the same as {@link #dropout(Tensor, double, Object, long)} with a seed of its own. */
    public static Tensor dropout(Tensor x, double level, Object noiseShape) {
        return dropout(x, level, noiseShape, Seeds.next());
    }

    /**
     * Sets elements of x to 0 with probability {@code level} and divides the others by 1 − level.
     *
     * @param noiseShape the shape of what is drawn, as {@link #reshape(Tensor, List)} or
     *                   {@link #reshape(Tensor, Tensor)} takes it, which broadcasts to that of x: a list of numbers and
     *                   scalar tensors, or a vector such as {@code K.shape(x)}; −1 is the size that x has
     */
    public static Tensor dropout(Tensor x, double level, Object noiseShape, long seed) {
        return dropout(x, level, noise(x, named("dropout", () -> switch (noiseShape) {
            case Tensor vector -> Sizes.of(vector);
            case List<?> list -> Sizes.of(list);
            case null, default -> throw new IllegalArgumentException("the noise shape " + noiseShape
                    + " is no shape; an int[], a list of numbers and scalar tensors, or a vector such as K.shape(x) would do");
        })), seed);
    }

    private static Shape noise(Tensor x, Sizes sizes) {
        check(sizes.count() == x.rank(), "dropout",
                "noise shape " + sizes + " is not a size for each axis of x " + x.shape());
        return named("dropout", () -> sizes.or(x.shape()));
    }

    private static Tensor dropout(Tensor x, double level, Shape drawn, long seed) {
        check(level >= 0 && level < 1, "dropout", "level is " + level + "; a number from 0 to below 1 would do");
        return level == 0 ? x : named("dropout", () -> {
            Tensor keep = uniform(drawn, DType.FLOAT32, seed).greaterEqual(Tensor.literal(DType.FLOAT32, level))
                    .broadcast(x.shape());
            return Tensor.map(ScalarFn.SELECT, keep, floats(x).times(1 / (1 - level)),
                    Tensor.literal(floats(x).dtype(), 0));
        });
    }

    /**
     * Returns whether the prediction of the target is among the k largest of its row: bool; among equals it counts as
     * larger. False where that prediction is NaN or the target is no class.
     *
     * @param predictions (batch, classes)
     * @param targets     (batch,), integers
     */
    public static Tensor inTopK(Tensor predictions, Tensor targets, int k) {
        check(predictions.rank() == 2 && targets.rank() == 1, "inTopK", "predictions have shape " + predictions.shape()
                + ", targets " + targets.shape() + "; (batch, classes) and (batch,) would do");
        return named("inTopK", () -> {
            Tensor own = max(Tensor.map(ScalarFn.SELECT, isClass(targets, predictions.shape().dim(1)), predictions,
                    number(predictions, Double.NEGATIVE_INFINITY)), 1, true);
            Tensor above = sum(greater(predictions, own).cast(DType.INT32), 1);
            return lesser(above, k).apply(ScalarFn.AND, squeeze(greater(own, Double.NEGATIVE_INFINITY), 1));
        });
    }

    public static Tensor categoricalCrossentropy(Tensor output, Tensor target) {
        return categoricalCrossentropy(output, target, false);
    }

    /**
     * Returns {@code −Σ target·log(output)} along the last axis, which the result lacks. Probabilities are rescaled to
     * sum 1 and clipped to [ε, 1 − ε].
     *
     * @param fromLogits whether {@code output} is what softmax would get
     */
    public static Tensor categoricalCrossentropy(Tensor output, Tensor target, boolean fromLogits) {
        checkSame("categoricalCrossentropy", output, target);
        return named("categoricalCrossentropy",
                () -> sum(target.times(logProbabilities(output, fromLogits)), -1).neg());
    }

    /** Returns the same with the classes along another axis. */
    public static Tensor categoricalCrossentropy(Tensor output, Tensor target, boolean fromLogits, int axis) {
        return named("categoricalCrossentropy",
                () -> categoricalCrossentropy(last(output, axis), last(target, axis), fromLogits));
    }

    /** Returns x with an axis as its last. */
    private static Tensor last(Tensor x, int axis) {
        return x.permute(moved(x.rank(), x.shape().axis(axis), x.rank() - 1));
    }

    private static Tensor logProbabilities(Tensor output, boolean fromLogits) {
        return fromLogits ? logSoftmax(output) : log(clip(output.div(sum(output, -1, true)), epsilon(), 1 - epsilon()));
    }

    public static Tensor sparseCategoricalCrossentropy(Tensor output, Tensor target) {
        return sparseCategoricalCrossentropy(output, target, false);
    }

    /**
     * Returns {@link #categoricalCrossentropy} with classes as targets.
     *
     * @param target integers of the shape of {@code output} without its last axis, or with a last axis of 1; one that
     *               is no class is an error
     */
    public static Tensor sparseCategoricalCrossentropy(Tensor output, Tensor target, boolean fromLogits) {
        check(output.rank() > 0, "sparseCategoricalCrossentropy", "output is a scalar; its last axis are the classes");
        Shape samples = output.shape().part(0, output.rank() - 1);
        check(samples.accepts(target.shape()) || samples.then(Shape.of(1)).accepts(target.shape()),
                "sparseCategoricalCrossentropy",
                "target " + target.shape() + " does not fit output " + output.shape() + "; " + samples + " would do");
        return named("sparseCategoricalCrossentropy", () -> {
            Dim classes = output.shape().dim(-1);
            Tensor checked = new Indices("sparseCategoricalCrossentropy", "target", "output " + output.shape(),
                    "classes").checked(target, classes);
            Tensor own = isClass(checked.reshape(samples), classes);
            Tensor logs = logProbabilities(output, fromLogits);
            return sum(Tensor.map(ScalarFn.SELECT, own, logs, Tensor.literal(logs.dtype(), 0)), -1).neg();
        });
    }

    /** Returns the same with the classes along another axis, which {@code target} lacks. */
    public static Tensor sparseCategoricalCrossentropy(Tensor output, Tensor target, boolean fromLogits, int axis) {
        return named("sparseCategoricalCrossentropy",
                () -> sparseCategoricalCrossentropy(last(output, axis), target, fromLogits));
    }

    public static Tensor binaryCrossentropy(Tensor output, Tensor target) {
        return binaryCrossentropy(output, target, false);
    }

    /**
     * Returns {@code −target·log(output) − (1 − target)·log(1 − output)}, elementwise. Probabilities are clipped to [ε,
     * 1 − ε].
     *
     * @param fromLogits whether {@code output} is what sigmoid would get
     */
    public static Tensor binaryCrossentropy(Tensor output, Tensor target, boolean fromLogits) {
        checkSame("binaryCrossentropy", output, target);
        return named("binaryCrossentropy", () -> {
            if (fromLogits) {
                Tensor tail = minimum(output.neg(), output).apply(ScalarFn.SOFTPLUS);
                return maximum(output, 0).minus(output.times(target)).plus(tail);
            }
            Tensor p = clip(output, epsilon(), 1 - epsilon());
            return target.times(log(p)).plus(target.neg().plus(1).times(log(p.neg().plus(1)))).neg();
        });
    }

    private static void checkSame(String name, Tensor output, Tensor target) {
        check(output.shape().accepts(target.shape()), name,
                "output " + output.shape() + " and target " + target.shape() + " differ");
    }

    public static Normalized normalizeBatchInTraining(Tensor x, Tensor gamma, Tensor beta, int[] reductionAxes) {
        return normalizeBatchInTraining(x, gamma, beta, reductionAxes, 1e-4);
    }

    /**
     * Returns x with mean 0 and variance 1 over the reduction axes, then scaled and shifted.
     *
     * @param gamma the scale: an element for each of those of the axes that remain; null for none
     * @param beta  the shift, likewise
     */
    public static Normalized normalizeBatchInTraining(Tensor x, Tensor gamma, Tensor beta, int[] reductionAxes,
            double epsilon) {
        return named("normalizeBatchInTraining", () -> {
            List<Integer> over = axes(x, reductionAxes);
            Shape wide = x.shape().keeping(over);
            Tensor mean = mean(x, reductionAxes, true);
            Tensor variance = mean(square(x.minus(mean)), reductionAxes, true);
            Tensor normalized = normalized(x, mean, variance, reshaped(beta, wide), reshaped(gamma, wide), epsilon);
            Shape narrow = x.shape().without(over);
            return new Normalized(normalized, mean.reshape(narrow), variance.reshape(narrow));
        });
    }

    private static Tensor reshaped(Tensor x, Shape shape) {
        return x == null ? null : x.reshape(shape);
    }

    private static Tensor normalized(Tensor x, Tensor mean, Tensor variance, Tensor beta, Tensor gamma,
            double epsilon) {
        Tensor deviation = variance.plus(epsilon).apply(ScalarFn.SQRT);
        Tensor scaled = gamma == null ? x.minus(mean).div(deviation) : x.minus(mean).times(gamma.div(deviation));
        return beta == null ? scaled : scaled.plus(beta);
    }

    public static Tensor batchNormalization(Tensor x, Tensor mean, Tensor variance, Tensor beta, Tensor gamma) {
        return batchNormalization(x, mean, variance, beta, gamma, 1e-4);
    }

    /**
     * Returns {@code (x − mean) / √(variance + ε) · gamma + beta}; beta and gamma may be null, all four broadcast to x.
     */
    public static Tensor batchNormalization(Tensor x, Tensor mean, Tensor variance, Tensor beta, Tensor gamma,
            double epsilon) {
        return named("batchNormalization", () -> normalized(x, mean, variance, beta, gamma, epsilon));
    }

    /** Returns the same with vectors that hold a number for each place along an axis. */
    public static Tensor batchNormalization(Tensor x, Tensor mean, Tensor variance, Tensor beta, Tensor gamma, int axis,
            double epsilon) {
        return named("batchNormalization", () -> {
            int at = x.shape().axis(axis);
            Shape wide = Shape.SCALAR.padded(x.rank()).with(at, x.shape().dim(at));
            return normalized(x, mean.reshape(wide), variance.reshape(wide), reshaped(beta, wide),
                    reshaped(gamma, wide), epsilon);
        });
    }

    public static Tensor biasAdd(Tensor x, Tensor bias) {
        return biasAdd(x, bias, imageDimOrdering());
    }

    /**
     * Returns x with a bias added.
     *
     * @param bias a number for each channel; or one for each place and channel, the channels last in either ordering
     */
    public static Tensor biasAdd(Tensor x, Tensor bias, DimOrdering ordering) {
        int axis = ordering.channelAxis(x.rank());
        if (x.rank() > 2 && bias.rank() == x.rank() - 1) {
            Tensor placed = bias.permute(moved(bias.rank(), bias.rank() - 1, axis - 1));
            check(x.shape().part(1, x.rank()).accepts(placed.shape()), "biasAdd", "bias " + bias.shape()
                    + " does not hold a number for each place and channel of x " + x.shape() + " (\"" + ordering.word()
                    + "\")");
            return named("biasAdd", () -> x.plus(placed));
        }
        check(x.rank() > 1 && bias.rank() == 1 && x.shape().dim(axis).mayEqual(bias.shape().dim(0)), "biasAdd",
                "bias " + bias.shape()
                        + " does not hold a number for each channel of x " + x.shape() + " (\"" + ordering.word()
                        + "\")");
        return named("biasAdd",
                () -> x.plus(bias.reshape(Shape.SCALAR.padded(x.rank()).with(axis, bias.shape().dim(0)))));
    }

    /**
     * Returns the negative logarithm of the probability that predictions read as labels: (samples, 1). Infinite where
     * the labels need more steps than there are.
     *
     * @param yTrue       (samples, most labels), integers; what follows a sample's last label does not count
     * @param yPred       (samples, time, classes): probabilities, the last class being the blank
     * @param inputLength (samples, 1) or (samples,): how many steps of a sample count
     * @param labelLength (samples, 1) or (samples,): how many labels it has
     */
    public static Tensor ctcBatchCost(Tensor yTrue, Tensor yPred, Tensor inputLength, Tensor labelLength) {
        check(yTrue.rank() == 2 && yPred.rank() == 3, "ctcBatchCost",
                "labels have shape " + yTrue.shape() + ", predictions " + yPred.shape()
                        + "; (samples, labels) and (samples, time, classes) would do");
        checkLengths("ctcBatchCost", "input", inputLength, yPred);
        checkLengths("ctcBatchCost", "label", labelLength, yPred);
        return named("ctcBatchCost",
                () -> Ctc.cost(yTrue, Ctc.normalized(Ctc.logarithms(yPred)), inputLength, labelLength));
    }

    private static void checkLengths(String name, String what, Tensor length, Tensor yPred) {
        Dim samples = yPred.shape().dim(0);
        boolean fits = length.rank() >= 1 && length.rank() <= 2 && length.shape().dim(0).mayEqual(samples)
                && (length.rank() == 1 || length.shape().dim(1).mayEqual(Dim.ONE));
        check(fits, name,
                what + " lengths have shape " + length.shape() + "; (" + samples.describe() + ", 1) would do");
    }

    /** Returns the most probable label of each step, repeated ones and blanks dropped. */
    public static Decoded ctcDecode(Tensor yPred, Tensor inputLength) {
        return ctcDecode(yPred, inputLength, true, 100, 1);
    }

    /**
     * Returns the most probable labels of predictions. The logarithms are those of Keras on TensorFlow 1: of a greedy
     * reading the negative sum of the logarithms of the probabilities, as they are, of its classes; of a beam's the
     * logarithm of a path's probability, each step's probabilities being divided by the greatest of them.
     *
     * @param yPred       (samples, time, classes): probabilities, the last class being the blank
     * @param inputLength (samples, 1) or (samples,): how many steps of a sample count
     * @param greedy      whether to take the best class of each step: one path; else by beam search
     * @param beamWidth   how many prefixes are kept from step to step
     * @param topPaths    how many paths are wanted, at most {@code beamWidth}
     */
    public static Decoded ctcDecode(Tensor yPred, Tensor inputLength, boolean greedy, int beamWidth, int topPaths) {
        check(yPred.rank() == 3, "ctcDecode",
                "predictions have shape " + yPred.shape() + "; (samples, time, classes) would do");
        checkLengths("ctcDecode", "input", inputLength, yPred);
        check(topPaths >= 1 && (greedy ? topPaths == 1 : topPaths <= beamWidth), "ctcDecode", topPaths + " paths of a "
                + (greedy ? "greedy reading, which has 1" : "beam of " + beamWidth));
        return named("ctcDecode", () -> {
            Tensor logs = Ctc.logarithms(yPred);
            return greedy ? Ctc.greedy(logs, inputLength)
                    : BeamSearch.of(logs.minus(max(logs, -1, true)), inputLength, beamWidth, topPaths);
        });
    }

    /**
     * Labels as a sparse matrix: of each row the first so many.
     *
     * @param labels       (samples, most labels), integers
     * @param labelLengths (samples, 1) or (samples,): how many of a sample's labels count
     */
    public static Tensor ctcLabelDenseToSparse(Tensor labels, Tensor labelLengths) {
        check(labels.rank() == 2, "ctcLabelDenseToSparse",
                "labels have shape " + labels.shape() + "; (samples, labels) would do");
        checkLengths("ctcLabelDenseToSparse", "label", labelLengths, labels);
        return named("ctcLabelDenseToSparse", () -> {
            Tensor counts = Ctc.within(labelLengths, labels.shape().dim(1)).broadcast(labels.shape());
            Tensor row = expandDims(Tensor.of(new Op.Iota(labels.shape().dim(0)))).broadcast(labels.shape());
            Tensor column = Tensor.map(ScalarFn.SELECT, counts, Tensor.of(new Op.Iota(labels.shape().dim(1))),
                    Tensor.literal(DType.INT32, SparseMatrix.NOWHERE));
            return new SparseMatrix(labels.shape(), flatten(labels), flatten(row), flatten(column)).matrix();
        });
    }

    // ------------------------------------------------------------------------------------ Convolution and pooling

    private static void checkEach(String name, String what, int[] numbers, int n) {
        check(numbers != null && numbers.length == n, name,
                what + " " + Arrays.toString(numbers) + " is not " + n + " numbers");
    }

    private static void checkHint(String name, String what, int[] hint, Shape shape) {
        check(hint == null || hint.length == shape.rank() && IntStream.range(0, hint.length)
                .allMatch(a -> hint[a] == NONE || shape.dim(a).mayEqual(Dim.of(hint[a]))), name,
                what + " " + Arrays.toString(hint) + " is not the shape " + shape);
    }

    private static void checkRanks(String name, Tensor x, Tensor kernel, int n) {
        check(x.rank() == n + 2 && kernel.rank() == n + 2, name,
                "x has shape " + x.shape() + ", the kernel " + kernel.shape()
                        + "; both have to have " + (n + 2) + " axes");
    }

    private static void checkChannels(String name, Tensor x, Tensor kernel, DimOrdering ordering) {
        Dim given = x.shape().dim(ordering.channelAxis(x.rank()));
        Dim taken = Convolution.channels(kernel, ordering);
        check(given.mayEqual(taken), name,
                "x " + x.shape() + " has " + given.describe() + " channels, the kernel " + kernel.shape()
                        + " takes " + taken.describe() + " (\"" + ordering.word() + "\")");
    }

    private static Convolution convolution(String name, Tensor x, Tensor kernel, int[] strides, BorderMode mode,
            DimOrdering ordering,
            int[] dilation) {
        int n = x.rank() - 2;
        checkRanks(name, x, kernel, n);
        checkEach(name, "strides", strides, n);
        checkEach(name, "dilation", dilation, n);
        checkChannels(name, x, kernel, ordering);
        return Convolution.of(x.shape(), Convolution.taps(kernel, n, ordering), strides, dilation, mode, ordering);
    }

    private static Tensor conv(String name, Tensor x, Tensor kernel, int[] strides, BorderMode mode,
            DimOrdering ordering, int[] dilation) {
        return named(name, () -> convolution(name, x, kernel, strides, mode, ordering, dilation).forward(x, kernel));
    }

    public static Tensor conv1d(Tensor x, Tensor kernel) {
        return conv1d(x, kernel, 1);
    }

    public static Tensor conv1d(Tensor x, Tensor kernel, int stride) {
        return conv1d(x, kernel, stride, BorderMode.VALID);
    }

    /** Returns the correlation of x (samples, steps, channels) with a kernel (width, channels, filters). */
    public static Tensor conv1d(Tensor x, Tensor kernel, int stride, BorderMode borderMode) {
        checkRanks("conv1d", x, kernel, 1);
        return conv("conv1d", x, kernel, new int[] {stride}, borderMode, DimOrdering.TF, new int[] {1});
    }

    public static Tensor conv1d(Tensor x, Tensor kernel, int stride, BorderMode borderMode, int[] imageShape) {
        return conv1d(x, kernel, stride, borderMode, imageShape, null);
    }

    /** Returns the same; the shapes are null, or those of x and of the kernel, which is checked. */
    public static Tensor conv1d(Tensor x, Tensor kernel, int stride, BorderMode borderMode, int[] imageShape,
            int[] filterShape) {
        checkHint("conv1d", "image_shape", imageShape, x.shape());
        checkHint("conv1d", "filter_shape", filterShape, kernel.shape());
        return conv1d(x, kernel, stride, borderMode);
    }

    public static Tensor conv2d(Tensor x, Tensor kernel) {
        return conv2d(x, kernel, new int[] {1, 1});
    }

    public static Tensor conv2d(Tensor x, Tensor kernel, int[] strides) {
        return conv2d(x, kernel, strides, BorderMode.VALID);
    }

    public static Tensor conv2d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode) {
        return conv2d(x, kernel, strides, borderMode, imageDimOrdering());
    }

    public static Tensor conv2d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode, DimOrdering ordering) {
        return conv2d(x, kernel, strides, borderMode, ordering, null);
    }

    public static Tensor conv2d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode, DimOrdering ordering,
            int[] imageShape) {
        return conv2d(x, kernel, strides, borderMode, ordering, imageShape, null);
    }

    public static Tensor conv2d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode, DimOrdering ordering,
            int[] imageShape,
            int[] filterShape) {
        return conv2d(x, kernel, strides, borderMode, ordering, imageShape, filterShape, new int[] {1, 1});
    }

    /**
     * Returns the correlation of images with a kernel; the axes of both are as {@link DimOrdering} says.
     *
     * @param imageShape     null, or the shape of x, which is checked; {@code filterShape} likewise that of the kernel
     * @param filterDilation the distance of neighbouring taps, (rows, columns)
     */
    public static Tensor conv2d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode, DimOrdering ordering,
            int[] imageShape,
            int[] filterShape, int[] filterDilation) {
        checkRanks("conv2d", x, kernel, 2);
        checkHint("conv2d", "image_shape", imageShape, x.shape());
        checkHint("conv2d", "filter_shape", filterShape, kernel.shape());
        return conv("conv2d", x, kernel, strides, borderMode, ordering, filterDilation);
    }

    public static Tensor atrousConv2d(Tensor x, Tensor kernel) {
        return atrousConv2d(x, kernel, 1);
    }

    public static Tensor atrousConv2d(Tensor x, Tensor kernel, int rate) {
        return atrousConv2d(x, kernel, rate, BorderMode.VALID);
    }

    public static Tensor atrousConv2d(Tensor x, Tensor kernel, int rate, BorderMode borderMode) {
        return atrousConv2d(x, kernel, rate, borderMode, imageDimOrdering());
    }

    /** Returns {@link #conv2d} with the taps {@code rate} apart. */
    public static Tensor atrousConv2d(Tensor x, Tensor kernel, int rate, BorderMode borderMode, DimOrdering ordering) {
        return atrousConv2d(x, kernel, rate, borderMode, ordering, null);
    }

    public static Tensor atrousConv2d(Tensor x, Tensor kernel, int rate, BorderMode borderMode, DimOrdering ordering,
            int[] imageShape) {
        return atrousConv2d(x, kernel, rate, borderMode, ordering, imageShape, null);
    }

    public static Tensor atrousConv2d(Tensor x, Tensor kernel, int rate, BorderMode borderMode, DimOrdering ordering,
            int[] imageShape,
            int[] filterShape) {
        return named("atrousConv2d",
                () -> conv2d(x, kernel, new int[] {1, 1}, borderMode, ordering, imageShape, filterShape,
                        new int[] {rate, rate}));
    }

    public static Tensor deconv2d(Tensor x, Tensor kernel, int[] outputShape) {
        return deconv2d(x, kernel, outputShape, new int[] {1, 1});
    }

    public static Tensor deconv2d(Tensor x, Tensor kernel, int[] outputShape, int[] strides) {
        return deconv2d(x, kernel, outputShape, strides, BorderMode.VALID);
    }

    public static Tensor deconv2d(Tensor x, Tensor kernel, int[] outputShape, int[] strides, BorderMode borderMode) {
        return deconv2d(x, kernel, outputShape, strides, borderMode, imageDimOrdering());
    }

    /**
     * Returns the transpose of the convolution that makes images of the shape of x from some of {@code outputShape}.
     *
     * @param kernel      as in {@link #conv2d} for the channels of x and of the result
     * @param outputShape all axes of the result; {@link #NONE} as first: as many samples as x
     */
    public static Tensor deconv2d(Tensor x, Tensor kernel, int[] outputShape, int[] strides, BorderMode borderMode,
            DimOrdering ordering) {
        return deconv2d(x, kernel, outputShape, strides, borderMode, ordering, null);
    }

    public static Tensor deconv2d(Tensor x, Tensor kernel, int[] outputShape, int[] strides, BorderMode borderMode,
            DimOrdering ordering,
            int[] imageShape) {
        return deconv2d(x, kernel, outputShape, strides, borderMode, ordering, imageShape, null);
    }

    public static Tensor deconv2d(Tensor x, Tensor kernel, int[] outputShape, int[] strides, BorderMode borderMode,
            DimOrdering ordering,
            int[] imageShape, int[] filterShape) {
        checkRanks("deconv2d", x, kernel, 2);
        checkHint("deconv2d", "image_shape", imageShape, x.shape());
        checkHint("deconv2d", "filter_shape", filterShape, kernel.shape());
        checkEach("deconv2d", "output_shape", outputShape, 4);
        checkEach("deconv2d", "strides", strides, 2);
        checkChannels("deconv2d", x, kernel, ordering);
        return named("deconv2d", () -> {
            Shape to = new Shape(
                    Arrays.stream(outputShape).mapToObj(n -> n == NONE ? x.shape().dim(0) : Dim.of(n)).toList());
            Convolution back = Convolution.of(to, Convolution.taps(kernel, 2, ordering), strides, new int[] {1, 1},
                    borderMode, ordering);
            Shape from = new Shape(ordering.images(to.dim(0), Convolution.channels(kernel, ordering),
                    back.spatial().stream().map(SpatialAxis::places).toList()));
            Dim filters = Convolution.filters(kernel, ordering);
            if (!from.accepts(x.shape()) || !to.dim(ordering.channelAxis(4)).mayEqual(filters)) {
                throw new IllegalArgumentException("output shape " + to + " belongs to x " + from
                        + " and as many filters as it has channels; x has shape " + x.shape() + ", the kernel "
                        + kernel.shape());
            }
            return back.transposed(x, kernel);
        });
    }

    public static Tensor conv2dTranspose(Tensor x, Tensor kernel, int[] outputShape) {
        return conv2dTranspose(x, kernel, outputShape, new int[] {1, 1});
    }

    public static Tensor conv2dTranspose(Tensor x, Tensor kernel, int[] outputShape, int[] strides) {
        return conv2dTranspose(x, kernel, outputShape, strides, BorderMode.VALID);
    }

    public static Tensor conv2dTranspose(Tensor x, Tensor kernel, int[] outputShape, int[] strides,
            BorderMode borderMode) {
        return conv2dTranspose(x, kernel, outputShape, strides, borderMode, imageDimOrdering());
    }

    /**
     * Returns {@link #deconv2d} with the kernel of the convolution that it transposes: "tf" (rows, columns, out, in),
     * "th" (in, out, rows, columns).
     */
    public static Tensor conv2dTranspose(Tensor x, Tensor kernel, int[] outputShape, int[] strides,
            BorderMode borderMode, DimOrdering ordering) {
        checkRanks("conv2dTranspose", x, kernel, 2);
        List<Integer> exchanged = ordering == DimOrdering.TF ? List.of(0, 1, 3, 2) : List.of(1, 0, 2, 3);
        return named("conv2dTranspose",
                () -> deconv2d(x, kernel.permute(exchanged), outputShape, strides, borderMode, ordering));
    }

    public static Tensor depthwiseConv2d(Tensor x, Tensor kernel) {
        return depthwiseConv2d(x, kernel, new int[] {1, 1});
    }

    public static Tensor depthwiseConv2d(Tensor x, Tensor kernel, int[] strides) {
        return depthwiseConv2d(x, kernel, strides, BorderMode.VALID);
    }

    public static Tensor depthwiseConv2d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode) {
        return depthwiseConv2d(x, kernel, strides, borderMode, imageDimOrdering());
    }

    public static Tensor depthwiseConv2d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode,
            DimOrdering ordering) {
        return depthwiseConv2d(x, kernel, strides, borderMode, ordering, new int[] {1, 1});
    }

    /**
     * Returns each channel convolved by itself: the result has channels · filters channels, those of one channel side
     * by side.
     *
     * @param kernel as in {@link #conv2d}, the filters being those of each channel
     */
    public static Tensor depthwiseConv2d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode,
            DimOrdering ordering, int[] dilation) {
        checkRanks("depthwiseConv2d", x, kernel, 2);
        return depthwise("depthwiseConv2d", x, kernel, strides, borderMode, ordering, dilation);
    }

    private static Tensor depthwise(String name, Tensor x, Tensor kernel, int[] strides, BorderMode borderMode,
            DimOrdering ordering,
            int[] dilation) {
        return named(name,
                () -> convolution(name, x, kernel, strides, borderMode, ordering, dilation).depthwise(x, kernel));
    }

    public static Tensor separableConv1d(Tensor x, Tensor depthwiseKernel, Tensor pointwiseKernel) {
        return separableConv1d(x, depthwiseKernel, pointwiseKernel, 1);
    }

    public static Tensor separableConv1d(Tensor x, Tensor depthwiseKernel, Tensor pointwiseKernel, int stride) {
        return separableConv1d(x, depthwiseKernel, pointwiseKernel, stride, BorderMode.VALID);
    }

    /**
     * Returns each channel of x (samples, steps, channels) convolved by itself, then all mixed step by step.
     *
     * @param depthwiseKernel (width, channels, filters of each channel)
     * @param pointwiseKernel (1, channels · filters of each channel, filters)
     */
    public static Tensor separableConv1d(Tensor x, Tensor depthwiseKernel, Tensor pointwiseKernel, int stride,
            BorderMode borderMode) {
        checkRanks("separableConv1d", x, depthwiseKernel, 1);
        int[] one = {1};
        return named("separableConv1d",
                () -> conv1d(depthwise("separableConv1d", x, depthwiseKernel, new int[] {stride}, borderMode,
                        DimOrdering.TF, one), pointwiseKernel));
    }

    public static Tensor separableConv2d(Tensor x, Tensor depthwiseKernel, Tensor pointwiseKernel) {
        return separableConv2d(x, depthwiseKernel, pointwiseKernel, new int[] {1, 1});
    }

    public static Tensor separableConv2d(Tensor x, Tensor depthwiseKernel, Tensor pointwiseKernel, int[] strides) {
        return separableConv2d(x, depthwiseKernel, pointwiseKernel, strides, BorderMode.VALID);
    }

    public static Tensor separableConv2d(Tensor x, Tensor depthwiseKernel, Tensor pointwiseKernel, int[] strides,
            BorderMode borderMode) {
        return separableConv2d(x, depthwiseKernel, pointwiseKernel, strides, borderMode, imageDimOrdering());
    }

    /**
     * Returns each channel convolved by itself, then all mixed pixel by pixel.
     *
     * @param depthwiseKernel as in {@link #conv2d}, the filters being those of each channel
     * @param pointwiseKernel of 1×1 taps; it takes channels · filters of the depthwise kernel
     */
    public static Tensor separableConv2d(Tensor x, Tensor depthwiseKernel, Tensor pointwiseKernel, int[] strides,
            BorderMode borderMode,
            DimOrdering ordering) {
        return named("separableConv2d",
                () -> conv2d(depthwiseConv2d(x, depthwiseKernel, strides, borderMode, ordering), pointwiseKernel,
                        new int[] {1, 1}, BorderMode.VALID, ordering));
    }

    public static Tensor conv3d(Tensor x, Tensor kernel) {
        return conv3d(x, kernel, new int[] {1, 1, 1});
    }

    public static Tensor conv3d(Tensor x, Tensor kernel, int[] strides) {
        return conv3d(x, kernel, strides, BorderMode.VALID);
    }

    public static Tensor conv3d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode) {
        return conv3d(x, kernel, strides, borderMode, imageDimOrdering());
    }

    /** Returns the correlation of volumes with a kernel; the axes of both are as {@link DimOrdering} says. */
    public static Tensor conv3d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode, DimOrdering ordering) {
        return conv3d(x, kernel, strides, borderMode, ordering, null);
    }

    public static Tensor conv3d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode, DimOrdering ordering,
            int[] volumeShape) {
        return conv3d(x, kernel, strides, borderMode, ordering, volumeShape, null);
    }

    /** Returns the same; the shapes are null, or those of x and of the kernel, which is checked. */
    public static Tensor conv3d(Tensor x, Tensor kernel, int[] strides, BorderMode borderMode, DimOrdering ordering,
            int[] volumeShape,
            int[] filterShape) {
        checkRanks("conv3d", x, kernel, 3);
        checkHint("conv3d", "volume_shape", volumeShape, x.shape());
        checkHint("conv3d", "filter_shape", filterShape, kernel.shape());
        return conv("conv3d", x, kernel, strides, borderMode, ordering, new int[] {1, 1, 1});
    }

    /**
     * Returns a convolution of x (samples, steps, channels) whose kernel is another at each step of the result.
     *
     * @param kernel     (steps of the result, kernelSize · channels, filters)
     * @param kernelSize the width of a window: one number; {@code strides} too
     */
    public static Tensor localConv1d(Tensor x, Tensor kernel, int[] kernelSize, int[] strides) {
        checkRank("localConv1d", x, 3, "(samples, steps, channels)");
        return named("localConv1d", () -> Local.convolution(x, kernel, kernelSize, strides, DimOrdering.TF));
    }

    public static Tensor localConv2d(Tensor x, Tensor kernel, int[] kernelSize, int[] strides, int[] outputShape) {
        return localConv2d(x, kernel, kernelSize, strides, outputShape, imageDimOrdering());
    }

    /**
     * Returns a convolution of images whose kernel is another at each place of the result.
     *
     * @param kernel      (rows · columns of the result, elements of a window, filters), the elements in the order of
     *                    x's axes
     * @param kernelSize  (rows, columns) of a window
     * @param outputShape null, or (rows, columns) of the result, which is checked
     */
    public static Tensor localConv2d(Tensor x, Tensor kernel, int[] kernelSize, int[] strides, int[] outputShape,
            DimOrdering ordering) {
        checkRank("localConv2d", x, 4, "a batch of images");
        return named("localConv2d", () -> {
            Tensor y = Local.convolution(x, kernel, kernelSize, strides, ordering);
            int first = ordering.firstSpatialAxis();
            checkHint("localConv2d", "output_shape", outputShape, y.shape().part(first, first + 2));
            return y;
        });
    }

    public static Tensor pool1d(Tensor x, int poolSize) {
        return pool1d(x, poolSize, 1);
    }

    public static Tensor pool1d(Tensor x, int poolSize, int stride) {
        return pool1d(x, poolSize, stride, BorderMode.VALID);
    }

    public static Tensor pool1d(Tensor x, int poolSize, int stride, BorderMode borderMode) {
        return pool1d(x, poolSize, stride, borderMode, PoolMode.MAX);
    }

    /**
     * Returns the maximum or mean of each window of x (samples, steps, channels); the mean counts only what lies
     * inside.
     */
    public static Tensor pool1d(Tensor x, int poolSize, int stride, BorderMode borderMode, PoolMode poolMode) {
        checkRank("pool1d", x, 3, "(samples, steps, channels)");
        return pool("pool1d", x, new int[] {poolSize}, new int[] {stride}, borderMode, DimOrdering.TF, poolMode, 1);
    }

    private static Tensor pool(String name, Tensor x, int[] size, int[] strides, BorderMode mode, DimOrdering ordering,
            PoolMode what, int n) {
        checkRank(name, x, n + 2, n == 2 ? "a batch of images" : "a batch of volumes");
        checkEach(name, "pool_size", size, n);
        checkEach(name, "strides", strides, n);
        return named(name, () -> Pooling.of(x.shape(), size, strides, mode, ordering).pool(x, what));
    }

    public static Tensor pool2d(Tensor x, int[] poolSize) {
        return pool2d(x, poolSize, new int[] {1, 1});
    }

    public static Tensor pool2d(Tensor x, int[] poolSize, int[] strides) {
        return pool2d(x, poolSize, strides, BorderMode.VALID);
    }

    public static Tensor pool2d(Tensor x, int[] poolSize, int[] strides, BorderMode borderMode) {
        return pool2d(x, poolSize, strides, borderMode, imageDimOrdering());
    }

    public static Tensor pool2d(Tensor x, int[] poolSize, int[] strides, BorderMode borderMode, DimOrdering ordering) {
        return pool2d(x, poolSize, strides, borderMode, ordering, PoolMode.MAX);
    }

    /** Returns the maximum or mean of each window of images; the mean counts only what lies inside. */
    public static Tensor pool2d(Tensor x, int[] poolSize, int[] strides, BorderMode borderMode, DimOrdering ordering,
            PoolMode poolMode) {
        return pool("pool2d", x, poolSize, strides, borderMode, ordering, poolMode, 2);
    }

    public static Tensor pool3d(Tensor x, int[] poolSize) {
        return pool3d(x, poolSize, new int[] {1, 1, 1});
    }

    public static Tensor pool3d(Tensor x, int[] poolSize, int[] strides) {
        return pool3d(x, poolSize, strides, BorderMode.VALID);
    }

    public static Tensor pool3d(Tensor x, int[] poolSize, int[] strides, BorderMode borderMode) {
        return pool3d(x, poolSize, strides, borderMode, imageDimOrdering());
    }

    public static Tensor pool3d(Tensor x, int[] poolSize, int[] strides, BorderMode borderMode, DimOrdering ordering) {
        return pool3d(x, poolSize, strides, borderMode, ordering, PoolMode.MAX);
    }

    /** Returns the maximum or mean of each window of volumes; the mean counts only what lies inside. */
    public static Tensor pool3d(Tensor x, int[] poolSize, int[] strides, BorderMode borderMode, DimOrdering ordering,
            PoolMode poolMode) {
        return pool("pool3d", x, poolSize, strides, borderMode, ordering, poolMode, 3);
    }

    // ------------------------------------------------------------------------------------------------------ Graph

    /** Returns a function of placeholders on the device in use. */
    public static Function function(List<Tensor> inputs, List<Tensor> outputs) {
        return function(inputs, outputs, List.of());
    }

    /**
     * Returns a function of placeholders on the device in use. All outputs and new values are computed from the old
     * values, then the updates are applied at once.
     */
    public static Function function(List<Tensor> inputs, List<Tensor> outputs, List<Graph.Update> updates) {
        return Session.function(new Graph(inputs, outputs, updates));
    }

    /**
     * Returns the gradients of the sum of {@code loss}, of the shapes of {@code variables}; zeros where it does not
     * depend on one. That of a sparse matrix is sparse: it is known at the places that are stored.
     *
     * @throws IllegalArgumentException if the loss depends on a variable only through what has no gradient, such as
     *                                  {@link #round}, {@link #argmax}, a comparison, a cast to integers or
     *                                  {@link #stopGradient(Tensor)}: where Keras's is None
     */
    public static List<Tensor> gradients(Tensor loss, List<Tensor> variables) {
        List<Tensor> differentiated = variables.stream().map(v -> isSparse(v) ? SparseMatrix.of(v).values() : v)
                .toList();
        List<Tensor> gradients = Gradients.of(loss, differentiated);
        return IntStream.range(0, variables.size()).mapToObj(i -> isSparse(variables.get(i))
                ? SparseMatrix.of(variables.get(i)).with(gradients.get(i)).matrix() : gradients.get(i)).toList();
    }

    public static Tensor gradients(Tensor loss, Tensor variable) {
        return gradients(loss, List.of(variable)).get(0);
    }

    /** Returns the same value, through which no gradient flows. */
    public static Tensor stopGradient(Tensor x) {
        return Tensor.of(new Op.Stop(), x);
    }

    public static List<Tensor> stopGradient(List<Tensor> variables) {
        return variables.stream().map(K::stopGradient).toList();
    }

    /** Returns one of two tensors of one shape, as a scalar says: {@code then} unless it is false or 0. */
    public static Tensor switch_(Tensor condition, Tensor then, Tensor otherwise) {
        return switch_(condition, () -> then, () -> otherwise);
    }

    /** Returns the value of one of two functions, as a scalar says; only that one is computed. */
    public static Tensor switch_(Tensor condition, Supplier<Tensor> then, Supplier<Tensor> otherwise) {
        check(condition.rank() == 0, "switch", "the condition has shape " + condition.shape() + "; a scalar would do");
        return named("switch",
                () -> Branches.of(condition, () -> List.of(then.get()), () -> List.of(otherwise.get())).get(0));
    }

    /** Returns the same as {@link #switch_(Tensor, Supplier, Supplier)}, of a tensor and a function. */
    public static Tensor switch_(Tensor condition, Tensor then, Supplier<Tensor> otherwise) {
        return switch_(condition, () -> then, otherwise);
    }

    /** Returns the same as {@link #switch_(Tensor, Supplier, Supplier)}, of a function and a tensor. */
    public static Tensor switch_(Tensor condition, Supplier<Tensor> then, Tensor otherwise) {
        return switch_(condition, then, () -> otherwise);
    }

    /** x in the training phase, else {@code alt}. */
    public static Tensor inTrainPhase(Tensor x, Tensor alt) {
        return inTrainPhase(() -> x, () -> alt);
    }

    /** Returns the same as {@link #inTrainPhase(Supplier, Supplier)}, of a tensor and a function. */
    public static Tensor inTrainPhase(Tensor x, Supplier<Tensor> alt) {
        return inTrainPhase(() -> x, alt);
    }

    /** Returns the same as {@link #inTrainPhase(Supplier, Supplier)}, of a function and a tensor. */
    public static Tensor inTrainPhase(Supplier<Tensor> x, Tensor alt) {
        return inTrainPhase(x, () -> alt);
    }

    /** Returns the value of {@code x} in the training phase, else of {@code alt}; only that one is computed. */
    public static Tensor inTrainPhase(Supplier<Tensor> x, Supplier<Tensor> alt) {
        OptionalInt fixed = fixedLearningPhase();
        if (fixed.isPresent()) {
            return fixed.getAsInt() == 1 ? x.get() : alt.get();
        }
        return named("inTrainPhase", () -> switch_(learningPhase(), x, alt));
    }

    /** x in the testing phase, else {@code alt}. */
    public static Tensor inTestPhase(Tensor x, Tensor alt) {
        return inTrainPhase(alt, x);
    }

    /** Returns the same as {@link #inTestPhase(Supplier, Supplier)}, of a tensor and a function. */
    public static Tensor inTestPhase(Tensor x, Supplier<Tensor> alt) {
        return inTrainPhase(alt, x);
    }

    /** Returns the same as {@link #inTestPhase(Supplier, Supplier)}, of a function and a tensor. */
    public static Tensor inTestPhase(Supplier<Tensor> x, Tensor alt) {
        return inTrainPhase(alt, x);
    }

    /** Returns the value of {@code x} in the testing phase, else of {@code alt}; only that one is computed. */
    public static Tensor inTestPhase(Supplier<Tensor> x, Supplier<Tensor> alt) {
        return inTrainPhase(alt, x);
    }

    /**
     * Returns {@link #rnn(StepFunction, Tensor, List, boolean, Tensor, List, boolean, Integer)} forwards, without mask
     * and constants.
     */
    public static RnnOutputs rnn(StepFunction step, Tensor inputs, List<Tensor> initialStates) {
        return rnn(step, inputs, initialStates, false, null, List.of(), false, null);
    }

    public static RnnOutputs rnn(StepFunction step, Tensor inputs, List<Tensor> initialStates, boolean goBackwards,
            Tensor mask) {
        return rnn(step, inputs, initialStates, goBackwards, mask, List.of(), false, null);
    }

    /**
     * Steps along the time axis, traced once whatever their number.
     *
     * @param inputs        (samples, time, …); the number of steps may be known at the call only, unless unrolled
     * @param initialStates of the shapes of the new states that {@code step} returns
     * @param goBackwards   whether time goes backwards; {@code outputs} are in the order computed
     * @param mask          (samples, time) or (samples, time, 1): where it is 0, a step keeps the states, and its
     *                      output is the first state (in a loop) or the output before, zeros at first (unrolled); null
     *                      for none
     * @param constants     given to each step after the states; null for none
     * @param unroll        whether to trace each step
     * @param inputLength   null, or the number of steps, which is checked
     */
    public static RnnOutputs rnn(StepFunction step, Tensor inputs, List<Tensor> initialStates, boolean goBackwards,
            Tensor mask,
            List<Tensor> constants, boolean unroll, Integer inputLength) {
        check(inputs.rank() >= 2, "rnn", "inputs have shape " + inputs.shape() + "; (samples, time, …) would do");
        check(mask == null || mask.rank() == 2 || mask.rank() == 3 && mask.shape().dim(2).mayEqual(Dim.ONE), "rnn",
                "the mask has shape "
                        + (mask == null ? null : mask.shape()) + "; (samples, time) would do");
        check(mask == null || mask.shape().part(0, 2).accepts(inputs.shape().part(0, 2)), "rnn", "the mask has shape "
                + (mask == null ? null : mask.shape()) + ", the inputs " + inputs.shape()
                + "; their first two axes have to be the same");
        check(mask == null || unroll || !initialStates.isEmpty(), "rnn",
                "a mask takes at least one state, which is the output of a masked step");
        check(inputLength == null || inputs.shape().dim(1).mayEqual(Dim.of(inputLength)), "rnn",
                "inputs " + inputs.shape() + " have not "
                        + inputLength + " steps");
        return named("rnn", () -> {
            Rnn steps = Rnn.of(step, inputs, initialStates, goBackwards, mask,
                    constants == null ? List.of() : constants);
            return unroll ? steps.unrolled() : steps.looped();
        });
    }

    /**
     * Returns the same as {@link #rnn(StepFunction, Tensor, List, boolean, Tensor, List, boolean, Integer)}, with
     * constants that {@code step} gets as they are: nested lists or a record of tensors, say.
     */
    public static <C> RnnOutputs rnn(StepFunction.WithConstants<C> step, Tensor inputs, List<Tensor> initialStates,
            boolean goBackwards,
            Tensor mask, C constants, boolean unroll) {
        return rnn((input, states) -> step.apply(input, states, constants), inputs, initialStates, goBackwards, mask,
                List.of(), unroll, null);
    }

    /** Returns {@code fn} of each element of {@code elems} along axis 0. */
    public static Tensor mapFn(UnaryOperator<Tensor> fn, Tensor elems) {
        check(elems.rank() > 0, "mapFn", "elems is a scalar; it has no axis 0");
        return named("mapFn", () -> Rnn.mapped(fn, elems));
    }

    /** Returns {@code fn(accumulator, element)} along axis 0 from the first element, which is the first accumulator. */
    public static Tensor foldl(BinaryOperator<Tensor> fn, Tensor elems) {
        return foldl(fn, elems, null);
    }

    /**
     * Returns {@code fn(accumulator, element)} along axis 0, first of {@code initializer} and the first element;
     * returns the last.
     */
    public static Tensor foldl(BinaryOperator<Tensor> fn, Tensor elems, Tensor initializer) {
        check(elems.rank() > 0, "foldl", "elems is a scalar; it has no axis 0");
        return named("foldl", () -> Rnn.folded(fn, elems, initializer, false));
    }

    /** Returns {@code fn(accumulator, element)} along axis 0 from the last element, which is the first accumulator. */
    public static Tensor foldr(BinaryOperator<Tensor> fn, Tensor elems) {
        return foldr(fn, elems, null);
    }

    /**
     * Returns {@code fn(accumulator, element)} along axis 0, first of {@code initializer} and the last element; returns
     * the last.
     */
    public static Tensor foldr(BinaryOperator<Tensor> fn, Tensor elems, Tensor initializer) {
        check(elems.rank() > 0, "foldr", "elems is a scalar; it has no axis 0");
        return named("foldr", () -> Rnn.folded(fn, elems, initializer, true));
    }
}
