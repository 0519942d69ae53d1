package io.clarion.opencl.driver;

import io.clarion.config.Home;
import io.clarion.opencl.driver.device.DeviceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Keeps programs that a compiler did not take in {@code ~/.clarion/failed/<hash>.cl}. */
final class FailedSources {
    private FailedSources() {}

    /** Writes the source with its options before it and the log after it; empty where the folder cannot be written. */
    static Optional<Path> keep(DeviceInfo device, String source, String options, String log) {
        try {
            Path folder = Files.createDirectories(Home.clarion().resolve("failed"));
            String text = "// options: " + options.replaceAll("\\R", " ") + "\n// device: " + device.id() + ", "
                    + device.name() + ", driver " + device.driverVersion() + "\n" + source
                    + "\n/* build log\n" + log.replace("*/", "* /") + "\n*/\n";
            return Optional.of(Files.writeString(folder.resolve(hash(source + options) + ".cl"), text));
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}
