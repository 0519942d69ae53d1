package io.clarion.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.JavaChild;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeFileTest {
    @TempDir
    Path folder;

    /** Writes a file, and waits in the middle of it for a byte of its input. */
    static final class SlowWriter {
        private SlowWriter() {}

        public static void main(String[] file) throws IOException {
            WholeFile.write(Path.of(file[0]), out -> {
                out.write("half".getBytes(StandardCharsets.UTF_8));
                System.out.write('w');
                System.out.flush();
                System.in.read();
                out.write(" and all".getBytes(StandardCharsets.UTF_8));
            });
        }
    }

    private Process slowWriter(Path file) throws IOException {
        Process writer = JavaChild.start(SlowWriter.class, List.of(), file.toString());
        assertEquals('w', writer.getInputStream().read());
        return writer;
    }

    private static void write(Path file, String text) throws IOException {
        WholeFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 212, 213, 239, 240, 255})
    void aNameMayBeAsLongAsTheSystemTakes(int length) throws IOException {
        Path file = folder.resolve("n".repeat(length));
        write(file, "one");
        write(file, "two");
        assertEquals("two", Files.readString(file));
        assertEquals(1, names().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-r-----", "rw-rw-rw-", "rwxr-x--x"})
    void theNewFileHasThePermissionsOfTheOld(String permissions) throws IOException {
        Path file = Files.createFile(folder.resolve("a"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        write(file, "new");
        assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void whatIsSecretIsSecretWhileItIsWritten() throws IOException {
        Path file = Files.createFile(folder.resolve("a"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        WholeFile.write(file, out -> {
            for (String name : names()) {
                assertEquals("rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))), name);
            }
        });
    }

    @Test
    void aFileThatIsNewIsAsAnyOther() throws IOException {
        write(folder.resolve("a"), "new");
        assertEquals(Files.getPosixFilePermissions(Files.createFile(folder.resolve("b"))),
                Files.getPosixFilePermissions(folder.resolve("a")));
    }

    @Test
    void aLinkStaysAndWhatItPointsToIsReplaced() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("there"), "old");
        for (String name : List.of("there", "not yet")) {
            Path link = Files.createSymbolicLink(folder.resolve("to " + name), Path.of("elsewhere", name));
            Path linkOfLink = Files.createSymbolicLink(folder.resolve("twice to " + name), link);
            write(linkOfLink, "new");
            assertTrue(Files.isSymbolicLink(link) && Files.isSymbolicLink(linkOfLink));
            assertEquals("new", Files.readString(elsewhere.resolve(name)));
        }
        Path itself = Files.createSymbolicLink(folder.resolve("itself"), Path.of("itself"));
        assertThrows(FileSystemLoopException.class, () -> write(itself, "new"));
    }

    @Test
    void aPipeIsWrittenTo() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        try (var reader = Executors.newSingleThreadExecutor()) {
            Future<String> read = reader.submit(() -> Files.readString(pipe));
            write(pipe, "through");
            assertEquals("through", read.get());
        }
        assertEquals(List.of("pipe"), names());
    }

    @Test
    void whatCannotBeWrittenIsRefusedAndStaysAsItWas() throws IOException {
        assertThrows(NoSuchFileException.class, () -> write(folder.resolve("no/such"), "new"));
        assertThrows(FileSystemException.class, () -> write(folder, "new"));
        var e = assertThrows(FileSystemException.class, () -> write(Path.of("/proc/a"), "new"));
        assertTrue(e.getMessage().startsWith("/proc/a: no file can be made in its folder /proc"), e.getMessage());
        Path file = Files.writeString(folder.resolve("a"), "old");
        assertThrows(IOException.class, () -> WholeFile.write(file, out -> {
            out.write(1);
            throw new IOException("the disk is full");
        }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a"), names());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        if (!Files.isWritable(file)) {
            assertThrows(AccessDeniedException.class, () -> write(file, "new"));
        }
    }

    @Test
    void aThreadThatIsInterruptedSavesAllTheSame() throws IOException {
        Thread.currentThread().interrupt();
        try {
            write(folder.resolve("a"), "saved");
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertEquals("saved", Files.readString(folder.resolve("a")));
    }

    @Test
    void whatAKilledProcessLeftIsRemovedByTheNextWrite() throws Exception {
        slowWriter(folder.resolve("a")).destroyForcibly().waitFor();
        assertEquals(1, names().size());
        write(folder.resolve("b"), "new");
        assertEquals(List.of("b"), names());
    }

    @Test
    void whatAnotherProcessIsWritingIsLeftAlone() throws Exception {
        Process writer = slowWriter(folder.resolve("a"));
        write(folder.resolve("b"), "new");
        assertEquals(2, names().size());
        writer.getOutputStream().close();
        assertEquals(0, writer.waitFor());
        assertEquals("half and all", Files.readString(folder.resolve("a")));
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    void threadsMayWriteOneFileAtOnce() throws Exception {
        Path file = folder.resolve("a");
        byte[] content = new byte[1 << 16];
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (Future<?> done : IntStream.range(0, 100).mapToObj(i -> threads.submit(() -> {
                WholeFile.write(file, out -> out.write(content));
                assertArrayEquals(content, Files.readAllBytes(file));
                return null;
            })).toList()) {
                done.get();
            }
        }
        assertEquals(List.of("a"), names());
    }
}
