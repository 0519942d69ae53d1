package io.clarion.schedule.batch;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Rows for each device in proportion to how fast it was, in the calls so far. Shares are whole units, some dozens for
 * each device, as each size is compiled for, and stay until others would have saved a twentieth of the time in some
 * calls one after another.
 */
final class Shares {
    /** Units for each device. */
    private static final int PARTS = 32;
    private static final double WORTH_IT = 0.95;
    /**
     * So many calls may be slow by chance, as other shares have to be compiled for: twice as many after each change.
     */
    private static final int FIRST_PATIENCE = 2;
    private static final int LAST_PATIENCE = 256;
    /** How much the last call counts. */
    static final double LATEST = 0.2;
    private final int rows;
    private final RowRates rates;
    /** How many rows fit a device, as far as is known. */
    private final int[] most;
    private int[] shares;
    /** In how many calls one after another other shares would have been worth it. */
    private int wishes;
    private int patience = FIRST_PATIENCE;

    /**
     * Makes the shares for {@code rows} rows, at first in proportion to what {@code rates} expects; they learn from
     * each call.
     */
    Shares(int rows, RowRates rates) {
        this.rows = rows;
        this.rates = rates;
        this.most = IntStream.generate(() -> rows).limit(rates.devices()).toArray();
        this.shares = divided(i -> true, rates.expected());
    }

    /** Returns the rows of each device that {@code isPresent}, of which there is one, 0 of others; together all. */
    int[] now(IntPredicate isPresent) {
        boolean changed = false;
        for (int i = 0; i < shares.length; i++) {
            changed |= shares[i] > most[i] || shares[i] > 0 && !isPresent.test(i);
        }
        double[] expected = rates.expected();
        int[] better = divided(isPresent, expected);
        wishes = time(better, expected) < WORTH_IT * time(shares, expected) ? wishes + 1 : 0;
        if (changed || wishes > patience) {
            shares = better;
            wishes = 0;
            patience = changed ? FIRST_PATIENCE : Math.min(2 * patience, LAST_PATIENCE);
        }
        return shares.clone();
    }

    /**
     * Gives a device half of its rows at most from now on; false if no other that {@code isPresent} could have the
     * rest, or it has one unit.
     */
    boolean halve(int device, IntPredicate isPresent) {
        int unit = unit(rows, rates.devices());
        int half = shares[device] / 2 / unit * unit;
        long others = IntStream.range(0, most.length).filter(i -> i != device && isPresent.test(i))
                .mapToLong(i -> most[i]).sum();
        boolean can = half > 0 && half < most[device] && others >= rows - half;
        most[device] = can ? half : most[device];
        return can;
    }

    /** Returns of how many rows shares are multiples, where so many devices share them. */
    static int unit(int rows, int devices) {
        return Math.max(1, rows / (PARTS * devices));
    }

    /** Says how many seconds each device took for its share. */
    void took(double[] seconds) {
        IntStream.range(0, shares.length).filter(i -> shares[i] > 0)
                .forEach(i -> rates.took(i, shares[i], seconds[i], LATEST));
    }

    private static double time(int[] of, double[] rates) {
        double time = 0;
        for (int i = 0; i < of.length; i++) {
            time = Math.max(time, of[i] == 0 ? 0 : of[i] / rates[i]);
        }
        return time;
    }

    /**
     * Unit after unit to the device that would be done with it first, so that a slow one has none where it would keep
     * the others waiting.
     */
    private int[] divided(IntPredicate isPresent, double[] of) {
        int unit = unit(rows, rates.devices());
        double all = 0;
        for (int i = 0; i < of.length; i++) {
            all += isPresent.test(i) ? of[i] : 0;
        }
        int[] divided = new int[of.length];
        int left = rows;
        for (int i = 0; i < of.length; i++) {
            divided[i] = isPresent.test(i) ? Math.min(most[i], (int) (rows * of[i] / all / unit) * unit) : 0;
            left -= divided[i];
        }
        for (; left > 0; left -= unit) {
            int more = Math.min(unit, left);
            divided[next(divided, more, isPresent, of)] += more;
        }
        return divided;
    }

    /**
     * Returns who has some more rows: of those that are there the one with room for them that would be done first;
     * where none has room, they have to try.
     */
    private int next(int[] divided, int more, IntPredicate isPresent, double[] of) {
        int next = -1;
        for (int i = 0; i < of.length; i++) {
            if (isPresent.test(i) && (next < 0 || isBetter(i, next, divided, more, of))) {
                next = i;
            }
        }
        return next;
    }

    private boolean isBetter(int device, int other, int[] divided, int more, double[] of) {
        boolean hasRoom = hasRoom(device, divided, more);
        return hasRoom == hasRoom(other, divided, more)
                ? (divided[device] + more) / of[device] < (divided[other] + more) / of[other] : hasRoom;
    }

    private boolean hasRoom(int device, int[] divided, int more) {
        return divided[device] + more <= most[device];
    }
}
