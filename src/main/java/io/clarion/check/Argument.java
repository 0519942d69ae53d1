package io.clarion.check;

import io.clarion.StepFunction;
import io.clarion.graph.Index;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An argument of a function that a step of a program calls. */
sealed interface Argument {
    /** The constant null. */
    Argument NONE = new Plain(null);

    /** Returns the value, given those of the steps so far. */
    Object value(Map<Integer, Object> values);

    /** Returns the Java expression. */
    String text();

    /** Returns the numbers of the steps that it needs. */
    default Stream<Integer> needs() {
        return Stream.of();
    }

    /** Returns this argument with one number in place of another, wherever a size or an axis could stand. */
    default Argument with(int number, int other) {
        return this;
    }

    /** Returns this argument with the value of one step in place of another's. */
    default Argument renamed(int step, int other) {
        return this;
    }

    /** The value of a step. */
    record Ref(int step) implements Argument {
        @Override
        public Object value(Map<Integer, Object> values) {
            if (!values.containsKey(step)) {
                throw new IllegalArgumentException("there is no t" + step);
            }
            return values.get(step);
        }

        @Override
        public String text() {
            return "t" + step;
        }

        @Override
        public Stream<Integer> needs() {
            return Stream.of(step);
        }

        @Override
        public Argument renamed(int from, int other) {
            return step == from ? new Ref(other) : this;
        }
    }

    /** A list of arguments. */
    record Many(List<Argument> arguments) implements Argument {
        public Many {
            arguments = List.copyOf(arguments);
        }

        @Override
        public Object value(Map<Integer, Object> values) {
            return arguments.stream().map(a -> a.value(values)).toList();
        }

        @Override
        public String text() {
            return arguments.stream().map(Argument::text).collect(Collectors.joining(", ", "List.of(", ")"));
        }

        @Override
        public Stream<Integer> needs() {
            return arguments.stream().flatMap(Argument::needs);
        }

        @Override
        public Argument renamed(int step, int other) {
            return new Many(arguments.stream().map(a -> a.renamed(step, other)).toList());
        }
    }

    /** A number, a truth value, a constant of an enum, or null. */
    record Plain(Object constant) implements Argument {
        @Override
        public Object value(Map<Integer, Object> values) {
            return constant;
        }

        @Override
        public String text() {
            return switch (constant) {
                case Enum<?> word -> word.getDeclaringClass().getSimpleName() + "." + word.name();
                case Long number -> number + "L";
                case null, default -> String.valueOf(constant);
            };
        }

        @Override
        public Argument with(int number, int other) {
            return constant instanceof Integer i && i == number ? new Plain(other) : this;
        }
    }

    /** Sizes, axes, strides. */
    record Ints(List<Integer> numbers) implements Argument {
        public Ints {
            numbers = List.copyOf(numbers);
        }

        static Ints of(int... numbers) {
            return new Ints(Arrays.stream(numbers).boxed().toList());
        }

        @Override
        public Object value(Map<Integer, Object> values) {
            return numbers.stream().mapToInt(i -> i).toArray();
        }

        @Override
        public String text() {
            return numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "new int[] {", "}"));
        }

        @Override
        public Argument with(int number, int other) {
            return new Ints(numbers.stream().map(n -> n == number ? other : n).toList());
        }
    }

    /** Places along axes, as NumPy's indices and slices pick them. */
    record Places(List<Index> places) implements Argument {
        public Places {
            places = List.copyOf(places);
        }

        @Override
        public Object value(Map<Integer, Object> values) {
            return places.toArray(Index[]::new);
        }

        @Override
        public String text() {
            return places.stream().map(Places::text).collect(Collectors.joining(", "));
        }

        private static String text(Index index) {
            return switch (index) {
                case Index.NewAxis() -> "Index.NEW";
                case Index.Rest() -> "Index.REST";
                case Index.Place(int place) -> "Index.at(" + place + ")";
                case Index.Span(Integer start, Integer stop, int step) -> (start == null && stop == null ? "Index.ALL"
                        : stop == null ? "Index.from(" + start + ")"
                                : start == null ? "Index.to(" + stop + ")"
                                        : "Index.between(" + start + ", " + stop + ")")
                        + (step == 1 ? "" : ".step(" + step + ")");
            };
        }
    }

    /** An array that never changes. */
    record Array(Drawn drawn) implements Argument {
        @Override
        public Object value(Map<Integer, Object> values) {
            return drawn.given(0, 0);
        }

        @Override
        public String text() {
            return drawn.text("0", "");
        }

        @Override
        public Argument with(int number, int other) {
            return new Array(Program.with(drawn, number, other));
        }
    }

    /** A function: steps from parameters to results, which see what is around them. */
    record Block(Kind kind, List<Integer> parameters, List<Step> steps, List<Integer> results) implements Argument {
        /** The form in which K takes a function. */
        enum Kind { SUPPLIER, UNARY, BINARY, STEP }

        public Block {
            parameters = List.copyOf(parameters);
            steps = List.copyOf(steps);
            results = List.copyOf(results);
        }

        @Override
        public Object value(Map<Integer, Object> values) {
            return switch (kind) {
                case SUPPLIER -> (Supplier<Tensor>) () -> run(values).get(0);
                case UNARY -> (UnaryOperator<Tensor>) x -> run(values, x).get(0);
                case BINARY -> (BinaryOperator<Tensor>) (x, y) -> run(values, x, y).get(0);
                case STEP -> (StepFunction) (x, states) -> {
                    List<Tensor> made = run(values, x, states);
                    return new StepFunction.Step(made.get(0), made.subList(1, made.size()));
                };
            };
        }

        /** Returns this function with one step less each, something that the step needs in place of its value. */
        List<Block> shorter() {
            var found = new ArrayList<Block>();
            for (Step step : steps.reversed()) {
                step.needs().distinct().forEach(need -> {
                    List<Integer> instead = results.stream().map(r -> r == step.number() ? need : r).toList();
                    found.add(new Block(kind, parameters, Program.needed(
                            steps.stream().filter(s -> s != step).map(s -> s.renamed(step.number(), need)).toList(),
                            instead), instead));
                });
            }
            return found;
        }

        private List<Tensor> run(Map<Integer, Object> values, Object... given) {
            var own = new HashMap<>(values);
            for (int i = 0; i < given.length; i++) {
                own.put(parameters.get(i), given[i]);
            }
            steps.forEach(s -> own.put(s.number(), s.run(own)));
            return results.stream().map(r -> (Tensor) new Ref(r).value(own)).toList();
        }

        @Override
        public String text() {
            var lines = new ArrayList<String>();
            lines.add(parameters.stream().map(p -> "t" + p).collect(Collectors.joining(", ", "(", ") -> {")));
            steps.forEach(s -> lines.add("        " + s.text()));
            String result = "t" + results.get(0);
            lines.add("        return " + (kind != Kind.STEP ? result : "new StepFunction.Step(" + result + ", "
                    + results.stream().skip(1).map(r -> "t" + r).collect(Collectors.joining(", ", "List.of(", ")"))
                    + ")") + ";");
            lines.add("    }");
            return String.join("\n", lines);
        }

        @Override
        public Stream<Integer> needs() {
            return Stream.concat(steps.stream().flatMap(Step::needs), results.stream())
                    .filter(n -> !parameters.contains(n) && steps.stream().noneMatch(s -> s.number() == n));
        }

        @Override
        public Argument with(int number, int other) {
            return new Block(kind, parameters, steps.stream().map(s -> s.with(number, other)).toList(), results);
        }

        @Override
        public Argument renamed(int step, int other) {
            return new Block(kind, parameters, steps.stream().map(s -> s.renamed(step, other)).toList(),
                    results.stream().map(r -> r == step ? (Integer) other : r).toList());
        }
    }
}
