package io.clarion.device;

import io.clarion.conformance.EdgeConformance;
import io.clarion.conformance.GoldenConformance;
import io.clarion.conformance.RandomConformance;
import io.clarion.conformance.RandomTensorConformance;
import io.clarion.conformance.UpdateConformance;
import io.clarion.conformance.cases.GoldenCase;
import io.clarion.conformance.cases.GoldenCases;
import io.clarion.engine.Device;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests of every engine that kernels could fail, on CPUs whose kernels are laid out for GPUs. */
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("io.clarion.device.Devices#asGpus")
class LayoutConformanceTest
        implements GoldenConformance, RandomConformance, EdgeConformance, UpdateConformance, RandomTensorConformance {
    @Parameter
    TestedDevice tested;

    @Override
    public Device device() {
        return tested.device();
    }

    @Override
    public int casesAFunction() {
        return OpenClConformanceTest.TOGETHER;
    }

    /** Each fifth case where {@code clarion.samples} asks for no more. */
    @Override
    public Stream<GoldenCase> goldenCasesToCheck() {
        return GoldenCases.all().filter(c -> Integer.getInteger("clarion.samples", 1) > 1 || c.index() % 5 == 0);
    }
}
