package io.clarion.graph;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A tensor with a value that lasts from call to call and that updates replace.
 *
 * <p>The value starts on the host and moves to the device of the first function that uses it; a function on another
 * device moves it there. Thread-safe.
 */
public final class Variable implements AutoCloseable {
    /** Held by who moves a variable between devices, before any device's turn, so that no two wait for each other. */
    private static final ReentrantLock MOVES = new ReentrantLock();

    private final String name;
    private final DType dtype;
    private final Shape shape;
    private final boolean isLocal;
    private final AtomicLong changes = new AtomicLong();
    private volatile Place place;

    /** The place of a variable's value: in {@code storage}, or on the host if that is null. */
    private record Place(Storage storage, NDArray host) {}

    /** Returns a variable with the given first value, which is copied. */
    public Variable(NDArray value, String name) {
        this(value, name, false);
    }

    private Variable(NDArray value, String name, boolean isLocal) {
        this.name = name;
        this.isLocal = isLocal;
        this.dtype = value.dtype();
        this.shape = value.shape();
        this.place = new Place(null, value.copy());
    }

    /**
     * Returns a variable that functions of one device alone use, with the given first value, which is copied. It moves
     * between that device and the host only, and so waits for no others that move.
     */
    public static Variable local(NDArray value, String name) {
        return new Variable(value, name, true);
    }

    public String name() {
        return name;
    }

    /** Returns whether functions of one device alone use it. */
    public boolean isLocal() {
        return isLocal;
    }

    public DType dtype() {
        return dtype;
    }

    public Shape shape() {
        return shape;
    }

    /** Returns a copy of the value. */
    public NDArray value() {
        while (true) {
            Place now = place;
            if (now.storage == null) {
                return now.host.copy();
            }
            var read = new AtomicReference<NDArray>();
            if (inTurn(now, () -> read.set(now.storage.read()))) {
                return read.get();
            }
        }
    }

    /** Replaces the value, converted to this variable's type; another shape is an error. */
    public void set(NDArray value) {
        if (!value.shape().equals(shape)) {
            throw new IllegalArgumentException("set_value: variable " + name + " has shape " + shape
                    + ", the new value has " + value.shape());
        }
        NDArray fitting = value.cast(dtype);
        while (true) {
            Place now = place;
            boolean done = now.storage == null ? replace(now, new Place(null, fitting.copy()))
                    : inTurn(now, () -> now.storage.write(fitting));
            if (done) {
                changed();
                return;
            }
        }
    }

    /** Returns how often the value has changed. */
    public long changes() {
        return changes.get();
    }

    /** To be told by who changes the value on a device, in its turn. */
    public void changed() {
        changes.incrementAndGet();
    }

    /** Returns whether the value is on {@code device}. */
    public boolean isOn(Object device) {
        Place now = place;
        return now.storage != null && now.storage.device() == device;
    }

    /** Returns whether the value is in {@code storage}. */
    public boolean isIn(Storage storage) {
        return place.storage == storage;
    }

    /**
     * Returns the storage on {@code device}, which {@code make} creates from a host value if the value is elsewhere;
     * that moves it, and must not be asked for in a device's turn.
     */
    public Storage on(Object device, Function<NDArray, Storage> make) {
        Place now = place;
        if (now.storage != null && now.storage.device() == device) {
            return now.storage;
        }
        return isLocal ? fetched(device, make) : unmoved(MOVES, () -> fetched(device, make));
    }

    private Storage fetched(Object device, Function<NDArray, Storage> make) {
        while (true) {
            Place now = place;
            if (now.storage != null && now.storage.device() == device) {
                return now.storage;
            }
            close();
            Place host = place;
            if (host.storage == null) {
                Storage made = make.apply(host.host);
                if (replace(host, new Place(made, null))) {
                    return made;
                }
                made.close();
            }
        }
    }

    /**
     * Returns what {@code action} gives in a device's turn, with all variables that it changes on that device. If
     * others have taken some, they are fetched out of turn, and none moves to another device until it is done.
     *
     * @param turn    what the device's calls hold while they run, and its storages' {@link Storage#inTurn}
     * @param areHere whether all variables are on the device; asked in turn
     * @param fetch   has them there, out of turn; what it gives is done in turn before {@code action}
     */
    public static <T> T inTurn(Object turn, BooleanSupplier areHere, Supplier<Runnable> fetch, Supplier<T> action) {
        return inTurn(turn, MOVES, areHere, fetch, action);
    }

    /**
     * Returns what {@code action} gives in a device's turn, with the variables on it.
     *
     * @param device whose monitor its calls hold
     * @param move   has a variable move to the device
     */
    public static <T> T inTurn(Object device, Collection<Variable> variables, Consumer<Variable> move,
            Supplier<T> action) {
        return inTurn(device, () -> variables.stream().allMatch(v -> v.isOn(device)), () -> {
            variables.forEach(move);
            return () -> {};
        }, action);
    }

    /** Returns what is held while variables are fetched that are not local. */
    public static Lock moves() {
        return MOVES;
    }

    /**
     * Returns the same as {@link #inTurn(Object, BooleanSupplier, Supplier, Supplier)}, {@code moves} being held while
     * variables are fetched, in place of {@link #moves()}.
     */
    public static <T> T inTurn(Object turn, Lock moves, BooleanSupplier areHere, Supplier<Runnable> fetch,
            Supplier<T> action) {
        synchronized (turn) {
            if (areHere.getAsBoolean()) {
                return action.get();
            }
        }
        return unmoved(moves, () -> {
            while (true) {
                Runnable arrival = fetch.get();
                synchronized (turn) {
                    arrival.run();
                    // Others may have had to make room meanwhile.
                    if (areHere.getAsBoolean()) {
                        return action.get();
                    }
                }
            }
        });
    }

    /** Returns what {@code action} gives, while no variable moves from one device to another but by it. */
    private static <T> T unmoved(Lock moves, Supplier<T> action) {
        moves.lock();
        try {
            return action.get();
        } finally {
            moves.unlock();
        }
    }

    /** Takes the value back to the host and frees what the device held of it. */
    @Override
    public void close() {
        while (true) {
            Place now = place;
            if (now.storage == null) {
                return;
            }
            if (inTurn(now, () -> place = new Place(null, now.storage.read()))) {
                now.storage.close();
                return;
            }
        }
    }

    /**
     * Frees what a device holds of the value without reading it; the value is 0 from then on. For what only one owner
     * uses.
     */
    public synchronized void discard() {
        Storage storage = place.storage;
        place = new Place(null, NDArray.zeros(dtype, shape));
        if (storage != null) {
            storage.close();
        }
    }

    /** Does the same as {@link #close}, if the value is on {@code device}. */
    public void leave(Object device) {
        if (isOn(device)) {
            close();
        }
    }

    /**
     * Does {@code action} while nothing else uses the storage of {@code now}; false if the value is there no longer.
     */
    private boolean inTurn(Place now, Runnable action) {
        var isThere = new AtomicBoolean();
        now.storage.inTurn(() -> {
            isThere.set(place == now);
            if (isThere.get()) {
                action.run();
            }
        });
        return isThere.get();
    }

    /** Puts {@code next} in place of {@code now}, which has the value on the host; false if another was faster. */
    private synchronized boolean replace(Place now, Place next) {
        boolean isNow = place == now;
        place = isNow ? next : place;
        return isNow;
    }

    @Override
    public String toString() {
        return name + " " + dtype.word() + shape;
    }
}
