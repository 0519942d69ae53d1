package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.conformance.TestedEngine;
import io.clarion.model.Digits;
import io.clarion.model.Net;
import io.clarion.model.Trainer;
import io.clarion.model.optimizer.Sgd;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DivergenceTest {
    @Test
    void aLossThatIsNoNumberAnyMoreIsWarnedOfOnce() {
        PrintStream before = System.err;
        var bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        K.useDevice(TestedEngine.reference());
        Digits.Labelled digits = Digits.bundled().test().part(0, 64);
        try (Trainer trainer = Net.trainer(Net.MLP.build(1), new Sgd(1e30))) {
            trainer.fit(digits.fitting(trainer.model()), 2, 16);
        } finally {
            System.setErr(before);
        }
        String said = bytes.toString(StandardCharsets.UTF_8);
        assertEquals(1,
                said.lines().filter(
                        line -> line.matches(".*the loss is (NaN|Infinity) in step .* at a learning rate of 1.0E30.*"
                                + "CLARION_CHECK=nan.*"))
                        .count(),
                said);
    }
}
