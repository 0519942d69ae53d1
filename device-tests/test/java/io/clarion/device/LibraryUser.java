package io.clarion.device;

import io.clarion.K;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engines;
import io.clarion.engine.Finding;
import io.clarion.engine.PlatformReport;
import io.clarion.graph.Tensor;
import io.clarion.model.Digits;
import io.clarion.model.Net;
import io.clarion.model.Trainer;
import io.clarion.model.optimizer.Adam;
import io.clarion.tensor.NDArray;
import java.util.List;

/** A program of somebody who has the library and what it depends on, and nothing else on the class path. */
final class LibraryUser {
    private LibraryUser() {}

    public static void main(String[] args) {
        Engines.all().stream().flatMap(e -> e.survey().stream()).forEach(LibraryUser::tell);
        DeviceChoice.all(Engines.all()).stream().filter(d -> d.report().isUsable()).forEach(LibraryUser::compute);
        train();
        for (Finding finding : Engines.named("opencl").orElseThrow().diagnose()) {
            System.out.println("finding " + finding.what() + " -> " + finding.cure());
        }
        try {
            DeviceChoice.first(Engines.named("opencl").orElseThrow());
        } catch (IllegalStateException e) {
            System.out.println("refused " + e.getMessage());
        }
        System.exit(0);
    }

    private static void tell(PlatformReport platform) {
        platform.error().ifPresent(error -> System.out.println("platform " + platform.name() + ": " + error));
    }

    private static void compute(DeviceChoice device) {
        K.useDevice(device.report().id());
        Tensor x = K.placeholder(K.NONE, 3);
        NDArray sums = K.function(List.of(x), List.of(K.sum(K.square(x), -1)))
                .call(NDArray.of(new float[] {1, 2, 3}, 1, 3)).get(0);
        System.out.println("device " + device.report().id() + " " + sums.get(0));
    }

    private static void train() {
        Digits.Labelled digits = Digits.bundled().test().part(0, 32);
        try (Trainer trainer = Net.trainer(Net.MLP.build(1), new Adam())) {
            System.out.println(
                    "trained " + Double.isFinite(trainer.trainOnBatch(digits.fitting(trainer.model())).loss()));
        }
    }
}
