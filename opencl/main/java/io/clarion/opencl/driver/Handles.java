package io.clarion.opencl.driver;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the native handles of this JVM: those alive, and those that nobody closed. */
public final class Handles {
    private static final Map<String, AtomicLong> LIVE = new ConcurrentHashMap<>();
    private static final AtomicLong LEAKED = new AtomicLong();

    private Handles() {}

    /** Handles made and not yet closed. */
    public static long live() {
        return LIVE.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** Handles that the garbage collector had to free, since the JVM started. */
    public static long leaked() {
        return LEAKED.get();
    }

    /**
     * Returns {@link #live()} by kind of handle ({@code "Buffer"}, {@code "Kernel"}, …); kinds without live handles are
     * left out.
     */
    public static Map<String, Long> liveByKind() {
        Map<String, Long> counts = new TreeMap<>();
        LIVE.forEach((kind, count) -> {
            if (count.get() != 0) {
                counts.put(kind, count.get());
            }
        });
        return counts;
    }

    static void made(String kind) {
        LIVE.computeIfAbsent(kind, k -> new AtomicLong()).incrementAndGet();
    }

    static void freed(String kind) {
        LIVE.get(kind).decrementAndGet();
    }

    static void leakedOne() {
        LEAKED.incrementAndGet();
    }
}
