package io.clarion.opencl.driver.fetch;

import io.clarion.config.Home;
import io.clarion.config.fetch.FetchedFolder;
import io.clarion.config.fetch.ScratchFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Fetches Intel's CPU runtime for OpenCL, once for each user, into {@code ~/.clarion/drivers/intel-cpu}.
 *
 * <p>The property {@code clarion.home} or the variable {@code CLARION_HOME} moves {@code ~/.clarion}. A driver that
 * lies in any of the three is used, so that a process with a folder of its own needs no driver of its own.
 * {@code CLARION_FETCH_DRIVER=no} refuses: then nothing is fetched, and what was fetched earlier is not used either. No
 * method throws for want of a network, of Python or of space: the program goes on with the devices that there are.
 */
public final class DriverFetch {
    /** The outcome of a fetch. */
    public sealed interface Outcome {}

    /**
     * The driver lies on this machine, fetched now or earlier.
     *
     * @param vendorsFolder the folder of its {@code .icd} file
     */
    public record Installed(Path vendorsFolder) implements Outcome {}

    /** The user has said {@code CLARION_FETCH_DRIVER=no}. */
    public record Refused() implements Outcome {}

    /**
     * It could not be fetched.
     *
     * @param reason a sentence for the user: what was missing, and what would do
     */
    public record Unavailable(String reason) implements Outcome {}

    private static final long UNPACKED_BYTES = 1_600_000_000L; // wheels and their contents, side by side for a while
    private static final String NAME = "intel-cpu";
    private static final String VENDORS = "vendors";
    /** The file that names the driver's library, in the folder {@code vendors} of the driver. */
    static final String ICD = NAME + ".icd";

    private final FetchedFolder driver;
    private final Map<String, String> environment;
    private final PrintStream log;
    private final Wheels wheels;
    private final RuntimeFiles files;

    /**
     * Makes a fetch of the driver.
     *
     * @param homes Clarion's folders: into the first goes what is fetched, in all of them it is looked for
     */
    DriverFetch(List<Path> homes, Map<String, String> environment, PrintStream log, Wheels wheels, RuntimeFiles files) {
        this.driver = new FetchedFolder(homes, Path.of("drivers", NAME), DriverFetch::isInstalled,
                FetchedFolder.isRefused(environment, "CLARION_FETCH_DRIVER"));
        this.environment = environment;
        this.log = log;
        this.wheels = wheels;
        this.files = files;
    }

    /**
     * Returns a fetch as this process's properties and environment want it, which says on standard error what it does.
     */
    public static DriverFetch ofThisMachine() {
        return new DriverFetch(Home.clarionFolders(), System.getenv(), System.err, Wheels.byPip(System.err),
                RuntimeFiles.ofThisMachine());
    }

    /**
     * Returns the folder of the {@code .icd} file of a driver fetched earlier; empty if there is none, or the user
     * refuses it.
     */
    public Optional<Path> installedVendorsFolder() {
        return driver.installed().map(folder -> folder.resolve(VENDORS));
    }

    /**
     * Returns whether this machine names any OpenCL driver, were it a broken one or one without a device.
     *
     * <p>True on systems other than Linux, where drivers are not named by files.
     */
    public boolean machineNamesADriver() {
        return !files.isLinux() || !LoaderEnvironment.icdFiles(environment).isEmpty();
    }

    /** Fetches the driver, unless it is there already or refused; takes some minutes, most of them of the network. */
    public Outcome fetch() {
        if (driver.isRefused()) {
            return new Refused();
        }
        Optional<Path> earlier = installedVendorsFolder();
        if (earlier.isPresent()) {
            return new Installed(earlier.get());
        }
        if (!files.existForThisMachine()) {
            return new Unavailable("Intel's CPU runtime for OpenCL exists for Linux and Windows on x86-64 only:"
                    + " install the OpenCL driver of this machine's vendor, or PoCL");
        }
        try {
            return fetchInto(driver.target());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unavailable("the fetch of Intel's CPU runtime was interrupted: run again to fetch it");
        } catch (IOException e) {
            return new Unavailable("Intel's CPU runtime could not be fetched: " + said(e));
        }
    }

    private Outcome fetchInto(Path target) throws IOException, InterruptedException {
        Path drivers = target.getParent();
        long free = driver.freeBytes();
        if (free < UNPACKED_BYTES) {
            return new Unavailable(String.format(Locale.ROOT,
                    "Intel's CPU runtime needs %d MB in %s, where %d MB are free: make space, or set CLARION_HOME",
                    UNPACKED_BYTES / 1_000_000, drivers, free / 1_000_000));
        }
        log.println(String.format(Locale.ROOT, """
                No OpenCL device was found. Clarion now fetches Intel's CPU runtime for OpenCL, about 310 MB, with pip
                into %s, once. It comes under Intel's End User License Agreement for
                Developer Tools, whose text will lie there in the folder licensing.
                To refuse, stop this now, and set the environment variable CLARION_FETCH_DRIVER=no.""", target));
        try (ScratchFolder scratch = ScratchFolder.in(drivers)) {
            List<Path> fetched = wheels.download(files.requirements(), scratch.folder("fetched"));
            Path unpacked = scratch.folder("unpacked");
            for (Path wheel : fetched) {
                Wheels.unpack(wheel, unpacked);
            }
            Path library = unpacked.relativize(files.library(unpacked));
            Path icd = Files.createDirectory(unpacked.resolve(VENDORS)).resolve(ICD);
            Files.writeString(icd, target.resolve(library) + "\n");
            driver.moveIntoPlace(unpacked);
        }
        log.println("Intel's CPU runtime for OpenCL is installed.");
        return new Installed(target.resolve(VENDORS));
    }

    private static boolean isInstalled(Path driver) {
        try {
            return Files.exists(Path.of(Files.readString(driver.resolve(VENDORS).resolve(ICD)).strip()));
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    /** Returns a file system's exceptions often say no more than a path: their class is the message. */
    private static String said(IOException e) {
        return e instanceof FileSystemException || e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
