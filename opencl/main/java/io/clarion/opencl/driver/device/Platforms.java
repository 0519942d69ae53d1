package io.clarion.opencl.driver.device;

import io.clarion.opencl.driver.library.HostSystem;
import io.clarion.opencl.driver.library.IcdFiles;
import io.clarion.opencl.driver.library.LoaderFacts;
import io.clarion.opencl.driver.library.LoaderFacts.Source;
import io.clarion.opencl.driver.library.OpenClLibrary;
import io.clarion.opencl.driver.library.SignalGuard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocl.CL;
import org.jocl.cl_device_id;
import org.jocl.cl_device_partition_property;
import org.jocl.cl_platform_id;

/** Finds the OpenCL platforms of this machine, once per JVM. */
public final class Platforms {
    /** Every type of device. JOCL's CL_DEVICE_TYPE_ALL arrives sign-extended, and rusticl refuses that. */
    private static final long ANY_TYPE = 0xFFFFFFFFL;

    private static final Pattern PART = Pattern.compile("(.+)/(\\d+)of(\\d+)");
    private static final Map<String, DeviceInfo> PARTS = new ConcurrentHashMap<>();

    private Platforms() {}

    /** Returns all platforms in the loader's order, those without devices too; none where there is no loader. */
    public static List<Platform> all() {
        return Found.PLATFORMS;
    }

    /** Returns every device that Clarion can use, in the order of the platforms. */
    public static List<DeviceInfo> usableDevices() {
        return all().stream().flatMap(p -> p.devices().stream()).filter(d -> d.unusable().isEmpty()).toList();
    }

    /**
     * Returns the device with that id, or the part of one that {@code pocl:0/1of2} names: the first of two equal parts
     * of its units.
     *
     * @throws OpenClException if the driver does not divide the device so
     */
    public static Optional<DeviceInfo> named(String id) {
        Matcher part = PART.matcher(id);
        if (!part.matches()) {
            return all().stream().flatMap(p -> p.devices().stream()).filter(d -> d.id().equals(id)).findFirst();
        }
        return named(part.group(1)).map(whole -> PARTS.computeIfAbsent(id,
                key -> part(whole, key, Integer.parseInt(part.group(2)), Integer.parseInt(part.group(3)))));
    }

    /** Parts stay for as long as the JVM, as devices do. */
    private static DeviceInfo part(DeviceInfo whole, String id, int number, int parts) {
        if (number < 1 || number > parts || parts > whole.computeUnits()) {
            throw new OpenClException(whole.id(), "taking part " + number + " of " + parts,
                    CL.CL_INVALID_DEVICE_PARTITION_COUNT,
                    "it has " + whole.computeUnits() + " compute units, and parts count from 1");
        }
        var equally = new cl_device_partition_property();
        equally.addProperty(CL.CL_DEVICE_PARTITION_EQUALLY, (long) whole.computeUnits() / parts);
        cl_device_id[] ids = new cl_device_id[whole.computeUnits() / (whole.computeUnits() / parts)];
        Codes.check(whole, "dividing it",
                CL.clCreateSubDevices(whole.nativeIds().device(), equally, ids.length, ids, null));
        return DeviceQuery.ask(id, whole.platformName(), new NativeIds(whole.nativeIds().platform(), ids[number - 1]));
    }

    /** Returns which loader served. */
    public static LoaderFacts loader() {
        return Found.LOADER;
    }

    private static final class Found {
        static final LoaderFacts LOADER = OpenClLibrary.load();
        static final List<Platform> PLATFORMS = LOADER.source() == Source.NONE ? List.of() : discover();
    }

    private static List<Platform> discover() {
        SignalGuard.beforePlatforms(IcdFiles.libraries(HostSystem.here()));
        List<Platform> platforms = ask();
        SignalGuard.guard();
        return platforms;
    }

    private static List<Platform> ask() {
        int[] count = new int[1];
        if (CL.clGetPlatformIDs(0, null, count) != CL.CL_SUCCESS || count[0] == 0) {
            return List.of();
        }
        cl_platform_id[] ids = new cl_platform_id[count[0]];
        CL.clGetPlatformIDs(ids.length, ids, null);
        List<Platform> platforms = new ArrayList<>();
        Map<String, Integer> devicesByKey = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            platforms.add(platform(i, ids[i], devicesByKey));
        }
        return List.copyOf(platforms);
    }

    private static Platform platform(int index, cl_platform_id id, Map<String, Integer> devicesByKey) {
        Info info = new Info((p, size, value, needed) -> CL.clGetPlatformInfo(id, p, size, value, needed));
        String name = "platform " + index;
        try {
            name = info.text(CL.CL_PLATFORM_NAME);
            String vendor = info.text(CL.CL_PLATFORM_VENDOR);
            String version = info.text(CL.CL_PLATFORM_VERSION);
            List<String> extensions = info.words(CL.CL_PLATFORM_EXTENSIONS);
            String key = Platform.keyOf(name, vendor);
            int[] count = new int[1];
            int code = CL.clGetDeviceIDs(id, ANY_TYPE, 0, null, count);
            if (code != CL.CL_SUCCESS || count[0] == 0) {
                return new Platform(index, name, vendor, version, extensions, List.of(),
                        Optional.of(code == CL.CL_SUCCESS || code == CL.CL_DEVICE_NOT_FOUND ? "it has no devices"
                                : "asking for its devices failed with " + Codes.name(code)));
            }
            cl_device_id[] ids = new cl_device_id[count[0]];
            CL.clGetDeviceIDs(id, ANY_TYPE, ids.length, ids, null);
            List<DeviceInfo> devices = new ArrayList<>();
            List<String> errors = new ArrayList<>();
            for (cl_device_id device : ids) {
                String deviceId = key + ":" + (devicesByKey.merge(key, 1, Integer::sum) - 1);
                try {
                    devices.add(DeviceQuery.ask(deviceId, name, new NativeIds(id, device)));
                } catch (RuntimeException e) {
                    errors.add("device " + deviceId + ": " + e.getMessage());
                }
            }
            return new Platform(index, name, vendor, version, extensions, devices,
                    errors.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", errors)));
        } catch (RuntimeException e) {
            return new Platform(index, name, "", "", List.of(), List.of(), Optional.of(e.getMessage()));
        }
    }
}
