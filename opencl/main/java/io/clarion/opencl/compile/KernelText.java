package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A kernel while it is written: the file that it is an instance of, the buffers that it turns out to use and the
 * functions that fill its holes. Names that belong to this kernel alone hold an {@code @}, which {@link #source}
 * replaces.
 */
final class KernelText {
    /** The variable that holds the first of the rows at hand of a chain. */
    static final String FIRST_ROW = "first_row";
    private final String file;
    private final Predicate<Tensor> stored;
    private final Unfolding nests;
    private final Set<Tensor> locals;
    private final String space;
    private final List<Integer> widths;
    private final Map<Tensor, String> reads = new IdentityHashMap<>();
    private final Map<Tensor, String> writes = new IdentityHashMap<>();
    private final List<Argument> arguments = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final Map<Tensor, String> computed = new IdentityHashMap<>();
    private final Map<Tensor, Boolean> free = new IdentityHashMap<>();
    private final Map<Tensor, String> arrays = new LinkedHashMap<>();
    private final List<String> declared = new ArrayList<>();
    private final Map<String, String> macros = new LinkedHashMap<>();
    private final StringBuilder stages = new StringBuilder();
    private final StringBuilder functions = new StringBuilder();
    private int variables;
    private int laneFunctions;
    private double lanesByLane;
    private boolean drawn;
    private long streamed = Long.MAX_VALUE;

    /** What a parameter is bound to. */
    sealed interface Argument {
        /** The buffer of a tensor. */
        record Stored(Tensor tensor) implements Argument {}

        /** The number of the draw. */
        record Draw() implements Argument {}

        /** A counter of a loop. */
        record Counter(String name) implements Argument {}

        /** An array of a chain for the rows at hand. */
        record Local(Tensor tensor) implements Argument {}

        /** A size that a call told, which the text does not hold: other sizes need no other program. */
        record Size(int size) implements Argument {}
    }

    /**
     * An instance of {@code file} of kernels-cl without vectors.
     *
     * @param stored the tensors that lie in buffers when this kernel runs
     * @param nests  where what belongs to loops and branches lies
     */
    KernelText(String file, Predicate<Tensor> stored, Unfolding nests) {
        this(file, stored, nests, Set.of(), "global", List.of());
    }

    /**
     * Where {@code locals} are in the memory {@code space}, for the rows at hand alone: those from {@link #FIRST_ROW} on;
     * with vectors of {@code widths}.
     */
    KernelText(String file, Predicate<Tensor> stored, Unfolding nests, Set<Tensor> locals, String space, List<Integer> widths) {
        this.file = file;
        this.stored = stored;
        this.nests = nests;
        this.locals = locals;
        this.space = space;
        this.widths = widths;
    }

    /** Checks that the program has functions for vectors of {@code width} lanes. */
    void require(int width) {
        if (width != 1 && !widths.contains(width)) {
            throw new AssertionError(file + " wants vectors of " + width + " lanes, for which there are no functions; there are those of " + widths);
        }
    }

    String file() {
        return file;
    }

    boolean isStored(Tensor t) {
        return stored.test(t);
    }

    /** The tensors that variables of the kernel hold, such as the sum in its accumulator. */
    Map<Tensor, String> computed() {
        return computed;
    }

    /** Whether {@code t} can be computed without what is in {@link #computed}. */
    boolean isFree(Tensor t) {
        Boolean known = free.get(t);
        if (known == null) {
            known = !computed.containsKey(t) && (isStored(t) || t.inputs().stream().allMatch(this::isFree));
            free.put(t, known);
        }
        return known;
    }

    /** The name of the parameter from which a stored tensor is read. */
    String read(Tensor t) {
        return reads.computeIfAbsent(t, x -> parameter(x, false));
    }

    /** The name of the parameter to which an output is written. */
    String written(Tensor t) {
        return writes.computeIfAbsent(t, x -> parameter(x, true));
    }

    private String parameter(Tensor t, boolean written) {
        boolean isLocal = locals.contains(t);
        return added((isLocal ? space : "global") + " " + (written ? "" : "const ") + ClType.memory(t.dtype()) + "* " + (written ? "out" : "in"),
                isLocal ? new Argument.Local(t) : new Argument.Stored(t));
    }

    /** Where a place of a stored tensor lies in what stands for it. */
    Index located(Tensor t, Index flat) {
        if (!locals.contains(t)) {
            return flat;
        }
        count(FIRST_ROW);
        return flat.plus(Index.var(FIRST_ROW, t.shape().size(0)).times(-rowElements(t)));
    }

    /** How many elements of a stored tensor may be read wherever it lies: of one for the rows at hand, a row. */
    int extent(Tensor t) {
        return locals.contains(t) ? rowElements(t) : t.shape().elements();
    }

    private static int rowElements(Tensor t) {
        return t.shape().elements() / t.shape().size(0);
    }

    /** Adds a parameter, whose name is the last word of {@code declaration} and a number; returns the name. */
    private String added(String declaration, Argument argument) {
        String name = declaration.substring(declaration.lastIndexOf(' ') + 1) + parameters.size();
        parameters.add(declaration + parameters.size());
        names.add(name);
        arguments.add(argument);
        return name;
    }

    /** What a parameter of a loop's body stands for. */
    Cell cell(Tensor parameter) {
        return counted(nests.cells().get(parameter));
    }

    /** Where an output is stored. */
    Cell destination(Tensor output) {
        return counted(nests.destinations().getOrDefault(output, new Cell(output, null)));
    }

    /** The cell, whose counters become parameters. */
    private Cell counted(Cell cell) {
        for (String counter : cell.at() == null ? List.<String>of() : Variables.of(List.of(cell.at()))) {
            count(counter);
        }
        return cell;
    }

    private void count(String counter) {
        if (!names.contains(counter) && !declared.contains(counter)) {
            parameters.add("const int " + counter);
            names.add(counter);
            arguments.add(new Argument.Counter(counter));
        }
    }

    /** The name of the parameter that holds a size. */
    String size(Tensor t, int size) {
        return reads.computeIfAbsent(t, x -> added("const int size", new Argument.Size(size)));
    }

    /** The two halves of the number of the draw, as arguments. */
    String draw() {
        if (!drawn) {
            drawn = true;
            parameters.add("global const uint* draw");
            names.add("draw");
            arguments.add(new Argument.Draw());
        }
        return "draw[0], draw[1]";
    }

    /** What to bind, in the order of the parameters. */
    List<Argument> arguments() {
        return arguments;
    }

    String fresh() {
        return "t" + variables++;
    }

    /** How many places are read lane by lane for want of a vector load; one that seldom is counts for that share. */
    double lanesByLane() {
        return lanesByLane;
    }

    /** Says that in a {@code share} of all vectors a place is read lane by lane. */
    void laneByLane(double share) {
        lanesByLane += share;
    }

    /** Adds a function that lanes call; returns its name. */
    String function(String type, List<String> variables, String statements, String result) {
        String name = "@_lane" + laneFunctions++;
        define(name, type, variables, statements, "return " + result + ";");
        return name;
    }

    String arguments(List<String> values) {
        return values.isEmpty() ? "ARGUMENTS" : "ARGUMENTS, " + String.join(", ", values);
    }

    /** Fills the hole {@code name} with a function of int variables that returns {@code result}. */
    void hole(String name, String type, List<String> variables, String statements, String result) {
        fill(name, variables.stream().map(v -> "const int " + v).toList(), variables, type, statements, "return " + result + ";");
    }

    /** Fills the hole {@code name} with a function that has an effect; {@code typed} are its parameters with types. */
    void effect(String name, List<String> typed, List<String> variables, String statements) {
        fill(name, typed, variables, "void", statements, null);
    }

    private void fill(String name, List<String> typed, List<String> variables, String type, String statements, String last) {
        String function = "@_" + name.toLowerCase(java.util.Locale.ROOT);
        body(function, type, typed, statements, last);
        String list = String.join(", ", variables);
        macros.put(name + "(" + list + ")", function + "(ARGUMENTS, " + list + ")");
    }

    private void define(String name, String type, List<String> variables, String statements, String last) {
        body(name, type, variables.stream().map(v -> "const int " + v).toList(), statements, last);
    }

    private void body(String name, String type, List<String> typed, String statements, String last) {
        functions.append("static ").append(type).append(' ').append(name).append('(')
                .append(typed.isEmpty() ? "PARAMETERS" : "PARAMETERS, " + String.join(", ", typed)).append(") {\n")
                .append(statements).append(last == null ? "" : "  " + last + "\n").append("}\n");
    }

    /** Has whole vectors of tensors of at least {@code bytes} stored past the caches, with clang's own function. */
    void streamFrom(long bytes) {
        streamed = bytes;
    }

    /** Whether a tensor is stored past the caches. */
    boolean isStreamed(Tensor tensor) {
        return tensor.dtype() == DType.FLOAT32 && (long) tensor.shape().elements() * Float.BYTES >= streamed;
    }

    /** Gives a parameter of the file a value. */
    void macro(String name, Object value) {
        macros.put(name, value.toString());
    }

    /** The value that a parameter of the file was given. */
    String macro(String name) {
        return macros.get(name);
    }

    /** Adds the text of {@code stage} as what comes {@code number}th before the file's own; returns the function that does a range of it. */
    String stage(KernelText stage, int number, java.util.function.Function<String, String> files) {
        stages.append(stage.text(files).replace("@", "@" + number));
        return "@" + number + "_range";
    }

    /** The name, in this kernel, of what an argument of a stage is bound to. */
    String passed(Argument argument) {
        return switch (argument) {
            case Argument.Stored(Tensor t) -> written(t);
            case Argument.Local(Tensor t) -> arrays.computeIfAbsent(t, x -> "rows" + arrays.size());
            case Argument.Draw() -> {
                draw();
                yield "draw";
            }
            case Argument.Counter(String counter) -> {
                count(counter);
                yield counter;
            }
            case Argument.Size(int size) -> added("const int size", argument);
        };
    }

    /** The arrays of a chain by the tensors that they hold rows of. */
    Map<Tensor, String> arrays() {
        return arrays;
    }

    /** Says that the text itself declares a counter, which is no parameter then. */
    void declares(String counter) {
        declared.add(counter);
    }

    /** The kernel's OpenCL C; {@code files} gives the text of a file. */
    Source source(java.util.function.Function<String, String> files) {
        String text = text(files);
        String name = file.replaceFirst("\\.cl$", "_") + Digest.of(text).substring(0, 16);
        return new Source(name, text.replace("@", name));
    }

    private String text(java.util.function.Function<String, String> files) {
        var text = new StringBuilder(stages);
        var defined = new ArrayList<String>();
        macros.put("KERNEL", "@");
        macros.put("PARAMETERS", String.join(", ", parameters));
        macros.put("ARGUMENTS", String.join(", ", names));
        macros.forEach((name, value) -> {
            text.append("#define ").append(name).append(' ').append(value).append('\n');
            defined.add(name.replaceFirst("\\(.*", ""));
        });
        text.append(functions).append(files.apply(file));
        defined.forEach(name -> text.append("#undef ").append(name).append('\n'));
        return text.toString();
    }

    /** A kernel's name and its text. */
    record Source(String name, String text) {}
}
