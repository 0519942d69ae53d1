package io.clarion.runtime;

import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.runtime.debug.FiniteCheck;
import io.clarion.tensor.Dim;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory and kernels that a device holds for a function: freed when the function is closed, or with one warning
 * once nobody can reach it. It must not refer to the function.
 */
final class Held {
    private static final Logger LOG = LoggerFactory.getLogger(Function.class);
    private static final boolean TRACED = System.getProperty("clarion.check") != null
            || System.getenv("CLARION_CHECK") != null;

    /** For some sizes; {@code isFrugal} if that is where there was no memory otherwise. */
    record Compiled(Executable executable, boolean isFrugal) {}

    private final String what;
    private final Device device;
    private final FiniteCheck finite;
    private final Map<Map<Dim.Symbol, Integer>, Compiled> executables = new HashMap<>();
    private final Throwable made = TRACED ? new Throwable("made here") : null;

    /** Makes a holder that holds nothing yet for {@code what}, a word for messages. */
    Held(String what, Device device, FiniteCheck finite) {
        this.what = what;
        this.device = device;
        this.finite = finite;
    }

    Map<Map<Dim.Symbol, Integer>, Compiled> executables() {
        return executables;
    }

    FiniteCheck finite() {
        return finite;
    }

    void free() {
        finite.close();
        executables.values().forEach(c -> c.executable().close());
        executables.clear();
    }

    /**
     * Frees what a function that nobody can reach has left, and says so where that is a driver's; whether there was
     * any.
     */
    boolean leaked() {
        boolean isAny = !executables.isEmpty() && !device.parts().stream().allMatch(Device::isGarbageCollected);
        free();
        if (isAny) {
            LOG.warn("{} was never closed; close() or try (...) frees what its device holds for it{}", what,
                    TRACED ? "" : "; set CLARION_CHECK=1 to see where it was made", made);
        }
        return isAny;
    }
}
