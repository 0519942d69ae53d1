package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The library with what a user of it gets from Maven: neither the command line's jars nor natives of any platform but
 * JOCL's.
 */
class LibraryTest {
    /**
     * The folders, in a Maven repository, of what {@code mvn dependency:tree} lists for a program that depends on
     * clarion-opencl.
     */
    private static final List<
            String> GIVEN = List.of("io/clarion", "org/apache/commons/commons-math3", "com/fasterxml/jackson",
                    "org/slf4j/slf4j-api", "org/jocl");
    /** What the program has besides. */
    private static final List<String> PROGRAM = List.of("picocli", "slf4j-simple", "org/bytedeco");

    @Test
    void everyDriverOfTheSystemServesItWithTheSystemsLoader() throws IOException, InterruptedException {
        ChildJvm user = user(List.of());
        assertEquals(0, user.exit(), user::output);
        assertTrue(user.output().contains("device reference:0 14.0") && user.output().contains("trained true"),
                user::output);
        // A driver that was fetched is none of the system's: it takes JavaCPP.
        boolean isServed = user.output().contains("the system's OpenCL loader is in use")
                && !user.output().contains("registers no driver");
        assertEquals(isServed, !user.output().contains("refused"), user::output);
        assertFalse(user.output().contains("NoClassDefFoundError") || user.output().contains("org/bytedeco"),
                user::output);
    }

    @Test
    void withoutALoaderItComputesInJavaAndSaysWhichArtifactBringsOne() throws IOException, InterruptedException {
        ChildJvm user = user(List.of("-Dclarion.loader=bundled"));
        assertEquals(0, user.exit(), user::output);
        assertTrue(user.output().contains("device reference:0 14.0") && user.output().contains("trained true"),
                user::output);
        for (String teller : List.of("platform loader: ", "finding no OpenCL loader: ",
                "refused engine \"opencl\" has no usable device; ")) {
            assertTrue(
                    user.output().lines()
                            .anyMatch(line -> line.startsWith(teller)
                                    && line.contains("the artifact org.bytedeco:opencl-platform")),
                    () -> teller + user.output());
        }
    }

    private static ChildJvm user(List<String> options) throws IOException, InterruptedException {
        List<String> all = Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
        for (String program : PROGRAM) {
            assertTrue(all.stream().anyMatch(entry -> slashes(entry).contains(program)),
                    () -> program + " is left out in vain: " + all);
        }
        String classPath = all.stream().filter(entry -> Files.isDirectory(Path.of(entry))
                || GIVEN.stream().anyMatch(given -> slashes(entry).contains("/" + given + "/"))
                || slashes(entry).contains("/target/clarion"))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = Stream.of(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=target/hs_err_pid%p.log"), options,
                List.of("-cp", classPath, LibraryUser.class.getName())).flatMap(List::stream).toList();
        return ChildJvm.run(command, Map.of());
    }

    private static String slashes(String path) {
        return path.replace('\\', '/');
    }
}
