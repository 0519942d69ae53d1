package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.check.device.DeviceCheck;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every kind of node, movement, reduction and scalar function: what {@code clarion check} compares. */
public interface NodeConformance extends TestedEngine {
    /** Returns the groups of checks to run: all, but for those that the engine has harder tests of. */
    default Stream<String> nodeGroupsToCheck() {
        return DeviceCheck.groups().stream();
    }

    @TestFactory
    default Stream<DynamicTest> everyKindOfNode() {
        return nodeGroupsToCheck().map(group -> DynamicTest.dynamicTest(group,
                () -> assertEquals(List.of(), DeviceCheck.failures(group, device(), TestedEngine.reference()))));
    }
}
