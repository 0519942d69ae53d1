package io.clarion.opencl.compile.cache;

import io.clarion.config.Environment;
import io.clarion.config.Home;
import io.clarion.config.SmallFile;
import io.clarion.opencl.compile.codegen.Digest;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Program;
import io.clarion.opencl.driver.device.BinaryRejected;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.tensor.WholeFile;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernels of a device: in memory, then on disk, then from the driver's compiler.
 *
 * <p>What a function lacks is built as one program, which is far quicker than a program for each kernel; a note beside
 * the program's binary says in which program each kernel is, so that another function, or another batch size of the
 * same, builds only what is new. Entries are named by device and a hash of all that can change a program: source,
 * options, device and driver version. One that is damaged, or that the driver does not take, is built again; entries
 * appear whole, so that processes may share the folder; the oldest go when it holds more than {@link #MOST_BYTES}.
 */
public final class KernelCache {
    /** The most that the folder holds, in bytes. */
    public static final long MOST_BYTES = 512L << 20;
    /** A longer one is built at each start. */
    private static final int MOST_BINARY_BYTES = 64 << 20;
    private static final int MOST_NAME_BYTES = 255;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+\\.bin");
    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);

    private final Context context;
    private final String options;
    private final Path folder;
    private final boolean onDisk;
    private final long most;
    private final Stopwatch stopwatch;
    private final IntConsumer builds;
    private final Map<String, Program> kernels = new HashMap<>();
    private final Map<Path, Optional<Program>> loaded = new HashMap<>();
    private int built;
    private boolean warned;

    /** A listener to builds: {@code name} is "load" of a file, "build" of kernels, or "binary" of them. */
    @FunctionalInterface
    public interface Stopwatch {
        /** Records the time that something took: since {@code start}, of {@link System#nanoTime}, until now. */
        void took(String name, String what, long start);
    }

    /**
     * Makes a cache on disk in {@code kernels} of Clarion's folder, or in memory alone where CLARION_CACHE is "off".
     *
     * @param builds is told how many kernels are built, before each build
     */
    public KernelCache(Context context, Stopwatch stopwatch, IntConsumer builds) {
        this(context, stopwatch, builds, Home.clarion().resolve("kernels"),
                !Environment.value("clarion.cache", "CLARION_CACHE").equals(Optional.of("off")), MOST_BYTES);
    }

    /** Makes a cache in {@code folder}, which holds {@code most} bytes at most. */
    KernelCache(Context context, Stopwatch stopwatch, IntConsumer builds, Path folder, boolean onDisk, long most) {
        this.context = context;
        this.options = options(context.device());
        this.stopwatch = stopwatch;
        this.builds = builds;
        this.folder = folder;
        this.onDisk = onDisk;
        this.most = most;
    }

    /**
     * Returns the compiler's options for a device. CPUs round quotients and square roots correctly without being asked.
     * Of warnings, PoCL writes how many there were onto the user's terminal.
     */
    private static String options(DeviceInfo device) {
        return "-cl-std=CL1.2 -w" + (device.lanesAreWorkItems() && device.roundsQuotients()
                ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
    }

    /** Returns how many programs the driver's compiler had to build, rather than memory or disk serving them. */
    public synchronized int built() {
        return built;
    }

    /**
     * Returns the programs, which this cache owns, that hold the given kernels.
     *
     * @param prelude what their program begins with
     * @param texts   the kernels' OpenCL C by name; a name is never used for another text
     */
    public synchronized Map<String, Program> programs(String prelude, Map<String, String> texts) {
        List<String> missing = texts.keySet().stream()
                .filter(name -> !kernels.containsKey(name) && !isOnDisk(prelude, name)).toList();
        if (!missing.isEmpty()) {
            String source = prelude + String.join("\n", missing.stream().map(texts::get).toList());
            built++;
            builds.accept(missing.size());
            Program program = timed("build", String.join(", ", missing), () -> context.build(source, options));
            missing.forEach(name -> kernels.put(name, program));
            // Only then, since some drivers compile everything once more to give a binary.
            Optional<byte[]> kept = onDisk ? timed("binary", String.join(", ", missing), program::binary)
                    .filter(b -> b.length <= MOST_BINARY_BYTES) : Optional.empty();
            kept.ifPresent(binary -> keep(binary, file(source, ".bin"),
                    missing.stream().map(n -> file(prelude + n, ".in")).toList()));
        }
        return texts.keySet().stream().collect(Collectors.toMap(name -> name, kernels::get));
    }

    private <T> T timed(String name, String what, Supplier<T> action) {
        long start = System.nanoTime();
        T made = action.get();
        stopwatch.took(name, what, start);
        return made;
    }

    private Path file(String content, String ending) {
        DeviceInfo d = context.device();
        String hash = Digest.of(content, options, d.platformName(), d.name(), d.driverVersion(), d.openclVersion());
        return folder.resolve(d.id().replaceAll("[:/]", "-") + "-" + hash.substring(0, 32) + ending);
    }

    private boolean isOnDisk(String prelude, String name) {
        if (!onDisk) {
            return false;
        }
        Optional<Program> program = Optional.empty();
        try {
            program = loaded.computeIfAbsent(folder.resolve(note(file(prelude + name, ".in"))), this::fromDisk);
        } catch (NoSuchFileException e) {
            LOG.debug("{} is new", name);
        } catch (IOException e) {
            LOG.info("{} is built again: {}", name, e.toString());
        }
        program.filter(p -> p.has(name)).ifPresent(p -> kernels.put(name, p));
        return kernels.containsKey(name);
    }

    /** Returns the name of the program's file that a note names: of one of this folder, whatever stands there. */
    public static String note(Path file) throws IOException {
        String name = new String(SmallFile.read(file, MOST_NAME_BYTES), StandardCharsets.UTF_8).strip();
        if (!NAME.matcher(name).matches()) {
            throw new IOException(file.getFileName() + " names no file of a program");
        }
        return name;
    }

    private Optional<Program> fromDisk(Path file) {
        try {
            byte[] binary = SmallFile.read(file, MOST_BINARY_BYTES);
            Program program = timed("load", file.getFileName().toString(), () -> context.load(binary, options));
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return Optional.of(program);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | BinaryRejected e) {
            LOG.info("{} is built again: {}", file.getFileName(), e.getMessage());
            return Optional.empty();
        }
    }

    private void keep(byte[] binary, Path file, List<Path> notes) {
        try {
            Files.createDirectories(folder);
            WholeFile.write(file, out -> out.write(binary));
            byte[] name = file.getFileName().toString().getBytes(StandardCharsets.UTF_8);
            for (Path note : notes) {
                WholeFile.write(note, out -> out.write(name));
            }
            bound();
        } catch (IOException e) {
            if (!warned) {
                warned = true;
                LOG.warn("the kernel cache {} cannot be written, so kernels are built at each start: {}", folder,
                        e.toString());
            }
        }
    }

    /** A file as it was when the folder was read: another process may touch or remove it at any time. */
    private record Entry(Path path, long bytes, long time) {}

    private void bound() throws IOException {
        File[] files = folder.toFile().listFiles(f -> f.isFile() && !WholeFile.isUnfinished(f.toPath()));
        List<Entry> newest = Arrays.stream(files == null ? new File[0] : files)
                .map(f -> new Entry(f.toPath(), f.length(), f.lastModified()))
                .sorted(Comparator.comparing(Entry::time).reversed()).toList();
        long total = 0;
        for (Entry e : newest) {
            total += e.bytes();
            if (total > most) {
                Files.deleteIfExists(e.path());
            }
        }
    }
}
