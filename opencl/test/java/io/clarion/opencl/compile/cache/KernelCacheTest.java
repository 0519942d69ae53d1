package io.clarion.opencl.compile.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platforms;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {
    private static DeviceInfo device;

    @TempDir
    private Path folder;

    @BeforeAll
    static void thereIsADevice() {
        device = Platforms.usableDevices().stream().findFirst()
                .orElseThrow(() -> new AssertionError("there is no OpenCL device"));
    }

    private static Map<String, String> kernel(String name) {
        return Map.of(name, "kernel void " + name + "(global int* x) { x[0] = 1; }\n");
    }

    private int built(long most, String... names) {
        try (Context context = Context.open(device)) {
            var cache = new KernelCache(context, (name, what, start) -> {}, kernels -> {}, folder, true, most);
            for (String name : names) {
                assertTrue(cache.programs("", kernel(name)).get(name).has(name));
            }
            return cache.built();
        }
    }

    private long bytes() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(f -> f.toFile().length()).sum();
        }
    }

    @Test
    void kernelsOfOneCacheAreBuiltOnce() {
        assertEquals(2, built(KernelCache.MOST_BYTES, "a", "b", "a", "b"));
        assertEquals(0, built(KernelCache.MOST_BYTES, "b", "a"));
        assertEquals(1, built(KernelCache.MOST_BYTES, "a", "c"));
    }

    @Test
    void theOldestEntriesGoWhenTheFolderIsFull() throws IOException {
        built(KernelCache.MOST_BYTES, "a");
        long one = bytes();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
            }
        }
        long most = one + one / 2;
        built(most, "b");
        assertTrue(bytes() <= most, () -> "the folder may hold " + most);
        assertEquals(0, built(most, "b"));
        assertEquals(1, built(most, "a"));
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() throws IOException {
        Files.writeString(folder.resolve(".clarion-of-a-killed-process.unfinished"), "half");
        built(KernelCache.MOST_BYTES, "a");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("bin", "in"), files.map(f -> f.toString().replaceAll(".*\\.", "")).sorted().toList());
        }
    }

    @Test
    void whatIsFarTooLongIsBuiltAgain() throws IOException {
        built(KernelCache.MOST_BYTES, "a");
        for (String ending : List.of(".bin", ".in")) {
            try (Stream<Path> files = Files.list(folder)) {
                Path entry = files.filter(f -> f.toString().endsWith(ending)).findFirst().orElseThrow();
                try (var sparse = new RandomAccessFile(entry.toFile(), "rw")) {
                    sparse.setLength(3L << 30);
                }
            }
            assertEquals(1, built(Long.MAX_VALUE, "a"), ending);
        }
        assertEquals(0, built(KernelCache.MOST_BYTES, "a"));
    }

    @Test
    void aNoteNamesAFileOfItsFolderAlone() throws IOException {
        built(KernelCache.MOST_BYTES, "a");
        try (Stream<Path> files = Files.list(folder)) {
            Path note = files.filter(f -> f.toString().endsWith(".in")).findFirst().orElseThrow();
            Path program = folder.resolve(Files.readString(note));
            Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
            Files.move(program, elsewhere.resolve(program.getFileName()));
            Files.writeString(note, "elsewhere/" + program.getFileName());
        }
        assertEquals(1, built(KernelCache.MOST_BYTES, "a"));
    }

    @Test
    void aCacheThatIsSwitchedOffWritesNothing() throws IOException {
        try (Context context = Context.open(device)) {
            new KernelCache(context, (name, what, start) -> {}, kernels -> {}, folder, false, KernelCache.MOST_BYTES)
                    .programs("", kernel("a"));
        }
        assertEquals(0, bytes());
    }
}
