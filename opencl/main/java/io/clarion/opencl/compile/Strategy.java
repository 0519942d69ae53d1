package io.clarion.opencl.compile;

import io.clarion.opencl.driver.Device;

/**
 * How kernels are laid out on a device, from its facts, never from its name.
 *
 * @param cpu            whether a work-item is a core's thread that wants whole vectors and tiles, with work-groups of one
 * @param width          floats in a vector
 * @param units          compute units
 * @param rows           rows of a tile that a work-item keeps in registers
 * @param columns        columns of a tile, a multiple of the width on a CPU
 * @param workGroup      work-items of a group in kernels without tiles
 * @param side           work-items along each side of a tile's work-group, on a GPU
 */
public record Strategy(boolean cpu, int width, int units, int rows, int columns, int workGroup, int side) {
    /** Elements of a block of the first operand's inner dimension that a work-item packs at a time. */
    static final int DEPTH = 256;
    /** The same of tiles on their side, which take more rows. */
    static final int DEPTH_ASIDE = 144;
    /** About how many rows of the first operand a work-item packs at a time. */
    static final int BLOCK = 96;
    /** The same of tiles on their side. */
    static final int BLOCK_ASIDE = 64;
    /** Numbers that a part of a core's second cache holds. */
    static final int CACHED = 1 << 16;
    /** The most columns over which a packed block of the first operand is used. */
    static final int WIDEST_GROUP = 256;

    public static Strategy of(Device device) {
        return device.lanesAreWorkItems() ? gpu(device) : cpu(device);
    }

    /** A strategy with whole tiles in a work-item's registers. */
    public static Strategy cpu(Device device) {
        int width = device.nativeVectorWidthFloat() >= 16 ? 16 : device.nativeVectorWidthFloat() >= 8 ? 8 : 4;
        return new Strategy(true, width, device.computeUnits(), width == 16 ? 12 : 6, 2 * width, 1, 1);
    }

    /** A strategy with tiles that a work-group shares in local memory. */
    public static Strategy gpu(Device device) {
        java.util.List<Long> most = device.maxWorkItemSizes();
        long limit = Math.min(device.maxWorkGroupSize(), most.get(0));
        int group = limit >= 64 ? 64 : 1 << (63 - Long.numberOfLeadingZeros(limit));
        int side = limit >= 256 && most.get(1) >= 16 && device.localMemory() >= 16 * 1024 ? 16 : limit >= 64 && most.get(1) >= 8 ? 8 : 4;
        return new Strategy(false, 1, device.computeUnits(), 4, 4 * side, group, side);
    }

    /** Whether products of this size are computed by tiles. */
    boolean tiles(int batch, int m, int n, int k) {
        return m >= 4 && n >= (cpu ? 3 : 4) && k >= 4 && (double) batch * m * n * k >= 1 << 14;
    }

    /** Columns of the tiles of a product that has {@code n}: no more lanes than needed, and few that are left over. */
    int columns(int n, boolean lanesM) {
        if (!cpu) {
            return columns;
        }
        if (!lanesM) {
            return n <= width ? width : columns;
        }
        int panels = (n + rows - 1) / rows;
        return (n + panels - 1) / panels;
    }

    /** Rows of a tile of {@code columns}: as many as fit the registers. */
    int rows(int columns, boolean lanesM) {
        return !cpu ? rows : lanesM ? columns <= rows / 2 ? 3 * width : 2 * width : columns == width ? 2 * rows : rows;
    }

    /** The most columns of a matrix that tiles read where it lies, rather than packed into panels. */
    int widestUnpacked() {
        return 512;
    }

    /**
     * Whether a panel of a matrix of {@code columns} is copied before its tiles are filled: rows that are a multiple of 1 KB
     * apart share 4 of 64 sets of the nearest cache.
     */
    boolean copiesPanel(int columns) {
        return columns >= 256;
    }

    /** Into how many parts to cut sums of {@code terms} terms to {@code elements} elements. */
    int parts(long elements, double terms) {
        long blocks = Math.max(1, elements / (cpu ? 16 * rows * columns : workGroup));
        long wanted = cpu ? 4L * units : 32L * units;
        long useful = terms < 4096 ? 1 : Math.min(wanted / blocks, (long) terms / 1024);
        return (int) Math.max(1, Math.min(Math.max(useful, Math.ceil(terms / longest())), 1 << 16));
    }

    /** Into how many parts to cut sums so that a part stays in a core's second cache for what reads it next. */
    int cachedParts(long elements, double terms) {
        double parts = elements * terms / CACHED;
        return cpu && parts >= 8 * units && terms / parts >= 256 ? (int) parts : 1;
    }

    /**
     * The most terms that are added one after another. More would cost accuracy; on a GPU they would idle the others; and
     * rusticl 22.3 on llvmpipe stops a work-item, silently, after 65,535 rounds of all its loops.
     */
    int longest() {
        return 1 << 14;
    }
}
