package io.clarion.graph;

/**
 * The counter-based generator Philox 4×32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1,
 * 2, 3" (SC 2011): four 32-bit words from a 128-bit counter and a 64-bit key.
 *
 * <p>Element {@code i} of call {@code draw} under {@code seed} is word {@code i mod 4} of counter
 * {@code (i / 4, 0, draw low, draw high)}, key {@code (seed low, seed high)}.
 */
public final class Philox {
    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;

    private Philox() {}

    /** Returns element {@code i} as a number in [0, 1), a multiple of 2⁻²⁴. */
    public static float uniform(long seed, long draw, int i) {
        return (bits(seed, draw, i) >>> 8) * 0x1p-24f;
    }

    /** Returns element {@code i} as 32 bits. */
    public static int bits(long seed, long draw, int i) {
        return block(new int[] {i >>> 2, 0, (int) draw, (int) (draw >>> 32)}, (int) seed, (int) (seed >>> 32))[i & 3];
    }

    /** Returns the four words of a counter under a key. */
    static int[] block(int[] counter, int key0, int key1) {
        int c0 = counter[0];
        int c1 = counter[1];
        int c2 = counter[2];
        int c3 = counter[3];
        for (int round = 0; round < 10; round++) {
            long p0 = (M0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            long p1 = (M1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            c0 = (int) (p1 >>> 32) ^ c1 ^ (key0 + round * W0);
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ (key1 + round * W1);
            c3 = (int) p0;
        }
        return new int[] {c0, c1, c2, c3};
    }
}
