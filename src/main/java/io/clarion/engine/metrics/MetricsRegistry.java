package io.clarion.engine.metrics;

import io.clarion.config.Home;
import io.clarion.config.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of the open devices of several processes: files of a folder, which the processes have mapped, and which
 * go when the device closes or the process ends. A file is named by the id of its process, the milliseconds since 1970
 * when it was made, and a number.
 *
 * <p>It holds, in the byte order of the machine, a mark of its format, the device's memory in bytes, the counts of the
 * {@link DeviceMetrics}, and three lines of UTF-8: the machine, the device's id and its name.
 */
public record MetricsRegistry(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsRegistry.class);
    private static final Pattern NAME = Pattern.compile("(\\d{1,18})-(\\d{1,18})-\\d+");
    /** "Clarion" and the number of what a file looks like. */
    private static final long FORMAT = 0x436c6172696f6e01L;
    private static final int COUNTS = 2 * Long.BYTES;
    private static final int TEXT = COUNTS + DeviceMetrics.BYTES;
    private static final int BYTES = 1024;
    /** The clock by which a system knows when a process began may be set while it runs. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    private static final AtomicInteger OPENED = new AtomicInteger();

    /** Returns the metrics of all processes of this user. */
    public static MetricsRegistry ofUser() {
        return new MetricsRegistry(Home.clarion().resolve("running"));
    }

    /**
     * Opens the metrics of a device, of an id, a name and so many bytes of memory, that this process opens. Where the
     * folder cannot be written, other processes do not see them.
     *
     * <p>The file is made by a thread of its own, as the first that a process maps costs some tens of milliseconds.
     */
    public DeviceMetrics open(String device, String name, long memory) {
        return open(device, name, memory, ProcessHandle.current().pid(), task -> {
            var thread = new Thread(task, "clarion-metrics");
            thread.setDaemon(true);
            thread.start();
        });
    }

    /**
     * Returns the same as {@link #open(String, String, long)}, for a process of that id, with a file that
     * {@code executor} makes.
     */
    DeviceMetrics open(String device, String name, long memory, long process, Executor executor) {
        Path file = folder.resolve(process + "-" + System.currentTimeMillis() + "-" + OPENED.getAndIncrement());
        return new DeviceMetrics(CompletableFuture.supplyAsync(() -> counts(file, device, name, memory), executor),
                System::nanoTime, () -> remove(file));
    }

    private ByteBuffer counts(Path file, String device, String name, long memory) {
        try {
            Files.createDirectories(folder);
            file.toFile().deleteOnExit();
            // All of it is written, so that it has its place on the disk before it is mapped, and never to what others
            // have mapped.
            Files.write(file, written(device, name, memory).array(), StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
            try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return channel.map(MapMode.READ_WRITE, 0, BYTES).slice(COUNTS, DeviceMetrics.BYTES);
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("what {} does is not shown to other processes: {}", device, e.toString());
            return DeviceMetrics.privately();
        }
    }

    private static ByteBuffer written(String device, String name, long memory) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.nativeOrder());
        bytes.putLong(FORMAT).putLong(memory).position(TEXT);
        byte[] text = String.join("\n", machine(), device, name).getBytes(StandardCharsets.UTF_8);
        return bytes.put(text, 0, Math.min(text.length, bytes.remaining()));
    }

    /**
     * Returns what tells this machine, and its present run, from others that may share the folder; empty where the
     * system does not say.
     */
    private static String machine() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Returns what the processes of this machine have done on their devices until now. Files of processes that live no
     * longer are removed.
     *
     * @throws IOException if the folder is there and cannot be read
     */
    public Look look() throws IOException {
        // The clock is that of the system, which all processes have in common.
        long now = System.nanoTime();
        if (!Files.isDirectory(folder)) {
            return new Look(now, List.of());
        }
        try (Stream<Path> files = Files.list(folder)) {
            return new Look(now, files.sorted().flatMap(file -> seen(file, now).stream()).toList());
        }
    }

    private static Optional<Sight> seen(Path file, long now) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            return Optional.empty();
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(SmallFile.read(file, BYTES)).order(ByteOrder.nativeOrder());
            if (bytes.capacity() != BYTES || bytes.getLong() != FORMAT) {
                return Optional.empty();
            }
            long memory = bytes.getLong();
            String[] lines = new String(bytes.array(), TEXT, BYTES - TEXT, StandardCharsets.UTF_8).replace("\0", "")
                    .split("\n", 3);
            if (lines.length < 3 || !lines[0].equals(machine())) {
                return Optional.empty();
            }
            long process = Long.parseLong(name.group(1));
            if (!lives(process, Instant.ofEpochMilli(Long.parseLong(name.group(2))))) {
                remove(file);
                return Optional.empty();
            }
            return Optional.of(new Sight(file, process, lines[1], lines[2], memory,
                    DeviceMetrics.Reading.of(bytes.slice(COUNTS, DeviceMetrics.BYTES), now)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.debug("{} cannot be read: {}", file, e.toString());
            return Optional.empty();
        }
    }

    /** Returns whether the process that made something then is alive: another may have got its id since. */
    private static boolean lives(long process, Instant made) {
        Optional<ProcessHandle> found = ProcessHandle.of(process);
        return found.isPresent() && found.flatMap(p -> p.info().startInstant())
                .map(start -> start.isBefore(made.plus(CLOCKS_DIFFER))).orElse(true);
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("{} cannot be removed: {}", file, e.toString());
        }
    }

    /**
     * The metrics of all processes at one time.
     *
     * @param at in nanoseconds of {@link System#nanoTime}
     */
    public record Look(long at, List<Sight> sights) {}

    /**
     * The metrics of a process on a device since it opened it.
     *
     * @param file    the metrics', which no other device has
     * @param process its id
     * @param memory  of the device, in bytes
     */
    public record Sight(Path file, long process, String device, String name, long memory,
            DeviceMetrics.Reading reading) {}
}
