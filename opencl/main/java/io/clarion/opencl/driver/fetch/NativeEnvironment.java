package io.clarion.opencl.driver.fetch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Sets variables in the environment of this process; apart from its user, as a library's user may have left JavaCPP
 * out.
 */
public final class NativeEnvironment {
    /** What {@code environ} points to; the C library reads it until the process ends. */
    private static final List<Pointer> HELD = new ArrayList<>();

    private NativeEnvironment() {}

    /**
     * Sets a variable in the environment of this process, where native libraries will read it.
     *
     * <p>Java has no call for that before its foreign functions of version 22, and JavaCPP binds none of the C library,
     * but it finds a symbol's address and writes to memory: so this does what {@code setenv} does, and gives
     * {@code environ} a longer array with the variable in it. {@code System.getenv}, a copy of Java's own, stays as it
     * was.
     *
     * @throws LinkageError if JavaCPP or its native library is not on the class path
     */
    public static synchronized void set(String name, String value) {
        Loader.load(Loader.class);
        PointerPointer<Pointer> environ = new PointerPointer<>(Loader.addressof("environ"));
        PointerPointer<Pointer> present = new PointerPointer<>(environ.get());
        List<Pointer> variables = new ArrayList<>();
        for (int i = 0; present.get(i) != null; i++) {
            if (!new BytePointer(present.get(i)).getString().startsWith(name + "=")) {
                variables.add(present.get(i));
            }
        }
        BytePointer variable = new BytePointer(name + "=" + value);
        variables.add(variable);
        PointerPointer<Pointer> longer = new PointerPointer<>(variables.size() + 1L);
        for (int i = 0; i < variables.size(); i++) {
            longer.put(i, variables.get(i));
        }
        longer.put(variables.size(), (Pointer) null);
        HELD.add(variable);
        HELD.add(longer);
        environ.put(0, longer);
    }
}
