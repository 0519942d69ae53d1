package io.clarion.conformance;

import io.clarion.GoldenCase;
import io.clarion.GoldenCases;
import io.clarion.K;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The golden cases: values and gradients that TensorFlow gave in double precision. */
public interface GoldenConformance extends TestedEngine {
    @TestFactory
    default Stream<DynamicTest> goldenCases() {
        return GoldenCases.all().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
    }

    private void check(GoldenCase golden) {
        K.useDevice(device());
        golden.check();
    }
}
