package io.clarion.conformance;

import io.clarion.K;
import io.clarion.conformance.cases.GoldenCase;
import io.clarion.conformance.cases.GoldenCases;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The golden cases: values and gradients that TensorFlow gave in double precision. */
public interface GoldenConformance extends TestedEngine {
    /**
     * Returns the cases to check: all of them, but for those that the engine refuses by its nature; its documentation
     * names them.
     */
    default Stream<GoldenCase> goldenCasesToCheck() {
        return GoldenCases.all();
    }

    @TestFactory
    default Stream<DynamicTest> goldenCases() {
        K.useDevice(TestedEngine.reference());
        return TestedEngine.inParts(goldenCasesToCheck().toList(), casesAFunction()).stream()
                .flatMap(cases -> new GoldenBatch(this::device, cases).tests());
    }
}
