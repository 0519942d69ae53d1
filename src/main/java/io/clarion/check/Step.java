package io.clarion.check;

import io.clarion.K;
import io.clarion.graph.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A line of a program: a call whose value later lines use.
 *
 * @param number   by which they name it
 * @param receiver whose method is called; null for a function of K
 */
record Step(int number, Argument receiver, String name, List<Argument> arguments) {
    Step {
        arguments = List.copyOf(arguments);
    }

    /** Calls the function, given the values of the steps so far; what K throws comes through. */
    Object run(Map<Integer, Object> values) {
        Object of = receiver == null ? null : receiver.value(values);
        Object[] given = arguments.stream().map(a -> a.value(values)).toArray();
        try {
            return method(of, given).invoke(of, given);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw e.getCause() instanceof Error error ? error : new AssertionError(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private Method method(Object of, Object[] given) {
        Class<?> type = of == null ? K.class
                : of instanceof List<?> ? List.class : of instanceof Tensor ? Tensor.class : of.getClass();
        return Arrays.stream(type.getMethods())
                .filter(m -> m.getName().equals(name) && Modifier.isStatic(m.getModifiers()) == (of == null))
                .filter(m -> takes(m.getParameterTypes(), given)).reduce((a, b) -> isNarrower(a, b) ? a : b)
                .orElseThrow(() -> new AssertionError("there is no "
                        + type.getSimpleName() + "." + name
                        + Arrays.stream(given).map(a -> a == null ? "null" : a.getClass().getSimpleName()).toList()));
    }

    private static boolean takes(Class<?>[] parameters, Object[] given) {
        if (parameters.length != given.length) {
            return false;
        }
        for (int i = 0; i < given.length; i++) {
            if (given[i] == null ? parameters[i].isPrimitive() : !boxed(parameters[i]).isInstance(given[i])) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether a method takes no argument that another does not take. */
    private static boolean isNarrower(Method method, Method other) {
        return IntStream.range(0, method.getParameterCount())
                .allMatch(i -> other.getParameterTypes()[i].isAssignableFrom(method.getParameterTypes()[i]));
    }

    private static Class<?> boxed(Class<?> type) {
        return type == int.class ? Integer.class
                : type == double.class ? Double.class : type == boolean.class ? Boolean.class
                        : type == long.class ? Long.class : type;
    }

    /** Returns the line of Java. */
    String text() {
        return "var t" + number + " = " + (receiver == null ? "K" : receiver.text()) + "." + name
                + arguments.stream().map(Argument::text).collect(Collectors.joining(", ", "(", ")")) + ";";
    }

    /** Returns the numbers of the steps that it needs. */
    Stream<Integer> needs() {
        return Stream.concat(receiver == null ? Stream.of() : receiver.needs(),
                arguments.stream().flatMap(Argument::needs));
    }

    /** Returns this step with one number in place of another, wherever a size could stand. */
    Step with(int size, int other) {
        return new Step(number, receiver, name, arguments.stream().map(a -> a.with(size, other)).toList());
    }

    /** Returns this step with another argument in place of one. */
    Step with(Argument argument, Argument other) {
        return new Step(number, receiver, name, arguments.stream().map(a -> a == argument ? other : a).toList());
    }

    /** Returns this step with the value of one step in place of another's. */
    Step renamed(int step, int other) {
        return new Step(number, receiver == null ? null : receiver.renamed(step, other), name,
                arguments.stream().map(a -> a.renamed(step, other)).toList());
    }
}
