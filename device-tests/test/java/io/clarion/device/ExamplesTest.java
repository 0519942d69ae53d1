package io.clarion.device;

import io.clarion.K;
import io.clarion.docs.PageExamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** All Java that the README and the pages of {@code docs} show: it is compiled and run, and prints what they say. */
class ExamplesTest {
    private static final String REFERENCE = "reference:0";

    @TempDir
    Path folder;

    @AfterEach
    void forget() {
        K.useDevice(REFERENCE);
        K.clearSession();
    }

    /** The device that tutorials run on: the compilers of PoCL and rusticl take minutes for a convolutional net. */
    private static String device() {
        List<String> ids = Devices.all().stream().map(d -> d.facts().id()).toList();
        return ids.stream().filter(id -> !id.startsWith("pocl") && !id.startsWith("rusticl")).findFirst()
                .orElse(ids.get(0));
    }

    /**
     * Tutorials and explanations run on a device, as a reader's programs do, all others on the reference engine, whose
     * numbers are the same everywhere.
     */
    @TestFactory
    Stream<DynamicTest> examplesRun() throws IOException {
        return PageExamples.pages().stream().filter(PageExamples::hasAny)
                .map(page -> DynamicTest.dynamicTest(PageExamples.ROOT.relativize(page).toString(), () -> run(page)));
    }

    private void run(Path page) throws Exception {
        boolean isOnDevice = page.getParent().endsWith("tutorial") || page.getParent().endsWith("explanation");
        K.useDevice(isOnDevice ? device() : REFERENCE);
        K.clearSession();
        PageExamples.run(page, Files.createTempDirectory(folder, "page"));
    }
}
