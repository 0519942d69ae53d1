package io.clarion.opencl.compile.codegen;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The files of kernels-cl, read from the class path once. */
public final class KernelFiles {
    private static final Map<String, String> READ = new ConcurrentHashMap<>();

    private KernelFiles() {}

    public static String text(String file) {
        return READ.computeIfAbsent(file, KernelFiles::read);
    }

    /** Returns vectors.cl for a CPU or a GPU. */
    public static String vectors(boolean cpu) {
        return "#define LOOSE " + (cpu ? 1 : 0) + "\n" + text("vectors.cl");
    }

    /** Returns functions.cl for scalars and for vectors of each of {@code widths}. */
    public static String functions(List<Integer> widths) {
        return wide("") + widths.stream().map(w -> wide("##" + w)).collect(Collectors.joining());
    }

    private static String wide(String suffix) {
        return "#define WIDE(name) name" + suffix + "\n" + text("functions.cl");
    }

    private static String read(String file) {
        try (InputStream in = KernelFiles.class.getResourceAsStream("/io/clarion/kernels/" + file)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the kernel file " + file + " is not on the class path: clarion-kernels is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel file " + file + " cannot be read", e);
        }
    }
}
