package io.clarion.theano;

import io.clarion.config.Environment;
import io.clarion.config.Home;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.Finding;
import io.clarion.engine.PlatformReport;
import io.clarion.theano.python.LibraryFetch;
import io.clarion.theano.python.Python;
import io.clarion.theano.python.PythonChoice;
import io.clarion.theano.python.PythonChoice.Choice;
import io.clarion.theano.python.PythonChoice.Fetchable;
import io.clarion.theano.python.PythonChoice.Ready;
import io.clarion.theano.python.PythonChoice.Unusable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Computes with Theano, Aesara or PyTensor, in a Python process of its own: {@code theano:0}. The process is started
 * when the device is opened; listing it only asks Python what it has.
 */
public final class TheanoEngine implements Engine {
    private static final String DEVICE = "theano:0";

    private TheanoDevice open;
    private Choice choice;

    @Override
    public String name() {
        return "theano";
    }

    @Override
    public String title() {
        return "Theano";
    }

    private synchronized Choice choice() {
        if (choice == null) {
            choice = PythonChoice.of(Environment.value("clarion.theano", "CLARION_THEANO"),
                    new LibraryFetch(Home.clarionFolders(), System.getenv(), System.err));
        }
        return choice;
    }

    @Override
    public List<PlatformReport> survey() {
        DeviceReport device = report();
        return List
                .of(new PlatformReport(name(), title(), title(), device.driver(), List.of(device), Optional.empty()));
    }

    private DeviceReport report() {
        return switch (choice()) {
            case Ready(Python python) ->
                    report(python.title(), python.library(), "Python " + python.version(), Optional.empty());
            case Fetchable fetchable ->
                    report("PyTensor, fetched when the device is opened", "", "Python", Optional.empty());
            case Unusable(String why) -> report("Theano", "", "Python", Optional.of(why));
        };
    }

    private static DeviceReport report(String name, String library, String python, Optional<String> problem) {
        return new DeviceReport(DEVICE, name, "Theano", "CPU", library, python,
                Runtime.getRuntime().availableProcessors(), DeviceReport.hostMemory(), true, true, problem);
    }

    @Override
    public synchronized Device open(String id) {
        if (!id.equals(DEVICE)) {
            throw new IllegalArgumentException(
                    "open: the Theano engine has no device \"" + id + "\"; it has " + DEVICE);
        }
        if (open == null) {
            Python python = python();
            Path compiled = Home.clarion().resolve("engines").resolve("theano-compiled");
            open = new TheanoDevice(report(), python, compiled, this::forget);
        }
        return open;
    }

    /** Returns the Python to use, which is fetched if it has to be. */
    private Python python() {
        return switch (choice()) {
            case Ready(Python python) -> python;
            case Unusable(String why) ->
                    throw new IllegalArgumentException("open: " + DEVICE + " cannot be used: " + why);
            case Fetchable(LibraryFetch fetch) -> {
                Python python = fetched(fetch);
                choice = new Ready(python);
                yield python;
            }
        };
    }

    private static Python fetched(LibraryFetch fetch) {
        try {
            return fetch.fetch();
        } catch (IOException e) {
            throw new IllegalArgumentException("open: " + DEVICE + " cannot be used: PyTensor could not be fetched: "
                    + (e.getMessage() == null ? e.toString() : e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException(
                    "open: " + DEVICE + " cannot be used: the fetch of PyTensor was interrupted; run again to fetch it",
                    e);
        }
    }

    private synchronized void forget() {
        open = null;
    }

    @Override
    public List<Finding> diagnose() {
        return List.of(switch (choice()) {
            case Ready(Python python) -> new Finding(Finding.Severity.GOOD,
                    "The Theano engine uses " + python.title() + " of " + python.command() + ".", "");
            case Fetchable fetchable -> new Finding(Finding.Severity.GOOD,
                    "The Theano engine fetches PyTensor when its device is opened.", "");
            case Unusable(String why) ->
                    new Finding(Finding.Severity.WARNING, "The Theano engine cannot be used.", why);
        });
    }
}
