package io.clarion.tensor;

import java.util.Map;

/**
 * The size of one axis: known, or an expression of sizes that are only known at a call.
 *
 * <p>A placeholder's {@code None} becomes a {@link Symbol}; shape rules compute with it as with a number, and
 * {@link #resolve} puts numbers in once a call has bound the symbols.
 */
public sealed interface Dim {
    /** A size that is known. */
    record Known(int size) implements Dim {
        public Known {
            if (size < 0) {
                throw new IllegalArgumentException("an axis cannot have " + size + " elements");
            }
        }
    }

    /** A size that a call will tell; two symbols are the same only if they are the same object. */
    final class Symbol implements Dim {
        private final String name;

        public Symbol(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** {@code left + right·factor}. */
    record Sum(Dim left, Dim right, int factor) implements Dim {}

    /** {@code left · right}. */
    record Product(Dim left, Dim right) implements Dim {}

    /** {@code ⌊left / right⌋}. */
    record Quotient(Dim left, Dim right) implements Dim {}

    /** {@code max(0, left − right)}. */
    record Excess(Dim left, Dim right) implements Dim {}

    Dim ONE = new Known(1);

    static Dim of(int size) {
        return new Known(size);
    }

    private static Dim exactly(long size, String sum) {
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "an axis of " + sum + " = " + size + " elements has more than the 2^31 - 1 that are possible");
        }
        return of((int) Math.max(size, Integer.MIN_VALUE));
    }

    default boolean isKnown() {
        return this instanceof Known;
    }

    /** Returns whether this is known to be {@code size}. */
    default boolean is(int size) {
        return this instanceof Known(int known) && known == size;
    }

    default Dim plus(int other) {
        return plus(of(Math.abs(other)), Integer.signum(other));
    }

    default Dim plus(Dim other) {
        return plus(other, 1);
    }

    default Dim minus(Dim other) {
        return plus(other, -1);
    }

    private Dim plus(Dim other, int factor) {
        if (this instanceof Known(int a) && other instanceof Known(int b)) {
            return exactly((long) a + (long) factor * b, a + (factor < 0 ? " - " : " + ")
                    + (factor == 1 || factor == -1 ? "" : Math.abs((long) factor) + " * ") + b);
        }
        if (other.is(0) || factor == 0) {
            return this;
        }
        if (this instanceof Sum(Dim left, Known(int a), int f) && other instanceof Known(int b)) {
            long total = (long) f * a + (long) factor * b;
            return left.plus(exactly(Math.abs(total), f + " * " + a + " + " + factor + " * " + b), Long.signum(total));
        }
        return new Sum(this, other, factor);
    }

    /** Returns by how much this is larger than {@code other}; 0 if it is not. */
    default Dim excess(Dim other) {
        if (this instanceof Known(int a) && other instanceof Known(int b)) {
            return of(Math.max(0, Math.subtractExact(a, b)));
        }
        return other.is(0) ? this : new Excess(this, other);
    }

    default Dim times(Dim other) {
        if (this instanceof Known(int a) && other instanceof Known(int b)) {
            return exactly((long) a * b, a + " * " + b);
        }
        if (isKnown()) {
            return other.times(this);
        }
        if (this instanceof Product(Dim left, Known(int a)) && other instanceof Known(int b)) {
            return left.times(exactly((long) a * b, a + " * " + b));
        }
        return other.is(1) ? this : new Product(this, other);
    }

    /** Returns the quotient rounded down. */
    default Dim dividedBy(Dim other) {
        if (this instanceof Known(int a) && other instanceof Known(int b) && b != 0) {
            return of(Math.floorDiv(a, b));
        }
        if (other.is(1)) {
            return this;
        }
        if (equals(other)) {
            return ONE;
        }
        if (this instanceof Product(Dim left, Dim right)) {
            if (right.equals(other)) {
                return left;
            }
            if (left.equals(other)) {
                return right;
            }
            if (right instanceof Known(int a) && other instanceof Known(int b) && b != 0 && a % b == 0) {
                return left.times(of(a / b));
            }
            if (other instanceof Product(Dim otherLeft, Known k) && right instanceof Known && left.equals(otherLeft)) {
                return right.dividedBy(k);
            }
        }
        return new Quotient(this, other);
    }

    /** Returns this size with the symbols' values in it; a symbol without a value stays. */
    default Dim resolve(Map<Symbol, Integer> values) {
        return switch (this) {
            case Known known -> known;
            case Symbol symbol -> values.containsKey(symbol) ? of(values.get(symbol)) : symbol;
            case Sum(Dim left, Dim right, int factor) -> left.resolve(values).plus(right.resolve(values), factor);
            case Product(Dim left, Dim right) -> left.resolve(values).times(right.resolve(values));
            case Quotient(Dim left, Dim right) -> left.resolve(values).dividedBy(right.resolve(values));
            case Excess(Dim left, Dim right) -> left.resolve(values).excess(right.resolve(values));
        };
    }

    /** Returns the size as a number. */
    default int size() {
        if (this instanceof Known(int size)) {
            return size;
        }
        throw new IllegalStateException("the size " + describe() + " is not known before a call");
    }

    /** Returns whether the two may be the same size: they are, or at least one is not known yet. */
    default boolean mayEqual(Dim other) {
        return equals(other) || !isKnown() || !other.isKnown();
    }

    /** As in an error message: the number, or {@code None}. */
    default String describe() {
        return this instanceof Known(int size) ? Integer.toString(size) : "None";
    }
}
