package io.clarion.opencl.driver;

import io.clarion.hostile.Format;
import io.clarion.hostile.Sweep;
import io.clarion.opencl.driver.device.DeviceInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged binaries of kernels: what reaches a driver is what a driver gave. */
class SealedBinaryFilesTest {
    @TempDir
    Path folder;

    static final class BinaryFile implements Format {
        private final DeviceInfo device = SomeDevice.of(DeviceInfo.Type.CPU);
        private final List<byte[]> binaries = List.of(new byte[0], binary(1), binary(300), binary(20_000));

        private static byte[] binary(int length) {
            byte[] binary = new byte[length];
            new SplittableRandom(length).nextBytes(binary);
            return binary;
        }

        @Override
        public List<byte[]> valid() {
            return binaries.stream().map(b -> SealedBinary.seal(device, b)).toList();
        }

        @Override
        public Path file(Path folder) {
            return folder.resolve("a.bin");
        }

        @Override
        public void read(Path file) throws IOException {
            SealedBinary.open(device, Files.readAllBytes(file)).ifPresent(opened -> {
                if (binaries.stream().noneMatch(b -> Arrays.equals(b, opened))) {
                    throw new AssertionError("a driver would get " + opened.length + " other bytes");
                }
            });
        }

        @Override
        public boolean isDocumented(Exception e) {
            return false;
        }
    }

    @Test
    void noDamagedBinaryReachesADriver() throws Exception {
        Sweep.of(BinaryFile.class, folder);
    }
}
