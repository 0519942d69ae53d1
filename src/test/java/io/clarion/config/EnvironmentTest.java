package io.clarion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    private static final String PROPERTY = "clarion.test";

    @AfterEach
    void asBefore() {
        System.clearProperty(PROPERTY);
    }

    private static Optional<Long> number(String word, long least) {
        System.setProperty(PROPERTY, word);
        return Environment.wholeNumber(PROPERTY, "CLARION_TEST", least);
    }

    @Test
    void aWholeNumberIsRead() {
        assertEquals(Optional.empty(), number(" ", 1));
        assertEquals(Optional.of(-7L), number(" -7 ", Long.MIN_VALUE));
        assertEquals(Optional.of(1L), number("1", 1));
    }

    @Test
    void whatIsNoneIsAnErrorThatNamesTheSetting() {
        assertEquals("CLARION_TEST (property clarion.test) is \"abc\"; a whole number would do",
                assertThrows(IllegalArgumentException.class, () -> number("abc", Long.MIN_VALUE)).getMessage());
        assertEquals("CLARION_TEST (property clarion.test) is \"0\"; a whole number would do, 1 or more",
                assertThrows(IllegalArgumentException.class, () -> number("0", 1)).getMessage());
    }
}
