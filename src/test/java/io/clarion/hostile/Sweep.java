package io.clarion.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.JavaChild;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads many damaged files of a format in a JVM of its own with little memory: each is read, or refused by a documented
 * exception, within five seconds of the processor's time.
 *
 * <p>2,000 files, or 100,000 with {@code -Dclarion.sweep=full}. The seed of the first is printed, and set by
 * {@code -Dclarion.hostile.seed}; a fault tells the seed with which it comes first.
 */
public final class Sweep {
    private static final String SEED = "clarion.hostile.seed";
    private static final int FILES = "full".equals(System.getProperty("clarion.sweep")) ? 100_000 : 2_000;
    private static final long MOST_SECONDS = 5;
    private static final int MOST_MEGABYTES = 256;

    private Sweep() {}

    /** Runs the sweep of a format, which has a constructor without arguments. */
    public static void of(Class<? extends Format> format, Path folder) throws Exception {
        long seed = Long.getLong(SEED, System.nanoTime() & 0xFFFFFFFFL);
        Process child = JavaChild.start(Sweep.class,
                List.of("-Xmx" + MOST_MEGABYTES + "m", "-XX:MaxDirectMemorySize=" + MOST_MEGABYTES + "m",
                        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dclarion.home=" + folder.resolve("clarion"),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off"),
                format.getName(), Long.toString(seed), Integer.toString(FILES), folder.toString());
        child.getOutputStream().close();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        System.out.println(said);
        assertEquals(0, child.waitFor(), said);
    }

    /** @param arguments the format's class, the first seed, how many files, and a folder for them */
    public static void main(String[] arguments) throws Exception {
        String name = arguments[0].substring(arguments[0].lastIndexOf('.') + 1);
        var constructor = Class.forName(arguments[0]).getDeclaredConstructor();
        constructor.setAccessible(true);
        var format = (Format) constructor.newInstance();
        long first = Long.parseLong(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        Path file = format.file(Path.of(arguments[3]));
        Files.createDirectories(file.getParent());
        List<byte[]> valid = format.valid();
        for (byte[] right : valid) {
            for (int i = 0; i < 4; i++) {
                format.read(Files.write(file, format.wrapped(right, new SplittableRandom(i))));
            }
        }
        var at = new AtomicLong(first);
        watch(name, at);
        int refused = 0;
        for (long seed = first; seed < first + count; seed++) {
            at.set(seed);
            Files.write(file, format.wrapped(Mutation.of(valid, seed), new SplittableRandom(seed)));
            try {
                format.read(file);
            } catch (Throwable e) {
                if (!(e instanceof Exception refusal && format.isDocumented(refusal))) {
                    fail(name, seed, e + " at " + e.getStackTrace()[0]);
                }
                refused++;
            }
        }
        System.out.println(name + ": of " + count + " damaged files from seed " + first + " on " + refused
                + " were refused, the others read");
        System.exit(0);
    }

    private static void fail(String format, long seed, String how) {
        System.out.println(format + ", -D" + SEED + "=" + seed + ": " + how.substring(0, Math.min(how.length(), 1000)));
        System.out.flush();
        Runtime.getRuntime().halt(1);
    }

    /** Ends the process when a file takes too long. */
    private static void watch(String format, AtomicLong at) {
        var threads = ManagementFactory.getThreadMXBean();
        long reader = Thread.currentThread().threadId();
        long[] seen = {at.get(), threads.getThreadCpuTime(reader)};
        Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }).scheduleAtFixedRate(() -> {
            long now = threads.getThreadCpuTime(reader);
            if (at.get() != seen[0]) {
                seen[0] = at.get();
                seen[1] = now;
            } else if (now - seen[1] > TimeUnit.SECONDS.toNanos(MOST_SECONDS)) {
                fail(format, seen[0], "it takes more than " + MOST_SECONDS + " s");
            }
        }, 100, 100, TimeUnit.MILLISECONDS);
    }
}
