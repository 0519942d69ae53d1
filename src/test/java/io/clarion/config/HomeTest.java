package io.clarion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who could write Clarion's folder could have a user run what they like. */
class HomeTest {
    private static final boolean HAS_PERMISSIONS = FileSystems.getDefault().supportedFileAttributeViews()
            .contains("posix");
    private final String home = System.getProperty("user.home");
    private final String temporary = System.getProperty("java.io.tmpdir");

    @TempDir
    Path folder;

    @BeforeEach
    void temporaryFilesAreOfThisTest() throws IOException {
        System.setProperty("java.io.tmpdir", Files.createDirectory(folder.resolve("tmp")).toString());
    }

    @AfterEach
    void settingsAreThoseOfBefore() {
        System.setProperty("user.home", home);
        System.setProperty("java.io.tmpdir", temporary);
    }

    private static String permissions(Path path) throws IOException {
        return HAS_PERMISSIONS ? PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) : "rwx------";
    }

    private static void permit(Path path, String permissions) throws IOException {
        if (HAS_PERMISSIONS) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }

    private static Path clarionIn(Path home) {
        var named = new TestHome(home);
        try {
            return Home.clarion();
        } finally {
            named.close();
        }
    }

    @Test
    void theFolderIsMadeForItsUserAlone() throws IOException {
        Path made = clarionIn(folder.resolve("a/b"));
        assertEquals(folder.resolve("a/b"), made);
        assertEquals("rwx------", permissions(made));
    }

    @Test
    void othersLoseThePermissionToWriteIt() throws IOException {
        Path shared = Files.createDirectory(folder.resolve("shared"));
        permit(shared, "rwxrwxrwx");
        assertEquals(shared, clarionIn(shared));
        assertEquals(HAS_PERMISSIONS ? "rwxr-xr-x" : "rwx------", permissions(shared));
    }

    @Test
    void aUserWhomJavaKnowsNoHomeOfHasAFolderAmongTheTemporaryFiles() throws IOException {
        for (String unknown : new String[] {"?", "", "/home/j\uFFFDrg\u0000"}) {
            System.setProperty("user.home", unknown);
            Path made = OwnFolder.instead("a test");
            assertTrue(made.startsWith(folder.resolve("tmp")), made::toString);
            assertEquals("rwx------", permissions(made));
            assertTrue(Home.keras().isAbsolute() && Home.clarionFolders().stream().allMatch(Path::isAbsolute));
        }
        assertFalse(Files.exists(Path.of("?")));
    }

    /** Whoever made a folder of that name before, by a link or for all to write, does not get the user's files. */
    @Test
    void aPlantedTemporaryFolderIsNotUsed() throws IOException {
        Path expected = OwnFolder.instead("a test");
        Files.delete(expected);
        Path theirs = Files.createDirectory(folder.resolve("theirs"));
        if (HAS_PERMISSIONS) {
            Files.createSymbolicLink(expected, theirs);
            Path other = OwnFolder.instead("a test");
            assertNotEquals(expected, other);
            assertEquals("rwx------", permissions(other));
            Files.delete(expected);
            permit(Files.createDirectory(expected), "rwxrwxrwx");
            assertNotEquals(expected, OwnFolder.instead("a test"));
        }
    }

    @Test
    void whatTheSettingNamesMustBeAPath() {
        var named = new TestHome(folder);
        System.setProperty("clarion.home", "a\u0000b");
        try {
            String said = assertThrows(IllegalArgumentException.class, Home::clarion).getMessage();
            assertTrue(said.contains("CLARION_HOME") && said.contains("LC_ALL"), said);
        } finally {
            named.close();
        }
    }
}
