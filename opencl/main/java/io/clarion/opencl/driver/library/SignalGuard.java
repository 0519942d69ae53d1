package io.clarion.opencl.driver.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps drivers from taking the JVM's signal handlers.
 *
 * <p>The JVM lives on signals: a SIGSEGV in compiled code is how it notices a null, and how it stops its threads; a
 * SIGFPE is a division by zero. Drivers that carry LLVM put handlers of their own in place, PoCL when it is asked for
 * its platform, Intel's CPU runtime when a context is made. To put the JVM's back afterwards is too late for other
 * threads, which meet the driver's.
 *
 * <p>So the drivers' calls of C's {@code sigaction} are led elsewhere. A library calls it through a word of its own
 * memory, which the linker sets as it loads the library. Before the driver is asked for anything, that word is made to
 * point to {@code sched_yield}, which takes no notice of arguments and returns 0: the driver believes that its handler
 * is in place. This is done to the libraries that are known to do it, on Linux, where the word points to the C library
 * as it should; so nothing is done where another library takes the calls, as the JDK's {@code libjsig} does when it is
 * preloaded.
 *
 * <p>What this costs: without PoCL's handler an integer division by zero in a kernel on PoCL ends the process; kernels
 * must not divide integers by zero.
 */
public final class SignalGuard {
    private static final Logger LOG = LoggerFactory.getLogger(SignalGuard.class);
    private static final Pattern TAKERS = Pattern
            .compile("lib(intelocl|common_clang|intlc|irc|pocl|LLVM|clang|opencl-clang|OpenCL)\\b.*");
    private static final Pattern C_LIBRARY = Pattern.compile("libc\\.so\\.6|libc-2.*\\.so|(libc|ld)[.-]musl-.*");
    private static final String TAKEN = "sigaction";
    private static final String HARMLESS = "sched_yield";
    private static final boolean ON_LINUX = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");

    private static final Set<String> GUARDED = new TreeSet<>();
    private static String missing;

    private SignalGuard() {}

    /**
     * Guards against those of the drivers that take handlers as soon as they are asked for their platform, which are
     * loaded for that.
     *
     * @param drivers what {@code .icd} files name: paths, or names of files that the linker finds
     */
    public static void beforePlatforms(List<String> drivers) {
        if (ON_LINUX) {
            drivers.stream().filter(driver -> TAKERS.matcher(Path.of(driver).getFileName().toString()).matches())
                    .forEach(SignalGuard::load);
            guard();
        }
    }

    /** Guards against the drivers that are loaded now. To be called before the first context is made. */
    public static synchronized void guard() {
        if (!ON_LINUX) {
            return;
        }
        try {
            List<LoadedLibrary> libraries = LoadedLibrary.all();
            List<LoadedLibrary> takers = libraries.stream()
                    .filter(l -> TAKERS.matcher(l.name()).matches() && !GUARDED.contains(l.name())).toList();
            if (takers.isEmpty() || libraries.stream().anyMatch(l -> l.name().startsWith("libjsig"))) {
                return;
            }
            LoadedLibrary c = libraries.stream().filter(l -> C_LIBRARY.matcher(l.name()).matches()).findFirst()
                    .orElseThrow(() -> new IOException("the C library is none that is known"));
            try (var memory = new OwnMemory()) {
                OptionalLong harmless = c.function(memory, HARMLESS);
                if (harmless.isEmpty() || !c.runs(harmless.getAsLong())) {
                    throw new IOException(c.file() + " has no " + HARMLESS);
                }
                for (LoadedLibrary taker : takers) {
                    guard(memory, taker, c, harmless.getAsLong());
                }
            }
        } catch (IOException | RuntimeException e) {
            missing = e.toString();
            LOG.warn(
                    "Drivers may take the JVM's signal handlers, which ends the process: {}. `clarion doctor` tells a cure.",
                    missing);
        }
    }

    private static void guard(OwnMemory memory, LoadedLibrary taker, LoadedLibrary c, long harmless)
            throws IOException {
        for (long slot : taker.slots(memory, TAKEN)) {
            long target = memory.word(slot);
            // The library's own code stands there as long as the linker has not been asked yet.
            if (target != harmless && (c.runs(target) || taker.runs(target))) {
                memory.write(slot, harmless);
                if (memory.word(slot) != harmless) {
                    throw new IOException(taker.name() + " could not be changed");
                }
                GUARDED.add(taker.name());
            }
        }
    }

    private static void load(String driver) {
        Stream<Path> files = driver.startsWith("/") ? Stream.of(Path.of(driver))
                : OpenClLibrary.usualFolders().map(folder -> folder.resolve(driver));
        files.filter(Files::exists).anyMatch(file -> OpenClLibrary.loads(() -> System.load(file.toString())));
    }

    /** Returns the libraries that the JVM's handlers are kept from. */
    public static synchronized List<String> guarded() {
        return List.copyOf(GUARDED);
    }

    /** Returns why handlers cannot be kept from drivers; empty where they can, or need not. */
    public static synchronized Optional<String> missing() {
        return Optional.ofNullable(missing);
    }
}
