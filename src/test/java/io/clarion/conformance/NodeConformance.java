package io.clarion.conformance;

import io.clarion.cli.CheckedNodes;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every kind of node, movement, reduction and scalar function: what {@code clarion check} compares. */
public interface NodeConformance extends TestedEngine {
    @TestFactory
    default Stream<DynamicTest> everyKindOfNode() {
        return CheckedNodes.groups().map(group -> DynamicTest.dynamicTest(group, () -> CheckedNodes.check(group, device(), TestedEngine.reference())));
    }
}
