package io.clarion.opencl.compile.codegen;

import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Statements of OpenCL C as they are written, in blocks, and the elements that variables of these blocks hold. */
final class Statements {
    private static final String STEP = "  ";

    private final Supplier<String> fresh;
    private final StringBuilder text = new StringBuilder();
    private Scope scope = new Scope(null, new HashMap<>());
    private String indent = STEP;

    /** An element, as what it is known by within a block. */
    record Key(Expr expr, List<Index> at, int width) {}

    private record Scope(Scope outer, Map<Key, String> names) {
        String find(Key key) {
            for (Scope s = this; s != null; s = s.outer) {
                if (s.names.containsKey(key)) {
                    return s.names.get(key);
                }
            }
            return null;
        }
    }

    /** Makes a text of no statements so far; {@code fresh} gives names for variables. */
    Statements(Supplier<String> fresh) {
        this.fresh = fresh;
    }

    /** Returns those written so far. */
    String text() {
        return text.toString();
    }

    void line(String line) {
        text.append(indent).append(line).append('\n');
    }

    /** Returns the name of a variable with the value of an expression; a variable's name is its own. */
    String declare(ClType type, String expression) {
        if (expression.matches("[A-Za-z_]\\w*")) {
            return expression;
        }
        String name = fresh.get();
        line("const " + type.register() + " " + name + " = " + expression + ";");
        return name;
    }

    /** Returns the variable that holds an element, which {@code compute} writes if none does in the blocks at hand. */
    String remember(Key key, Supplier<String> compute) {
        String known = scope.find(key);
        if (known == null) {
            known = compute.get();
            scope.names.put(key, known);
        }
        return known;
    }

    /** Assigns to {@code result} in a block of its own. */
    void assign(String result, Supplier<String> value) {
        String outer = indent;
        indent = indent + STEP;
        scope = new Scope(scope, new HashMap<>());
        line(result + " = " + value.get() + ";");
        scope = scope.outer;
        indent = outer;
    }

    /** Returns what {@link #assign} would write, which is not added. */
    String apart(String result, Supplier<String> value) {
        int start = text.length();
        String outer = indent;
        Scope around = scope;
        try {
            assign(result, value);
            return text.substring(start);
        } finally {
            text.setLength(start);
            scope = around;
            indent = outer;
        }
    }

    /** Adds what {@link #apart} gave. */
    void add(String block) {
        text.append(block);
    }
}
