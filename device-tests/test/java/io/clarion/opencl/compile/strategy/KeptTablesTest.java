package io.clarion.opencl.compile.strategy;

import io.clarion.hostile.Format;
import io.clarion.hostile.Sweep;
import io.clarion.opencl.compile.cache.KernelCache;
import io.clarion.opencl.driver.SomeDevice;
import io.clarion.opencl.driver.device.DeviceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged tuning tables, and damaged notes of the kernel cache. */
class KeptTablesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(classes = {CpuTable.class, GpuTable.class, Note.class})
    void damagedFilesAreReadOrRefused(Class<? extends Format> format) throws Exception {
        Sweep.of(format, folder);
    }

    /** A table is used if it is right, and else as if it was not there. */
    private abstract static class Table implements Format {
        private final DeviceInfo device;

        Table(DeviceInfo.Type type) {
            device = SomeDevice.of(type);
        }

        @Override
        public List<byte[]> valid() throws IOException {
            return List.of(Files.readAllBytes(TuningTable.of(device, Strategy.of(device)).keep(device)));
        }

        @Override
        public Path file(Path folder) {
            return TuningTable.file(device);
        }

        @Override
        public void read(Path file) {
            Strategy strategy = TuningTable.strategy(device);
            if (strategy.cpu() ? !strategy.tile().isPossible()
                    : !strategy.tiles().stream().allMatch(t -> t.isPossible() && t.fits(device))) {
                throw new AssertionError(strategy);
            }
        }

        @Override
        public boolean isDocumented(Exception e) {
            return false;
        }
    }

    static final class CpuTable extends Table {
        CpuTable() {
            super(DeviceInfo.Type.CPU);
        }
    }

    static final class GpuTable extends Table {
        GpuTable() {
            super(DeviceInfo.Type.GPU);
        }
    }

    static final class Note implements Format {
        @Override
        public List<byte[]> valid() {
            return List.of("pocl-0-0123456789abcdef0123456789abcdef.bin".getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public Path file(Path folder) {
            return folder.resolve("a.in");
        }

        @Override
        public void read(Path file) throws IOException {
            Path named = file.resolveSibling(KernelCache.note(file));
            if (!named.normalize().getParent().equals(file.getParent())) {
                throw new AssertionError(named);
            }
        }

        @Override
        public boolean isDocumented(Exception e) {
            return e.getClass() == IOException.class;
        }
    }
}
