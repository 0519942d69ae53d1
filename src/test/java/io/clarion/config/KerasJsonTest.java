package io.clarion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.DimOrdering;
import io.clarion.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KerasJsonTest {
    @TempDir
    Path home;
    private final List<String> warnings = new ArrayList<>();

    private Path folder() {
        return home.resolve(".keras");
    }

    private Path file() {
        return folder().resolve("keras.json");
    }

    private Configuration read() {
        return KerasJson.read(folder(), warnings::add);
    }

    private Configuration read(String text) throws IOException {
        Files.createDirectories(folder());
        Files.writeString(file(), text);
        return read();
    }

    private String refusal(String text) {
        return assertThrows(IllegalArgumentException.class, () -> read(text)).getMessage();
    }

    @Test
    void anAbsentFileIsMadeWithTheDefaults() throws IOException {
        assertEquals(Configuration.DEFAULTS, read());
        assertEquals("""
                {
                    "image_dim_ordering": "tf",
                    "epsilon": 1.0E-7,
                    "floatx": "float32"
                }
                """, Files.readString(file()));
        assertEquals(Configuration.DEFAULTS, read());
        assertEquals(List.of(), warnings);
    }

    @Test
    void firstStartsAtOnceFindItWhole() throws Exception {
        int starts = 4;
        try (var threads = Executors.newFixedThreadPool(starts)) {
            for (int i = 0; i < 200; i++) {
                Path folder = home.resolve("home" + i);
                var together = new CyclicBarrier(starts);
                Callable<Configuration> start = () -> {
                    together.await();
                    return KerasJson.read(folder, warnings::add);
                };
                for (Future<Configuration> read : threads.invokeAll(Collections.nCopies(starts, start))) {
                    assertEquals(Configuration.DEFAULTS, read.get());
                }
            }
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void everyFieldIsRead() throws IOException {
        assertEquals(new Configuration(DType.FLOAT64, 1e-5, "theano", DimOrdering.TH), read("""
                {"floatx": "float64", "epsilon": 1e-05, "backend": "theano", "image_dim_ordering": "th"}"""));
    }

    @Test
    void absentFieldsHaveTheirDefaultsAndOthersAreLeftAlone() throws IOException {
        assertEquals(Configuration.DEFAULTS.withEpsilon(0.5),
                read("{\"epsilon\": 0.5, \"image_data_format\": \"channels_last\"}"));
    }

    @Test
    void anUnreadableFolderIsAWarningThatNamesIt() throws IOException {
        Files.writeString(folder(), "a file where a folder should be");
        assertEquals(Configuration.DEFAULTS, read());
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).startsWith(file() + " cannot be used ("), warnings.get(0));
    }

    @Test
    void anUnreadableFileIsAWarningThatNamesIt() throws IOException {
        Files.createDirectories(file());
        assertEquals(Configuration.DEFAULTS, read());
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).startsWith(file() + " cannot be used ("), warnings.get(0));
    }

    @Test
    void whatIsNotJsonIsAnErrorThatNamesTheFile() {
        String message = refusal("{\"floatx\": \n float32}");
        assertTrue(message.startsWith(file() + " is not JSON: "), message);
        assertTrue(message.endsWith("(line 2); correct it, or delete it to get the defaults"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nesting", "number", "name", "text"})
    void whatIsBeyondTheLimitsOfJsonIsAnErrorThatNamesTheFile(String beyond) {
        String text = switch (beyond) {
            case "nesting" -> "{\"a\":".repeat(2000);
            case "number" -> "{\"epsilon\": 0." + "1".repeat(2000) + "}";
            case "name" -> "{\"" + "n".repeat(100_000) + "\": 1}";
            default -> "{\"floatx\": \"" + "n".repeat(100_000) + "\"}";
        };
        String message = refusal(text);
        assertTrue(message.startsWith(file() + (beyond.equals("text") ? ", field \"floatx\": \"nnn" : " is not JSON: "))
                && message.length() < 500, message);
    }

    @Test
    void whatFollowsTheObjectIsAnError() {
        assertTrue(refusal("{} and more").startsWith(file() + " is not JSON: "));
    }

    @Test
    void whatIsNotTextIsAWarning() throws IOException {
        Files.createDirectories(folder());
        Files.write(file(), new byte[] {'{', (byte) 0xC3, '}'});
        assertEquals(Configuration.DEFAULTS, read());
        assertEquals(List.of(file() + " cannot be used (it is not UTF-8 text); the defaults hold"), warnings);
    }

    @Test
    void anEmptyFileIsAnErrorThatNamesTheFile() {
        assertEquals(file() + " is not a JSON object; delete it to get the defaults", refusal(""));
    }

    @Test
    void anUnknownFloatxIsAnErrorThatNamesFileFieldAndWords() {
        assertEquals(
                file() + ", field \"floatx\": floatx \"float8\" is not one of \"float16\", \"float32\", \"float64\"",
                refusal("{\"floatx\": \"float8\"}"));
    }

    @Test
    void float16IsAFloatx() throws IOException {
        assertEquals(Configuration.DEFAULTS.withFloatx(DType.FLOAT16), read("{\"floatx\": \"float16\"}"));
    }

    @Test
    void anUnknownOrderingIsAnErrorThatNamesFileFieldAndWords() {
        assertEquals(
                file() + ", field \"image_dim_ordering\": dim_ordering \"channels_last\" is not one of \"tf\", \"th\"",
                refusal("{\"image_dim_ordering\": \"channels_last\"}"));
    }

    @Test
    void anEpsilonThatIsNoPositiveNumberIsAnError() {
        assertEquals(file() + ", field \"epsilon\": 0 is not a number greater than 0", refusal("{\"epsilon\": 0}"));
        assertEquals(file() + ", field \"epsilon\": \"1e-7\" is not a number greater than 0",
                refusal("{\"epsilon\": \"1e-7\"}"));
    }

    @Test
    void aBackendThatIsNoWordIsAnError() {
        assertEquals(file() + ", field \"backend\": 7 is not a string", refusal("{\"backend\": 7}"));
    }
}
