package io.clarion.opencl.compile.strategy;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The tile sizes of {@code contract_cpu.cl}, which computes products on a CPU.
 *
 * @param rows    that a work-item keeps in registers
 * @param vectors of columns that it keeps in registers
 * @param depth   of k that it packs at a time
 * @param aside   the same of tiles on their side, which take more rows
 * @param group   the most columns over which what was packed is used
 * @param block   about how many rows of the first operand it packs at a time
 */
public record CpuTile(int rows, int vectors, int depth, int aside, int group, int block) {
    /** The number of parameters that can be tuned. */
    public static final int PARAMETERS = 6;
    private static final int[][] VALUES = {{4, 6, 8, 12, 14}, {1, 2, 4}, {128, 192, 256, 384, 512}, {96, 144, 192},
            {128, 256, 512}, {48, 96, 144}};
    private static final int REGISTERS = 32;
    /** Numbers that a work-item's blocks may have together: what the second cache of a core holds. */
    public static final int PRIVATE = 1 << 16;

    /**
     * Returns the tile for vectors of {@code width} floats: 12 × 2 of 16 fill 24 of 32 registers, 6 × 2 of 8 fill 12 of
     * 16; the blocks have 96 KB in either case.
     */
    static CpuTile of(int width) {
        return width == 16 ? new CpuTile(12, 2, 512, 144, 256, 48) : new CpuTile(6, 2, 256, 144, 256, 96);
    }

    /**
     * Returns the most rows of a tile of {@code vectors} of {@code width} floats: AVX-512 has 32 registers, others 16,
     * of which four hold what is multiplied.
     */
    public static int rows(int width, int vectors) {
        return ((width == 16 ? REGISTERS : REGISTERS / 2) - 4) / vectors;
    }

    /** Returns the tile of what {@link #numbers} gives. */
    static CpuTile of(int[] n) {
        return new CpuTile(n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    /** Returns its parameters in their order. */
    int[] numbers() {
        return new int[] {rows, vectors, depth, aside, group, block};
    }

    /** Returns this tile with each of the other values of a parameter, by its number, that are worth a try. */
    public List<CpuTile> others(int parameter) {
        int[] now = numbers();
        return IntStream.of(VALUES[parameter]).filter(v -> v != now[parameter]).mapToObj(v -> {
            int[] n = now.clone();
            n[parameter] = v;
            return of(n);
        }).filter(CpuTile::isPossible).toList();
    }

    /** Returns whether its accumulators can be in registers and its blocks in the cache. */
    boolean isPossible() {
        return rows >= 2 && rows <= 16 && vectors >= 1 && rows * vectors <= REGISTERS && depth >= 32 && depth <= 1024
                && aside >= 32 && aside <= 1024
                && group >= 64 && group <= 1024
                && block >= rows && block <= 512 && block * (depth + group) <= PRIVATE;
    }
}
