package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.K;
import io.clarion.conformance.cases.GoldenCase;
import io.clarion.conformance.cases.GoldenCases;
import io.clarion.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoldenCaseTest {
    @Test
    void noiseOfTheTermsIsNoError() {
        K.useDevice(TestedEngine.reference());
        GoldenCase.Trial trial = GoldenCases.all().filter(c -> c.name().contains("l2_normalize [4,1]")).findFirst()
                .orElseThrow().trial();
        NDArray signs = NDArray.of(new float[] {1, -1, 1, 1}, 4, 1);
        trial.check(List.of(signs, NDArray.of(new float[] {0, 1e-8f, -1e-6f, 0}, 4, 1)));
        assertThrows(AssertionError.class,
                () -> trial.check(List.of(signs, NDArray.of(new float[] {0, 0, 1e-2f, 0}, 4, 1))));
        assertThrows(AssertionError.class,
                () -> trial.check(List.of(signs, NDArray.of(new float[] {1e-4f, 0, 0, 0}, 4, 1))));
    }
}
