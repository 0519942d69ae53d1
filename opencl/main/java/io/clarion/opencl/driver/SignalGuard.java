package io.clarion.opencl.driver;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gives the JVM its signal handlers back after a driver took them.
 *
 * <p>The JVM lives on signals: a SIGSEGV in compiled code is how it notices a null, a SIGFPE a division by zero. Drivers
 * that carry LLVM put their own handlers in place, PoCL 3.1 when its platform is asked for, Intel's CPU runtime when a
 * context is made. From then on Intel's ends the process at the JVM's next null, and under PoCL {@code 5 / 0} in Java
 * is 5. So the handlers are remembered before such calls and put back after them, on Linux, by C's {@code sigaction}.
 * That is reached through {@code java.lang.foreign}, which is final since Java 22, and therefore by reflection.
 *
 * <p>What this costs: without PoCL's handler an integer division by zero in a kernel on PoCL ends the process; kernels
 * must not divide integers by zero. A JVM started with {@code LD_PRELOAD=…/lib/libjsig.so} chains handlers itself, and
 * nothing is done then.
 */
final class SignalGuard {
    /** Linux's numbers of the signals that LLVM and PoCL take: HUP INT QUIT ILL TRAP ABRT BUS FPE SEGV USR2 TERM XCPU XFSZ SYS. */
    private static final int[] SIGNALS = {1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 24, 25, 31};
    /** More than any Linux's {@code struct sigaction}, which is 152 bytes with glibc. */
    private static final long STRUCT = 256;
    private static final SignalGuard GUARD = new SignalGuard();

    private final Object[] saved = new Object[SIGNALS.length];
    private MethodHandle sigaction;
    private Object nothing;
    private String missing;
    private int inside;

    private SignalGuard() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
                || System.getenv().getOrDefault("LD_PRELOAD", "").contains("libjsig")) {
            return;
        }
        try {
            bind();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
            missing = "java.lang.foreign cannot be used on Java " + Runtime.version().feature() + ": " + cause;
        }
    }

    /** Why handlers cannot be kept where they should be; empty where they can, or need not. */
    static Optional<String> missing() {
        return Optional.ofNullable(GUARD.missing);
    }

    /** Calls a driver; when the last of the calls under way returns, the handlers are again what they were. */
    static <T> T keeping(Supplier<T> driver) {
        GUARD.enter();
        try {
            return driver.get();
        } finally {
            GUARD.leave();
        }
    }

    private synchronized void enter() {
        if (inside++ == 0 && sigaction != null) {
            for (int i = 0; i < SIGNALS.length; i++) {
                call(SIGNALS[i], nothing, saved[i]);
            }
        }
    }

    private synchronized void leave() {
        if (--inside == 0 && sigaction != null) {
            for (int i = 0; i < SIGNALS.length; i++) {
                call(SIGNALS[i], saved[i], nothing);
            }
        }
    }

    private void call(int signal, Object set, Object get) {
        try {
            sigaction.invokeWithArguments(signal, set, get);
        } catch (Throwable e) {
            throw new IllegalStateException("sigaction failed", e);
        }
    }

    /** {@code int sigaction(int, const struct sigaction *, struct sigaction *)} */
    private void bind() throws ReflectiveOperationException {
        Class<?> linkerType = foreign("Linker");
        Class<?> segment = foreign("MemorySegment");
        Class<?> layout = foreign("MemoryLayout");
        Class<?> descriptorType = foreign("FunctionDescriptor");
        Class<?> arenaType = foreign("Arena");
        Class<?> options = foreign("Linker$Option").arrayType();
        Object anInt = foreign("ValueLayout").getField("JAVA_INT").get(null);
        Object aPointer = foreign("ValueLayout").getField("ADDRESS").get(null);
        Object arguments = Array.newInstance(layout, 3);
        Array.set(arguments, 0, anInt);
        Array.set(arguments, 1, aPointer);
        Array.set(arguments, 2, aPointer);
        Object descriptor = descriptorType.getMethod("of", layout, layout.arrayType()).invoke(null, anInt, arguments);
        Object linker = linkerType.getMethod("nativeLinker").invoke(null);
        Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);
        Object address = ((Optional<?>) foreign("SymbolLookup").getMethod("find", String.class)
                .invoke(lookup, "sigaction")).orElseThrow();
        Object arena = arenaType.getMethod("global").invoke(null);
        for (int i = 0; i < saved.length; i++) {
            saved[i] = arenaType.getMethod("allocate", long.class, long.class).invoke(arena, STRUCT, 8L);
        }
        nothing = segment.getField("NULL").get(null);
        sigaction = (MethodHandle) linkerType.getMethod("downcallHandle", segment, descriptorType, options)
                .invoke(linker, address, descriptor, Array.newInstance(options.componentType(), 0));
    }

    private static Class<?> foreign(String name) throws ClassNotFoundException {
        return Class.forName("java.lang.foreign." + name);
    }
}
