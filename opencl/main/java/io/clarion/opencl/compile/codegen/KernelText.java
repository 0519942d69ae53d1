package io.clarion.opencl.compile.codegen;

import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A kernel while it is written: the file that it is an instance of, the buffers that it turns out to use and the
 * functions that fill its holes. Names that belong to this kernel alone hold an {@code @}, which {@link #source}
 * replaces.
 */
public final class KernelText {
    /** The variable that holds the first of the rows at hand. */
    public static final String FIRST_ROW = "first_row";
    private final String file;
    private final Set<Buffer> locals;
    private final String space;
    private final List<Integer> widths;
    private final Map<Buffer, String> reads = new HashMap<>();
    private final Map<Buffer, String> writes = new HashMap<>();
    private final Map<Expr, String> sizes = new HashMap<>();
    private final List<Argument> arguments = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final Map<Expr, String> computed = new HashMap<>();
    private final Map<Expr, Boolean> free = new HashMap<>();
    private final Map<Buffer, String> arrays = new LinkedHashMap<>();
    private final List<String> declared = new ArrayList<>();
    private final Map<String, String> macros = new LinkedHashMap<>();
    private final StringBuilder stages = new StringBuilder();
    private final StringBuilder functions = new StringBuilder();
    private int variables;
    private int laneFunctions;
    private double lanesByLane;
    private boolean drawn;
    private long streamed = Long.MAX_VALUE;

    /** The argument that a parameter is bound to. */
    public sealed interface Argument {
        /** A buffer. */
        record Stored(Buffer buffer) implements Argument {}

        /** The number of the draw. */
        record Draw() implements Argument {}

        /** A counter of a loop. */
        record Counter(String name) implements Argument {}

        /** An array for the rows at hand of fused rows. */
        record Local(Buffer buffer) implements Argument {}

        /** A size that a call told, which the text does not hold: other sizes need no other program. */
        record Size(int size) implements Argument {}
    }

    /** Makes an instance of {@code file} of kernels-cl without vectors. */
    public KernelText(String file) {
        this(file, Set.of(), "global", List.of());
    }

    /**
     * Makes an instance of {@code file} with vectors of {@code widths}. {@code locals} are in the memory {@code space},
     * for the rows at hand alone: those from {@link #FIRST_ROW} on.
     */
    public KernelText(String file, Set<Buffer> locals, String space, List<Integer> widths) {
        this.file = file;
        this.locals = locals;
        this.space = space;
        this.widths = widths;
    }

    /** Checks that the program has functions for vectors of {@code width} lanes. */
    void require(int width) {
        if (width != 1 && !widths.contains(width)) {
            throw new AssertionError(file + " wants vectors of " + width
                    + " lanes, for which there are no functions; there are those of " + widths);
        }
    }

    String file() {
        return file;
    }

    /** Returns what variables of the kernel hold, such as the sum in its accumulator. */
    Map<Expr, String> computed() {
        return computed;
    }

    /** Returns whether {@code t} can be computed without what is in {@link #computed}. */
    boolean isFree(Expr t) {
        Boolean known = free.get(t);
        if (known == null) {
            known = !computed.containsKey(t) && t.inputs().stream().allMatch(this::isFree);
            free.put(t, known);
        }
        return known;
    }

    /** Returns the name of the parameter from which a stored tensor is read. */
    public String read(Buffer t) {
        return reads.computeIfAbsent(t, x -> parameter(x, false));
    }

    /** Returns the name of the parameter to which an output is written. */
    public String written(Buffer t) {
        return writes.computeIfAbsent(t, x -> parameter(x, true));
    }

    private String parameter(Buffer t, boolean written) {
        boolean isLocal = locals.contains(t);
        return added(
                (isLocal ? space : "global") + " " + (written ? "" : "const ") + ClType.memory(t.dtype()) + "* "
                        + (written ? "out" : "in"),
                isLocal ? new Argument.Local(t) : new Argument.Stored(t));
    }

    /** Returns where a place of a stored tensor lies in what stands for it. */
    Index located(Buffer t, Index flat) {
        if (!locals.contains(t)) {
            return flat;
        }
        count(FIRST_ROW);
        return flat.plus(Index.var(FIRST_ROW, t.shape().size(0)).times(-rowElements(t)));
    }

    /**
     * Returns how many elements of a stored tensor may be read wherever it lies: of one for the rows at hand, a row.
     */
    int extent(Buffer t) {
        return locals.contains(t) ? rowElements(t) : t.elements();
    }

    private static int rowElements(Buffer t) {
        return t.elements() / t.shape().size(0);
    }

    /** Adds a parameter, whose name is the last word of {@code declaration} and a number; returns the name. */
    private String added(String declaration, Argument argument) {
        String name = declaration.substring(declaration.lastIndexOf(' ') + 1) + parameters.size();
        parameters.add(declaration + parameters.size());
        names.add(name);
        arguments.add(argument);
        return name;
    }

    /** Has a loop's counter as a parameter. */
    void count(String counter) {
        if (!names.contains(counter) && !declared.contains(counter)) {
            parameters.add("const int " + counter);
            names.add(counter);
            arguments.add(new Argument.Counter(counter));
        }
    }

    /** Returns the name of the parameter that holds a size. */
    String size(Expr t, int size) {
        return sizes.computeIfAbsent(t, x -> added("const int size", new Argument.Size(size)));
    }

    /** Returns the two halves of the number of the draw, as arguments. */
    String draw() {
        if (!drawn) {
            drawn = true;
            parameters.add("global const uint* draw");
            names.add("draw");
            arguments.add(new Argument.Draw());
        }
        return "draw[0], draw[1]";
    }

    /** Returns what to bind, in the order of the parameters. */
    public List<Argument> arguments() {
        return arguments;
    }

    String fresh() {
        return "t" + variables++;
    }

    /**
     * Returns how many places are read lane by lane for want of a vector load; one that seldom is counts for that
     * share.
     */
    public double lanesByLane() {
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

    public String arguments(List<String> values) {
        return values.isEmpty() ? "ARGUMENTS" : "ARGUMENTS, " + String.join(", ", values);
    }

    /** Fills the hole {@code name} with a function of int variables that returns {@code result}. */
    public void hole(String name, String type, List<String> variables, String statements, String result) {
        fill(name, variables.stream().map(v -> "const int " + v).toList(), variables, type, statements,
                "return " + result + ";");
    }

    /** Fills the hole {@code name} with a function that has an effect; {@code typed} are its parameters with types. */
    public void effect(String name, List<String> typed, List<String> variables, String statements) {
        fill(name, typed, variables, "void", statements, null);
    }

    private void fill(String name, List<String> typed, List<String> variables, String type, String statements,
            String last) {
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
    public void streamFrom(long bytes) {
        streamed = bytes;
    }

    /** Returns whether a tensor is stored past the caches. */
    boolean isStreamed(Buffer buffer) {
        return buffer.dtype() == DType.FLOAT32 && buffer.bytes() >= streamed;
    }

    /** Gives a parameter of the file a value. */
    public void macro(String name, Object value) {
        macros.put(name, value.toString());
    }

    /**
     * Adds the text of {@code stage} as what comes {@code number}th before the file's own; returns the function that
     * does a range of it.
     */
    public String stage(KernelText stage, int number, java.util.function.Function<String, String> files) {
        stages.append(stage.text(files).replace("@", "@" + number));
        return "@" + number + "_range";
    }

    /** Returns the name, in this kernel, of what an argument of a stage is bound to. */
    public String passed(Argument argument) {
        return switch (argument) {
            case Argument.Stored(Buffer t) -> written(t);
            case Argument.Local(Buffer t) -> arrays.computeIfAbsent(t, x -> "rows" + arrays.size());
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

    /** Returns the arrays of fused rows by the buffers that they stand for. */
    public Map<Buffer, String> arrays() {
        return arrays;
    }

    /** Says that the text itself declares a counter, which is no parameter then. */
    public void declares(String counter) {
        declared.add(counter);
    }

    /** Returns the kernel's OpenCL C; {@code files} gives the text of a file. */
    public Source source(java.util.function.Function<String, String> files) {
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
    public record Source(String name, String text) {}
}
