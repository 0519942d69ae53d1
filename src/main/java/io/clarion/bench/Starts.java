package io.clarion.bench;

import io.clarion.DimOrdering;
import io.clarion.model.Model;
import io.clarion.model.Net;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Workloads of a whole process. */
public final class Starts {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int STEPS = 50;

    private Starts() {}

    /** Makes a first prediction, 784-128-10 of a batch of 128, on the device in use; says of how many samples. */
    public static int predicted() {
        try (Model net = Net.MLP.build(1)) {
            return net.predict(Workloads.normal(1, 128, 784)).shape().size(0);
        }
    }

    /**
     * Returns the most memory, in bytes, that this process has held once the convolutional net was trained for some
     * steps.
     *
     * @throws UnsupportedOperationException where the system does not tell, as only Linux does
     */
    public static long memoryOfTraining() {
        try (Workload.Run run = Workloads.convolutional(DimOrdering.TF, Workloads.BATCH)) {
            for (int i = 0; i < STEPS; i++) {
                run.once();
            }
        }
        try {
            return Files.readAllLines(STATUS).stream().filter(l -> l.startsWith("VmHWM:"))
                    .mapToLong(l -> 1024 * Long.parseLong(l.replaceAll("\\D", ""))).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UnsupportedOperationException(
                    "this system does not tell how much memory a process has held: " + STATUS + " cannot be read", e);
        }
    }
}
