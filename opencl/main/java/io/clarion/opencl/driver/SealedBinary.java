package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.DeviceInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A driver's binary with a seal: whose it is, and a checksum. PoCL 3.1 crashes the process on a truncated binary, so
 * nothing reaches a driver that is not, byte for byte, what the same driver gave for the same device.
 */
final class SealedBinary {
    private static final int MAGIC = 0x434C4152;

    private SealedBinary() {}

    static byte[] seal(DeviceInfo device, byte[] binary) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(binary.length + 256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeUTF(owner(device));
            out.writeLong(checksum(binary));
            out.writeInt(binary.length);
            out.write(binary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Returns the driver's binary; empty where the seal is broken, or of another driver or device. */
    static Optional<byte[]> open(DeviceInfo device, byte[] sealed) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(sealed))) {
            if (in.readInt() != MAGIC || !in.readUTF().equals(owner(device))) {
                return Optional.empty();
            }
            long checksum = in.readLong();
            int length = in.readInt();
            byte[] binary = in.readAllBytes();
            return binary.length == length && checksum(binary) == checksum ? Optional.of(binary) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String owner(DeviceInfo device) {
        return String.join("\n", device.platformName(), device.name(), device.vendor(), device.driverVersion(),
                device.openclVersion());
    }

    private static long checksum(byte[] binary) {
        CRC32C crc = new CRC32C();
        crc.update(binary);
        return crc.getValue();
    }
}
