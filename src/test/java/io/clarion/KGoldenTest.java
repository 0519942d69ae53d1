package io.clarion;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every golden case on the reference engine. */
class KGoldenTest {
    @TestFactory
    Stream<DynamicTest> goldenCases() {
        K.useDevice("reference:0");
        return GoldenCases.all().map(c -> dynamicTest(c.name(), c::check));
    }
}
