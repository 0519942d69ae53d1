package io.clarion.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.DimOrdering;
import io.clarion.tensor.DType;
import io.clarion.tensor.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads {@code keras.json}. Fields that are absent have their defaults; fields that are not Keras 1's are left alone.
 */
public final class KerasJson {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int MOST_QUOTED = 80;

    private KerasJson() {}

    /**
     * Returns the configuration in {@code folder}/keras.json, which is made with the defaults when absent.
     *
     * @param warnings told, naming the file, if it or its folder cannot be read or made; the defaults hold then
     * @throws IllegalArgumentException naming file, field and the values allowed, if the file is not JSON or holds an
     *                                  unknown value
     */
    public static Configuration read(Path folder, Consumer<String> warnings) {
        Path file = folder.resolve("keras.json");
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(folder);
                WholeFile.write(file, out -> out.write(text(Configuration.DEFAULTS).getBytes(StandardCharsets.UTF_8)));
                return Configuration.DEFAULTS;
            }
            return parse(file, SmallFile.read(file));
        } catch (IOException e) {
            warnings.accept(file + " cannot be used (" + SmallFile.reason(e) + "); the defaults hold");
            return Configuration.DEFAULTS;
        }
    }

    /**
     * Returns the configuration as the text of a keras.json, without the backend: Keras 3 reads the file too, and
     * refuses those that are not its own.
     */
    static String text(Configuration c) {
        return String.format(Locale.ROOT, """
                {
                    "image_dim_ordering": "%s",
                    "epsilon": %s,
                    "floatx": "%s"
                }
                """, c.imageDimOrdering().word(), c.epsilon(), c.floatx().word());
    }

    private static Configuration parse(Path file, String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    file + " is not JSON: " + SmallFile.reason(e) + "; correct it, or delete it to get the defaults",
                    e);
        }
        if (!json.isObject()) {
            throw new IllegalArgumentException(file + " is not a JSON object; delete it to get the defaults");
        }
        Configuration d = Configuration.DEFAULTS;
        DType floatx = field(file, json, "floatx", d.floatx(), n -> Configuration.floatx(word(n)));
        double epsilon = field(file, json, "epsilon", d.epsilon(), KerasJson::positive);
        String backend = field(file, json, "backend", d.backend(), KerasJson::word);
        DimOrdering ordering = field(file, json, "image_dim_ordering", d.imageDimOrdering(),
                n -> DimOrdering.of(word(n)));
        return new Configuration(floatx, epsilon, backend, ordering);
    }

    private static <T> T field(Path file, JsonNode json, String name, T otherwise, Function<JsonNode, T> parse) {
        if (!json.has(name)) {
            return otherwise;
        }
        try {
            return parse.apply(json.get(name));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ", field \"" + name + "\": " + e.getMessage(), e);
        }
    }

    private static String quoted(JsonNode node) {
        String text = node.toString();
        return text.length() > MOST_QUOTED ? text.substring(0, MOST_QUOTED) + "…" : text;
    }

    private static String word(JsonNode node) {
        if (!node.isTextual()) {
            throw new IllegalArgumentException(quoted(node) + " is not a string");
        }
        if (node.textValue().length() > MOST_QUOTED || node.textValue().chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(quoted(node) + " is not a word");
        }
        return node.textValue();
    }

    private static double positive(JsonNode node) {
        if (!node.isNumber() || !(node.doubleValue() > 0) || Double.isInfinite(node.doubleValue())) {
            throw new IllegalArgumentException(quoted(node) + " is not a number greater than 0");
        }
        return node.doubleValue();
    }
}
