package io.clarion.engine;

import java.util.List;
import java.util.Optional;

/**
 * A vendor's platform and its devices.
 *
 * @param error why the platform could not be asked; empty if it could
 */
public record PlatformReport(String engine, String name, String vendor, String version, List<DeviceReport> devices,
        Optional<String> error) {}
