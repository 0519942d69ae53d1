package io.clarion.device;

import io.clarion.conformance.EngineConformance;
import io.clarion.engine.Device;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests of every engine, on every device. */
@ParameterizedClass
@MethodSource("io.clarion.device.Devices#all")
class OpenClConformanceTest extends EngineConformance {
    /** Drivers build one large program sooner than many small ones. */
    static final int TOGETHER = 32;

    @Parameter
    TestedDevice tested;

    @Override
    public Device device() {
        return tested.device();
    }

    @Override
    public Device deviceToClose() {
        return Devices.fresh(tested);
    }

    @Override
    public int casesAFunction() {
        return TOGETHER;
    }

    /** What is stated apart from graphs; kinds of node, dtypes and gradients are drawn at random by other tests of this package. */
    @Override
    public Stream<String> nodeGroupsToCheck() {
        return "full".equals(System.getProperty("clarion.sweep")) ? super.nodeGroupsToCheck() : Stream.of("Commons Math", "variables");
    }
}
