package io.clarion.opencl.compile;

import io.clarion.config.Home;
import io.clarion.opencl.driver.BinaryRejected;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Device;
import io.clarion.opencl.driver.Program;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs of a device: in memory, then on disk, then from the driver's compiler.
 *
 * <p>Entries on disk are named by device and a hash of all that can change a program: source, options, device and
 * driver version. An entry that the driver does not take is built again; entries appear whole, so that processes may
 * share the folder; the oldest go when it holds more than {@link #MOST_BYTES}.
 */
public final class KernelCache {
    /** The most that the folder holds, in bytes. */
    public static final long MOST_BYTES = 512L << 20;
    private static final String OPTIONS = "-cl-std=CL1.2";
    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);

    private final Context context;
    private final Path folder;
    private final Map<String, Program> programs = new HashMap<>();
    private int built;

    public KernelCache(Context context) {
        this(context, Home.clarion().resolve("kernels"));
    }

    KernelCache(Context context, Path folder) {
        this.context = context;
        this.folder = folder;
    }

    /** How many programs the driver's compiler had to build, rather than memory or disk serving them. */
    public synchronized int built() {
        return built;
    }

    /** The program of {@code source}, which this cache owns. */
    public synchronized Program program(String source) {
        Device d = context.device();
        String hash = Digest.of(source, OPTIONS, d.platformName(), d.name(), d.driverVersion(), d.openclVersion());
        return programs.computeIfAbsent(hash, h -> {
            Path file = folder.resolve(d.id().replace(':', '-') + "-" + h + ".bin");
            return fromDisk(file).orElseGet(() -> fromSource(source, file));
        });
    }

    private Optional<Program> fromDisk(Path file) {
        try {
            Program program = context.load(Files.readAllBytes(file), OPTIONS);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return Optional.of(program);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | BinaryRejected e) {
            LOG.info("{} is built again: {}", file.getFileName(), e.getMessage());
            return Optional.empty();
        }
    }

    private Program fromSource(String source, Path file) {
        built++;
        Program program = context.build(source, OPTIONS);
        program.binary().ifPresent(binary -> keep(binary, file));
        return program;
    }

    private void keep(byte[] binary, Path file) {
        try {
            Files.createDirectories(folder);
            Path whole = Files.createTempFile(folder, "new", ".tmp");
            Files.write(whole, binary);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            bound();
        } catch (IOException e) {
            LOG.warn("the kernel cache {} cannot be written, so kernels are built at each start: {}", folder, e.toString());
        }
    }

    private void bound() throws IOException {
        try (Stream<Path> files = Files.walk(folder, 1, new FileVisitOption[0])) {
            List<Path> oldest = files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing((Path p) -> p.toFile().lastModified()).reversed()).toList();
            long total = 0;
            for (Path p : oldest) {
                total += p.toFile().length();
                if (total > MOST_BYTES) {
                    Files.deleteIfExists(p);
                }
            }
        }
    }
}
