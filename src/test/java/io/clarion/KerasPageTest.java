package io.clarion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.docs.PageExamples;
import io.clarion.graph.Tensor;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tables of {@code docs/reference/k.md}: their examples are compiled and run. {@code ExamplesTest} runs its
 * walk-through.
 */
class KerasPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "k.md");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    /** A row of the tables: what K has, and perhaps an example with what it gives. */
    private static final Pattern ROW = Pattern
            .compile("^\\| `([^`]*?(\\w+)\\([^`]*)` \\| (?:`([^`]*)`(?: → (.*?))?)? ?\\|", Pattern.MULTILINE);
    private static final Set<
            String> FUNCTIONS = Arrays.stream(K.class.getMethods()).filter(m -> Modifier.isStatic(m.getModifiers()))
                    .map(Method::getName).collect(Collectors.toCollection(TreeSet::new));

    @TempDir
    private Path folder;

    @BeforeEach
    void start() {
        K.useDevice("reference:0");
        K.clearSession();
    }

    @AfterEach
    void forget() {
        K.clearSession();
    }

    private static String page() throws IOException {
        return Files.readString(PAGE);
    }

    private static List<String> blocks(String text) {
        return BLOCK.matcher(text).results().map(m -> m.group(1)).toList();
    }

    private static String functions() throws IOException {
        return page().substring(page().indexOf("## Function by function"));
    }

    /** A class of the page's imports and of one method, compiled. */
    private Method compiled(String name, String method) throws IOException, ReflectiveOperationException {
        return PageExamples
                .compiled(folder, name, blocks(page()).get(0) + "public class " + name + " {\n" + method + "}\n")
                .getMethod("run");
    }

    @Test
    @SuppressWarnings("unchecked")
    void examplesGiveWhatTheySay() throws IOException, ReflectiveOperationException {
        Map<String, String> said = new TreeMap<>();
        var body = new StringBuilder(
                "public static Map<String, Object> run() {\nMap<String, Object> all = new TreeMap<>();\n"
                        + String.join("", blocks(functions())));
        for (MatchResult row : ROW.matcher(functions()).results().toList()) {
            String example = row.group(3);
            if (example == null || !FUNCTIONS.contains(row.group(2))) {
                continue;
            }
            if (row.group(4) == null) {
                body.append(example).append(";\n");
            } else {
                said.put(row.group(2), row.group(4).strip());
                body.append("all.put(\"").append(row.group(2)).append("\", ").append(example).append(");\n");
            }
        }
        var got = (Map<String, Object>) compiled("Examples", body + "return all;\n}\n").invoke(null);
        Map<String, String> given = new TreeMap<>();
        got.forEach((name, value) -> given.put(name,
                value instanceof Tensor t ? t.shape().toString() : String.valueOf(value)));
        assertEquals(said, given);
    }

    @Test
    void everyFunctionIsListed() throws IOException {
        Set<String> listed = ROW.matcher(functions()).results().map(m -> m.group(2)).collect(Collectors.toSet());
        assertEquals(List.of(), FUNCTIONS.stream().filter(name -> !listed.contains(name)).toList());
    }
}
