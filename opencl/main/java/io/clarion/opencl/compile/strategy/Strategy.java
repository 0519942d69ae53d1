package io.clarion.opencl.compile.strategy;

import io.clarion.opencl.compile.codegen.KernelText;
import io.clarion.opencl.driver.device.DeviceInfo;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The layout of kernels on a device: vector widths, tiles and shares, from its facts, never from its name.
 *
 * @param cpu        whether a work-item is a core's thread that wants whole vectors and tiles, with work-groups of one
 * @param width      floats in a vector
 * @param units      compute units
 * @param lanes      work-items that run as one
 * @param workGroup  work-items of a group in kernels without tiles
 * @param prefetches whether kernels ask for memory that they will read soon
 * @param tile       of products on a CPU
 * @param tiles      of products on a GPU: which one, their shapes tell
 */
public record Strategy(boolean cpu, int width, int units, int lanes, int workGroup, boolean prefetches, CpuTile tile,
        List<GpuTile> tiles) {
    /** Bytes of a core's second cache that kernels count on. */
    public static final int CACHED = 1 << 18;
    /** Results of a GPU's work-group where there are few. */
    private static final double SMALL_TILE = 1024;
    /** The same where there are many. */
    private static final double LARGE_TILE = 8192;

    public static Strategy of(DeviceInfo device) {
        return device.lanesAreWorkItems() ? gpu(device) : cpu(device);
    }

    /**
     * Returns the layout that tests ask for by {@code -Dclarion.layout}, whatever the device is: "gpu", or the floats
     * in a CPU's vectors.
     */
    static Strategy named(String layout, DeviceInfo device) {
        return layout.equals("gpu") ? gpu(device) : cpu(Integer.parseInt(layout), device.computeUnits());
    }

    /** Returns a strategy with whole tiles in a work-item's registers. */
    public static Strategy cpu(DeviceInfo device) {
        int width = device.nativeVectorWidthFloat() >= 16 ? 16 : device.nativeVectorWidthFloat() >= 8 ? 8 : 4;
        return cpu(width, device.computeUnits(), device.prefetches());
    }

    /** Returns the same for vectors of {@code width} floats. */
    public static Strategy cpu(int width, int units) {
        return cpu(width, units, false);
    }

    private static Strategy cpu(int width, int units, boolean prefetches) {
        return new Strategy(true, width, units, 1, 1, prefetches, CpuTile.of(width), List.of());
    }

    /** Returns a strategy with tiles that a work-group shares in local memory. */
    public static Strategy gpu(DeviceInfo device) {
        long limit = Math.min(device.maxWorkGroupSize(), device.maxWorkItemSizes().get(0));
        int group = limit >= 64 ? 64 : 1 << (63 - Long.numberOfLeadingZeros(limit));
        return gpu(device.computeUnits(), Math.max(1, device.preferredMultiple()), group, GpuTile.of(device));
    }

    /** Returns the same with given tiles. */
    public static Strategy gpu(int units, int lanes, int workGroup, List<GpuTile> tiles) {
        return new Strategy(false, 1, units, lanes, workGroup, false, null, tiles);
    }

    /**
     * Returns the lanes of all vectors that kernels of this strategy may have, which is what programs have functions
     * for. A kernel that is written with others fails ({@link KernelText#require}).
     */
    public List<Integer> widths() {
        return !cpu ? List.of(GpuTile.LANES) : IntStream.iterate(2, w -> w <= width, w -> 2 * w).boxed().toList();
    }

    /**
     * Returns the lanes of vectors that are tried, the widest first: of half as wide ones fewer cross the ends of rows.
     */
    public List<Integer> candidates() {
        return isNarrowable() ? List.of(width, width / 2) : List.of(width);
    }

    /** Returns whether vectors of half the width are tried too. */
    public boolean isNarrowable() {
        return cpu && width >= 16;
    }

    /** Returns the same with vectors of {@code width} floats. */
    public Strategy with(int width) {
        return new Strategy(cpu, width, units, lanes, workGroup, prefetches, tile, tiles);
    }

    /** Returns the same with other tiles. */
    public Strategy with(CpuTile tile, List<GpuTile> tiles) {
        return new Strategy(cpu, width, units, lanes, workGroup, prefetches, tile, tiles);
    }

    /** Returns where the work-items that share a chain's rows leave what they make for each other. */
    public String arraySpace() {
        return cpu ? "private" : "local";
    }

    /** Returns the declaration of an array there; on a CPU it begins with a line of the cache. */
    public String array(String type, String name, int elements) {
        return String.format(Locale.ROOT, "%s %s %s[%d]%s; ", arraySpace(), type, name, elements,
                cpu ? " __attribute__((aligned(64)))" : "");
    }

    /** Returns the most work-items of a group that are sure to be possible, a power of two. */
    public int widestGroup() {
        return tiles.stream().mapToInt(GpuTile::items).reduce(workGroup, Math::max);
    }

    /** Returns whether products of this size are computed by tiles. */
    public boolean tiles(int batch, int m, int n, int k) {
        return m >= 4 && n >= (cpu ? 3 : 4) && k >= 4 && (double) batch * m * n * k >= 1 << 14;
    }

    /** Returns the tile of a product on a GPU: that which costs least. */
    public GpuTile tile(int batch, int m, int n) {
        return Collections.min(tiles, Comparator.comparing(t -> t.cost(batch, m, n, units, lanes)));
    }

    /** Columns of the tiles of a product: on a CPU no more lanes than needed, and few that are left over. */
    public int columns(int batch, int m, int n, boolean lanesM) {
        if (!cpu) {
            return tile(batch, m, n).columns();
        }
        if (!lanesM) {
            return n <= width ? width : tile.vectors() * width;
        }
        int panels = (n + tile.rows() - 1) / tile.rows();
        return (n + panels - 1) / panels;
    }

    /** Returns the rows of a tile of {@code columns} on a CPU: as many as fit the registers. */
    public int rows(int columns, boolean lanesM) {
        return lanesM ? (columns <= tile.rows() / 2 ? 3 : 2) * width : columns == width ? 2 * tile.rows() : tile.rows();
    }

    /**
     * Returns whether tiles of {@code width} columns read a matrix where it lies, rather than packed into panels.
     *
     * @param again whether it is read so often that panels are worth their making
     */
    public boolean readsInPlace(int columns, int width, boolean again) {
        return cpu ? columns % width == 0 && columns <= (again ? tile.vectors() * this.width : 512) : columns % 4 == 0;
    }

    /**
     * Returns whether a panel of a matrix of {@code columns} is copied before its tiles are filled: rows that are a
     * multiple of 1 KB apart share 4 of 64 sets of the nearest cache.
     */
    public boolean copiesPanel(int columns) {
        return columns >= 256;
    }

    /**
     * Returns into how many parts to cut sums of {@code terms} terms to {@code elements} elements.
     *
     * @param isProduct whether tiles compute them
     * @param isAlong   whether neighbours in memory lie along the sum, so that a GPU's work-group shares it
     */
    public int parts(long elements, double terms, boolean isProduct, boolean isAlong) {
        double useful = cpu ? cpuParts(elements, terms) : gpuParts(elements, terms, isProduct, isAlong);
        return (int) Math.max(1, Math.min(Math.max(useful, Math.ceil(terms / longest())), 1 << 16));
    }

    private double cpuParts(long elements, double terms) {
        double blocks = Math.max(1, elements / (16 * tile.rows() * tile.vectors() * width));
        return terms < 4096 ? 1 : Math.floor(Math.min(4 * units / blocks, terms / 1024));
    }

    /**
     * Returns into how many parts to cut sums on a GPU: two work-groups a unit of products, by large tiles if that
     * leaves parts of many terms; else as many work-items as hide the memory's latency. No part is of a few terms.
     */
    private double gpuParts(long elements, double terms, boolean isProduct, boolean isAlong) {
        if (isProduct) {
            double small = Math.min(2 * units / Math.ceil(elements / SMALL_TILE), terms / 128);
            double large = Math.min(2 * units / Math.ceil(elements / LARGE_TILE), terms / 1024);
            return terms < 512 ? 1 : Math.floor(Math.max(small, large));
        }
        int share = isAlong || isShared(elements, terms) ? workGroup : 1;
        return terms < 256 ? 1 : Math.floor(Math.min((double) inFlight() / elements, terms / 64) / share);
    }

    /**
     * Returns whether work-groups of a GPU share each sum, although neighbours lie across it: the few numbers stay in a
     * cache.
     */
    public boolean isShared(long elements, double terms) {
        return elements < inFlight() / workGroup && elements * terms <= 1 << 18;
    }

    /** Returns how many work-items hide a GPU's memory's latency. */
    private int inFlight() {
        return 32 * units * workGroup;
    }

    /** Returns into how many parts to cut sums so that a part stays in a core's second cache for what reads it next. */
    public int cachedParts(long elements, double terms) {
        double parts = elements * terms * Float.BYTES / CACHED;
        return cpu && parts >= 8 * units && terms / parts >= 256 ? (int) parts : 1;
    }

    /**
     * Returns the most terms that are added one after another. More would cost accuracy; on a GPU they would idle the
     * others; and rusticl 22.3 on llvmpipe stops a work-item, silently, after 65,535 rounds of all its loops.
     */
    public int longest() {
        return 1 << 14;
    }
}
