package io.clarion.check;

import io.clarion.check.Argument.Plain;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Functions of the elements at the same place. */
final class ElementwiseRows {
    private static final double[] EXPONENTS = {0, 0.5, 1, 2, 2.5, 3, -1};

    private ElementwiseRows() {}

    static List<Row> all() {
        var rows = new ArrayList<Row>();
        for (String name : List.of("square", "abs", "sign", "relu")) {
            rows.add(Row.of(name, s -> s.call(name, s.numbers(0, 5).ref())));
        }
        for (String name : List.of("round", "sin", "cos", "elu", "softplus", "softsign", "sigmoid", "hardSigmoid",
                "tanh")) {
            rows.add(Row.of(name, s -> s.call(name, s.floats(0, 5).ref())));
        }
        for (String name : List.of("log", "sqrt")) {
            rows.add(Row.of(name, s -> s.call(name, s.positive(s.floats()).ref())));
        }
        rows.add(Row.of("exp", s -> s.call("exp", small(s).ref())));
        for (String name : List.of("maximum", "minimum", "equal", "notEqual", "greater", "greaterEqual", "lesser",
                "lesserEqual")) {
            rows.add(Row.of(name, s -> compared(s, name)));
        }
        for (String name : List.of("plus", "minus", "times")) {
            rows.add(new Row("." + name, 2, s -> combined(s, name)));
        }
        rows.add(Row.of(".div", s -> {
            Known x = s.numbers(0, 4);
            s.on(x.ref(), "div", s.positive(s.beside(x, Known::isFloating, s.floating(), 0.5, 2)).ref());
        }));
        rows.add(Row.of(".neg", s -> s.on(s.numbers(0, 5).ref(), "neg")));
        rows.add(Row.of("minus", s -> s.call("minus", new Plain(s.one(1.0, 0.5)), s.numbers(0, 4).ref())));
        rows.add(Row.of("div", s -> s.call("div", new Plain(s.one(1.0, -2.0)), s.positive(s.floats()).ref())));
        rows.add(Row.of("pow", s -> s.call("pow", new Plain(s.one(2.0, 0.5)), small(s).ref())));
        rows.add(Row.of("pow", ElementwiseRows::pow));
        rows.add(Row.of("clip", s -> s.call("clip", s.numbers(0, 4).ref(), new Plain(-1.0 * s.number(0, 2)),
                new Plain(1.0 * s.number(0, 2)))));
        rows.add(Row.of("relu", s -> {
            var alpha = new Plain(0.25 * s.number(0, 2));
            Known x = s.floats();
            if (s.chance(0.5)) {
                s.call("relu", x.ref(), alpha);
            } else {
                s.call("relu", x.ref(), alpha, new Plain(2.0));
            }
        }));
        rows.add(Row.of("relu", s -> {
            Known x = s.floats();
            s.call("relu", x.ref(), s.beside(x, k -> k.dtype() == x.dtype(), x.dtype(), 0, 1).ref(),
                    s.beside(x, k -> k.dtype() == x.dtype(), x.dtype(), 1, 2).ref());
        }));
        rows.add(Row.of("elu", s -> s.call("elu", s.floats().ref(), new Plain(0.5))));
        rows.add(Row.of("cast", s -> s.call("cast", s.anything(0, 5).ref(), new Plain(s.dtype()))));
        return rows;
    }

    private static Known small(Sketch s) {
        Known x = s.floats();
        return x.high() <= 5 ? x : s.call("clip", x.ref(), new Plain(-6.0), new Plain(2.0));
    }

    private static void compared(Sketch s, String name) {
        Known x = s.numbers(0, 4);
        if (s.chance(0.4)) {
            s.call(name, x.ref(), new Plain(s.one(0.0, 0.5, 1.0)));
        } else {
            s.call(name, x.ref(), s.beside(x, k -> k.dtype() != DType.BOOL, x.dtype(), -2, 2).ref());
        }
    }

    private static void combined(Sketch s, String name) {
        Known x = s.numbers(0, 5);
        if (s.chance(0.25)) {
            s.on(x.ref(), name, new Plain(s.one(0.5, 2.0, -1.0, 0.1, 3.0, 1.0, 0.0)));
        } else {
            s.on(x.ref(), name,
                    s.beside(x, k -> k.dtype() != DType.BOOL, s.chance(0.8) ? x.dtype() : s.floating(), -2, 2).ref());
        }
    }

    private static void pow(Sketch s) {
        Known x = s.positive(s.floats());
        if (x.high() > 10) {
            x = s.on(s.call("tanh", x.ref()).ref(), "plus", new Plain(0.1));
        }
        if (s.chance(0.5)) {
            s.call("pow", x.ref(), new Plain(EXPONENTS[s.number(0, EXPONENTS.length - 1)]));
        } else {
            s.call("pow", x.ref(), s.call("clip", s.beside(x, k -> k.dtype() == DType.FLOAT32, x.dtype(), -2, 2).ref(),
                    new Plain(-2.0), new Plain(2.0)).ref());
        }
    }
}
