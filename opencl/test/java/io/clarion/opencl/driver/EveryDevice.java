package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platforms;
import io.clarion.opencl.driver.doctor.Doctor;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs a test, which takes a {@link DeviceInfo}, once for each usable device; fails where there is none. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@MethodSource("io.clarion.opencl.driver.EveryDevice$Found#devices")
public @interface EveryDevice {
    /** The devices of this machine. */
    final class Found {
        private Found() {}

        static Stream<Named<DeviceInfo>> devices() {
            if (Platforms.usableDevices().isEmpty()) {
                throw new AssertionError("no OpenCL device: " + Doctor.examine());
            }
            return Platforms.usableDevices().stream().map(d -> Named.of(d.id(), d));
        }
    }
}
