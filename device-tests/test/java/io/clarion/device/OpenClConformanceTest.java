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

    /** All others are drawn at random, with harder values and shapes, by other tests of this package. */
    @Override
    public Stream<String> nodeGroupsToCheck() {
        return "full".equals(System.getProperty("clarion.sweep")) ? super.nodeGroupsToCheck() : Stream.of("variables");
    }
}
