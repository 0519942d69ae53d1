package io.clarion.opencl.compile.strategy;

import io.clarion.opencl.driver.device.DeviceInfo;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The tile sizes of {@code contract_gpu.cl}, which computes products on a GPU: {@code groupM} × {@code groupN}
 * work-items compute {@code eachM} × {@code eachN} results each, {@code depth} of k at a time.
 *
 * @param unroll of k at once: all of the depth where the compiler is for GPUs
 */
public record GpuTile(int groupM, int groupN, int eachM, int eachN, int depth, int unroll) {
    /** Of the vectors that a work-item of a GPU reads and writes. */
    public static final int LANES = 4;
    /** For a device whose compiler or work-groups take no more. */
    public static final GpuTile SMALLEST = new GpuTile(4, 4, 4, 4, 8, 1);
    /** 8 × 8 results a work-item take about 120 registers: what AMD's give to 7 waves or more. */
    public static final List<GpuTile> WIDE = List.of(of(16, 16, 8, 8, 8), of(16, 16, 8, 4, 16), of(16, 8, 4, 4, 16),
            of(16, 4, 4, 4, 16), of(8, 8, 4, 4, 16),
            of(4, 8, 4, 4, 16));
    /** NVIDIA's have room for twice the depth. */
    public static final List<
            GpuTile> DEEP = Stream.concat(Stream.of(of(16, 16, 8, 8, 16)), WIDE.stream().skip(1)).toList();
    /** Of 4 KB of registers, as a thread of 8 lanes has on Intel's GPUs, 4 × 8 results take less than all. */
    public static final List<
            GpuTile> NARROW = List.of(of(16, 8, 4, 8, 8), of(16, 4, 8, 4, 8), of(8, 8, 4, 4, 8), of(4, 8, 4, 4, 8));
    /** The groups of {@code lanes} work-items that a unit computes at once; no driver tells. */
    private static final int SIDE_BY_SIDE = 4;
    /** The wait of a unit for each k, in products, where it has no other tile. */
    private static final double WAIT = 2560;
    private static final int[] GROUPS = {4, 8, 16};
    private static final int[] EACH = {4, 8};
    private static final int[] DEPTHS = {8, 16};

    private static GpuTile of(int groupM, int groupN, int eachM, int eachN, int depth) {
        return new GpuTile(groupM, groupN, eachM, eachN, depth, depth);
    }

    /** Returns all that is worth a try on some device. */
    public static List<GpuTile> space() {
        return IntStream.of(GROUPS).boxed()
                .flatMap(m -> IntStream.of(GROUPS).boxed()
                        .flatMap(n -> IntStream.of(EACH).boxed()
                                .flatMap(i -> IntStream.of(EACH).boxed()
                                        .flatMap(j -> IntStream.of(DEPTHS).mapToObj(d -> of(m, n, i, j, d))))))
                .toList();
    }

    /** Returns all of them that fit a device; of a compiler for CPUs those that are not large once unrolled. */
    public static List<GpuTile> space(DeviceInfo device) {
        boolean small = device.type() == DeviceInfo.Type.CPU;
        return space().stream().filter(t -> !small || t.eachM + t.eachN == 2 * EACH[0])
                .map(t -> small ? new GpuTile(t.groupM, t.groupN, t.eachM, t.eachN, t.depth, 1) : t)
                .filter(t -> t.fits(device)).toList();
    }

    /** Returns those that serve products of all shapes well on a device, as far as its facts tell. */
    static List<GpuTile> of(DeviceInfo device) {
        List<GpuTile> tiles = device.type() == DeviceInfo.Type.CPU ? List.of(SMALLEST)
                : device.has("cl_intel_subgroups") ? NARROW : device.has("cl_nv_device_attribute_query") ? DEEP : WIDE;
        List<GpuTile> fitting = tiles.stream().filter(t -> t.fits(device)).toList();
        return fitting.isEmpty() ? List.of(SMALLEST) : fitting;
    }

    /** Returns whether the kernel can be built for it. */
    boolean isPossible() {
        return IntStream.of(groupM, groupN).allMatch(g -> g >= 1 && g <= 64 && Integer.bitCount(g) == 1)
                && IntStream.of(eachM, eachN).allMatch(e -> e == 4 || e == 8)
                && (depth == 4 || depth == 8 || depth == 16 || depth == 32)
                && unroll >= 1 && unroll <= depth;
    }

    /** Returns whether a device has the work-groups and the local memory for it. */
    public boolean fits(DeviceInfo device) {
        long side = device.maxWorkItemSizes().stream().limit(2).min(Long::compare).orElse(1L);
        return items() <= device.maxWorkGroupSize() && Math.max(groupM, groupN) <= side
                && localBytes() <= device.localMemory();
    }

    public int rows() {
        return groupM * eachM;
    }

    int columns() {
        return groupN * eachN;
    }

    int items() {
        return groupM * groupN;
    }

    private int localBytes() {
        return 4 * depth * (rows() + columns() + 4);
    }

    /**
     * Returns what a tile costs a unit for each k, in products: a number read from local memory takes a work-item about
     * as long as two, one copied there 16. Fitted to what an H100 took, alone and beside others.
     */
    private double cost(int running) {
        return running * (eachM * eachN + 2.0 * (eachM + eachN)) + 16.0 * (rows() + columns());
    }

    /**
     * Returns what a product of {@code batch} times {@code m} × {@code n} results costs on {@code units}. A tile that
     * is alone on its unit has it wait, and idles what its work-items do not fill.
     *
     * @param lanes work-items that a device runs as one
     */
    double cost(int batch, int m, int n, int units, int lanes) {
        double tiles = (double) batch * ((m + rows() - 1) / rows()) * ((n + columns() - 1) / columns());
        double alone = cost(Math.max(items(), SIDE_BY_SIDE * lanes)) + WAIT;
        return Math.max(alone, Math.ceil(tiles / units) * cost((items() + lanes - 1) / lanes * lanes));
    }
}
