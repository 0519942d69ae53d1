package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A driver takes no signal from the JVM: its threads go on while devices are opened. */
class SignalsTest {
    private static final boolean ALL = System.getProperty("clarion.sweep", "").equals("full");

    /**
     * With the JVM's handlers saved before and restored after each call of a driver, this ended the child in each run.
     */
    @Test
    void busyThreadsLiveWhileDevicesAreOpenedAndClosed() throws Exception {
        String threads = ALL ? "16" : "3";
        String times = ALL ? "200" : "3";
        ChildJvm child = ChildJvm.run(OpenAndClose.class, List.of("-Xmx256m"), Map.of(), threads, times);
        assertEquals(0, child.exit(), child::output);
        assertEquals("as Java has it\n", child.output());
    }
}
