package io.clarion.tensorflow;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.Finding;
import io.clarion.engine.PlatformReport;
import io.clarion.tensorflow.runtime.EagerContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Computes with TensorFlow: {@code tensorflow:0} is the CPU; GPUs follow where the natives on the class path can use
 * them. TensorFlow's libraries are loaded when a device is opened, not to list the CPU.
 */
public final class TensorFlowEngine implements Engine {
    private static final String CPU = "/job:localhost/replica:0/task:0/device:CPU:0";

    private final Map<String, TensorFlowDevice> open = new HashMap<>();
    private List<Found> found;

    /** A device and TensorFlow's name for it. */
    private record Found(DeviceReport report, String name) {}

    @Override
    public String name() {
        return "tensorflow";
    }

    @Override
    public String title() {
        return "TensorFlow";
    }

    @Override
    public List<PlatformReport> survey() {
        try {
            return List.of(platform(found().stream().map(Found::report).toList(), Optional.empty()));
        } catch (DeviceFailure e) {
            return List.of(platform(List.of(), Optional.of(e.getMessage())));
        }
    }

    private PlatformReport platform(List<DeviceReport> devices, Optional<String> error) {
        return new PlatformReport(name(), "TensorFlow-Java", "TensorFlow", Natives.version(), devices, error);
    }

    /** Natives for GPUs have to be loaded to know which there are. */
    private synchronized List<Found> found() {
        if (found == null) {
            var all = new ArrayList<Found>();
            all.add(new Found(report(0, "TensorFlow on the CPU", "CPU", Runtime.getRuntime().availableProcessors(),
                    DeviceReport.hostMemory(), Natives.problem()), CPU));
            if (Natives.canUseGpus()) {
                try (EagerContext context = Natives.open()) {
                    context.devices().stream().filter(d -> d.type().equals("GPU"))
                            .forEach(d -> all.add(new Found(
                                    report(all.size(), "TensorFlow on " + d.name().replaceAll(".*device:", ""), "GPU",
                                            1, d.memory(), Optional.empty()),
                                    d.name())));
                }
            }
            found = all;
        }
        return found;
    }

    private static DeviceReport report(int number, String name, String type, int units, long memory,
            Optional<String> problem) {
        return new DeviceReport("tensorflow:" + number, name, "TensorFlow", type, Natives.version(),
                "TensorFlow-Java " + Natives.version(), units, memory,
                true, true, problem);
    }

    @Override
    public synchronized Device open(String id) {
        Found device = found().stream().filter(f -> f.report().id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "open: the TensorFlow engine has no device \"" + id + "\"; it has "
                                + String.join(", ", found().stream().map(f -> f.report().id()).toList())));
        device.report().unusable().ifPresent(why -> {
            throw new IllegalArgumentException("open: " + id + " cannot be used: " + why);
        });
        return open.computeIfAbsent(id, x -> new TensorFlowDevice(device.report(), device.name(), () -> forget(id)));
    }

    private synchronized void forget(String id) {
        open.remove(id);
    }

    @Override
    public List<Finding> diagnose() {
        return List.of(Natives.problem()
                .map(why -> new Finding(Finding.Severity.ERROR, "The TensorFlow engine cannot be used.", why))
                .orElseGet(() -> new Finding(Finding.Severity.GOOD,
                        "TensorFlow-Java " + Natives.version() + " and its natives are on the class path.", "")));
    }
}
