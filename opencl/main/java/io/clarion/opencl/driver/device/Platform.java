package io.clarion.opencl.driver.device;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One OpenCL driver of this machine.
 *
 * @param index      its place in the loader's list
 * @param extensions of the platform, not of its devices
 * @param devices    every device it has, of any type, usable or not
 * @param error      why it has no devices, where it has none
 */
public record Platform(int index, String name, String vendor, String version, List<String> extensions,
        List<DeviceInfo> devices, Optional<String> error) {
    private static final List<Map.Entry<String, String>> KEYS = List.of(
            Map.entry("oclgrind", "oclgrind"), Map.entry("portable computing language", "pocl"),
            Map.entry("rusticl", "rusticl"), Map.entry("clover", "clover"), Map.entry("graphics", "intel-gpu"),
            Map.entry("fpga", "intel-fpga"), Map.entry("intel", "intel"), Map.entry("nvidia", "nvidia"),
            Map.entry("advanced micro devices", "amd"), Map.entry("amd", "amd"), Map.entry("apple", "apple"),
            Map.entry("arm", "arm"), Map.entry("qualcomm", "qualcomm"));

    public Platform {
        extensions = List.copyOf(extensions);
        devices = List.copyOf(devices);
    }

    /**
     * Returns a short name: "pocl", "intel", "intel-gpu", "rusticl", "clover", "nvidia", "amd", "oclgrind", …, or the
     * name's first word.
     */
    public String key() {
        return keyOf(name, vendor);
    }

    static String keyOf(String name, String vendor) {
        return Stream.of(name, vendor).map(text -> text.toLowerCase(Locale.ROOT))
                .flatMap(text -> KEYS.stream().filter(e -> text.contains(e.getKey())).limit(1))
                .map(Map.Entry::getValue).findFirst()
                .orElseGet(() -> name.strip().toLowerCase(Locale.ROOT).split("[^a-z0-9]+", 2)[0]);
    }
}
