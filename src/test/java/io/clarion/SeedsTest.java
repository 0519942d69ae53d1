package io.clarion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeedsTest {
    /** Asks twice for a random tensor, and prints what comes. */
    static final class Asks {
        private Asks() {}

        public static void main(String[] none) {
            for (int i = 0; i < 2; i++) {
                try {
                    K.randomUniform(new int[] {2}, 0, 1);
                    System.out.println("made");
                } catch (IllegalArgumentException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    private static List<String> said(String seed) throws Exception {
        Process child = JavaChild.start(Asks.class, List.of("-Dclarion.seed=" + seed));
        List<String> said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertEquals(0, child.waitFor());
        return said;
    }

    @Test
    void aSeedThatIsNoNumberIsAnErrorOfEachCallThatNeedsIt() throws Exception {
        String refusal = "CLARION_SEED (property clarion.seed) is \"abc\"; a whole number would do";
        assertEquals(List.of(refusal, refusal), said("abc"));
        assertEquals(List.of("made", "made"), said("12"));
    }
}
