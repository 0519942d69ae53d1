package io.clarion.opencl.driver.device;

import io.clarion.opencl.driver.Event;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The properties of an OpenCL device, as it tells them. Sizes are in bytes.
 *
 * @param id                     platform key and number, such as {@code "pocl:0"}
 * @param platformName           the platform's own name
 * @param openclVersion          as declared, such as {@code "OpenCL 3.0 PoCL HSTR: …"}
 * @param languageVersion        of OpenCL C, as declared
 * @param globalMemory           all of the device's memory
 * @param maxAllocation          the largest buffer
 * @param localMemory            a work-group's local memory
 * @param localMemoryIsReal      whether local memory is a memory of its own (false on CPUs: it is the cache)
 * @param preferredMultiple      of work-groups: work-items that run as one; 0 where it is not told
 * @param nativeVectorWidthFloat floats in a hardware register, 1 on GPUs
 * @param cacheLine              of the global memory's cache
 * @param globalCache            of the global memory
 * @param unifiedMemory          whether the device works in the host's memory
 * @param fineGrainedSystem      whether it shares all of the host's memory at a fine grain: the host sees what kernels
 *                               wrote there as soon as they are done (fine-grained system SVM)
 * @param roundsQuotients        whether it can be asked to round float32's quotients and square roots correctly
 * @param profilingResolution    nanoseconds
 * @param nativeIds              for this package only
 */
public record DeviceInfo(
        String id, String platformName, String name, String vendor, Type type, String driverVersion,
        String openclVersion, String languageVersion, String profile, boolean littleEndian, int addressBits,
        int computeUnits, int clockMHz,
        long globalMemory, long maxAllocation, long localMemory, boolean localMemoryIsReal,
        long maxWorkGroupSize, List<Long> maxWorkItemSizes, int preferredMultiple,
        int nativeVectorWidthFloat, int preferredVectorWidthFloat,
        int cacheLine, long globalCache, boolean unifiedMemory, boolean fineGrainedSystem, boolean fp16, boolean fp64,
        boolean roundsQuotients,
        boolean available, boolean compilerAvailable, List<String> extensions, long profilingResolution,
        NativeIds nativeIds) {

    private static final Pattern VERSION = Pattern.compile("OpenCL (\\d+)\\.(\\d+).*");

    /** The kinds of device that OpenCL knows. */
    public enum Type { CPU, GPU, ACCELERATOR, CUSTOM }

    public DeviceInfo {
        maxWorkItemSizes = List.copyOf(maxWorkItemSizes);
        extensions = List.copyOf(extensions);
    }

    /** Returns why Clarion will not use it; empty where it will. */
    public Optional<String> unusable() {
        return Optional.ofNullable(
                type == Type.CUSTOM ? "it is a custom device, which runs no OpenCL C"
                        : !available ? "the driver says that it is not available"
                                : !compilerAvailable ? "its driver has no compiler"
                                        : version() < 102
                                                ? "it speaks \"" + openclVersion + "\", and OpenCL 1.2 is the least"
                                                : !profile.equals("FULL_PROFILE")
                                                        ? "its profile is " + profile + ", and FULL_PROFILE is needed"
                                                        : !littleEndian ? "it is big-endian"
                                                                : null);
    }

    /** Returns whether it has an extension, such as {@code "cl_khr_fp16"}. */
    public boolean has(String extension) {
        return extensions.contains(extension);
    }

    /**
     * Returns whether work-items are the lanes of a register, so that work-groups should fill some: on GPUs, and on CPU
     * drivers that declare vectors of one float (rusticl). Otherwise a work-item should use vectors of its own.
     */
    public boolean lanesAreWorkItems() {
        return type != Type.CPU || nativeVectorWidthFloat <= 1;
    }

    /**
     * Returns whether its buffers lie where the host can copy into them itself, which is sooner done than queueing a
     * copy; on a CPU.
     */
    public boolean worksInHostMemory() {
        return unifiedMemory && !lanesAreWorkItems();
    }

    /** Returns whether its compiler takes clang's {@code __builtin_prefetch}. */
    public boolean prefetches() {
        return Quirks.of(this).prefetches();
    }

    /** Returns whether {@link Event#span} tells when a command ran. */
    public boolean timesCommands() {
        return !Quirks.of(this).timesAreOfTheQueue();
    }

    /** Returns the declared OpenCL version as 100 · major + minor; 0 where it cannot be read. */
    int version() {
        Matcher m = VERSION.matcher(openclVersion);
        return m.matches() ? 100 * Integer.parseInt(m.group(1)) + Integer.parseInt(m.group(2)) : 0;
    }
}
