package io.clarion.check;

import io.clarion.check.Argument.Ints;
import io.clarion.check.Argument.Plain;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Sums, extremes, scans. */
final class ReductionRows {
    private ReductionRows() {}

    static List<Row> all() {
        var rows = new ArrayList<Row>();
        for (String name : List.of("max", "min", "any", "all")) {
            rows.add(Row.of(name, s -> reduced(s, name, name.startsWith("a") ? s.anything(1, 5) : s.numbers(1, 5))));
        }
        rows.add(new Row("sum", 2, s -> reduced(s, "sum", s.numbers(1, 5))));
        rows.add(Row.of("mean", s -> reduced(s, "mean", s.numbers(1, 5))));
        for (String name : List.of("var", "std", "logsumexp")) {
            rows.add(Row.of(name, s -> reduced(s, name, s.floats(1, 5))));
        }
        rows.add(Row.of("prod", s -> reduced(s, "prod", nearOne(s))));
        for (String name : List.of("argmax", "argmin")) {
            rows.add(Row.of(name, s -> {
                Known x = s.numbers(1, 4);
                s.call(name, x.ref(), new Plain(s.axis(x)));
            }));
        }
        rows.add(Row.of("cumsum", s -> {
            Known x = s.anything(1, 4);
            s.call("cumsum", x.ref(), new Plain(s.axis(x)));
        }));
        rows.add(Row.of("cumprod", s -> {
            Known x = nearOne(s);
            s.call("cumprod", x.ref(), new Plain(s.axis(x)));
        }));
        return rows;
    }

    private static void reduced(Sketch s, String name, Known x) {
        if (s.chance(0.5)) {
            s.call(name, x.ref(), new Plain(s.axis(x)), new Plain(s.chance(0.5)));
        } else {
            s.call(name, x.ref(), s.chance(0.15) ? Ints.of() : s.axes(x.rank(), 1), new Plain(s.chance(0.5)));
        }
    }

    /** Returns numbers whose products are neither huge nor tiny. */
    private static Known nearOne(Sketch s) {
        Known x = s.floats(1, 4);
        if (x.dtype() == DType.FLOAT16 || x.low() < 0.5 || x.high() > 2) {
            Known small = s.on(s.call("tanh", x.ref()).ref(), "times", new Plain(0.1));
            return s.on(small.ref(), "plus", new Plain(s.one(1.0, -1.0)));
        }
        return x;
    }
}
