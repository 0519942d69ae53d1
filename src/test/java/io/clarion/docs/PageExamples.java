package io.clarion.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Compiles and runs the Java examples of a page.
 *
 * <p>The blocks of a page are one program, in their order, with the imports of all of them. A block with a public class
 * is a file of its own, and its {@code main} is run. Lines that begin with {@code "// "} are all that the program
 * prints. If the page has blocks of {@code text}, for what differs from run to run, they are some of it, in this order.
 * Comments of HTML, which a reader of the page does not see, say what a test needs besides:
 *
 * <ul>
 * <li>{@code <!-- java ... -->}: code that the blocks rely on;
 * <li>{@code <!-- check: condition -->}: a condition that holds after the block before;
 * <li>{@code <!-- new program -->}: the blocks from here on are another program, with the imports of before;
 * <li>{@code <!-- excerpt of path -->}: the next block is part of that file, line by line.</ul>
 */
public final class PageExamples {
    /** The root of the repository, seen from the folder of a module. */
    public static final Path ROOT = Path.of("..");

    private static final Pattern PART = Pattern.compile(String.join("|",
            "```java\n(?<block>.*?)```",
            "<!-- java\n(?<hidden>.*?)-->",
            "<!-- check: (?<check>.*?) -->",
            "<!-- (?<fresh>new program) -->",
            "<!-- excerpt of (?<excerpt>\\S+) -->"), Pattern.DOTALL);
    private static final Pattern PUBLIC_CLASS = Pattern.compile("^public (?:final )?class (\\w+)", Pattern.MULTILINE);

    private final String page;
    private final Path folder;
    private final Set<String> imports = new LinkedHashSet<>();
    private final StringBuilder body = new StringBuilder();
    private final StringBuilder said = new StringBuilder();
    private boolean differs;
    private int programs;

    private PageExamples(Path page, Path folder) {
        this.page = ROOT.relativize(page).toString();
        this.folder = folder;
    }

    /** Returns all pages of documentation, as paths that begin with {@link #ROOT}. */
    public static List<Path> pages() throws IOException {
        try (Stream<Path> root = Files.list(ROOT); Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(root, docs).filter(file -> file.toString().endsWith(".md")).sorted().toList();
        }
    }

    /** Returns whether a page has any Java. */
    public static boolean hasAny(Path page) {
        try {
            return Files.readString(page).contains("```java\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the examples of {@code page}; their sources and classes go to {@code folder}. */
    public static void run(Path page, Path folder) throws Exception {
        new PageExamples(page, folder).run(Files.readString(page));
    }

    private void run(String text) throws Exception {
        differs = text.contains("```text\n");
        Path excerpt = null;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            if (part.group("fresh") != null) {
                flush();
            } else if (part.group("excerpt") != null) {
                excerpt = ROOT.resolve(part.group("excerpt"));
            } else if (part.group("hidden") != null) {
                add(part.group("hidden"));
            } else if (part.group("check") != null) {
                String condition = part.group("check");
                body.append("if (!(").append(condition).append(")) { throw new AssertionError(\"")
                        .append(condition.replace("\\", "\\\\").replace("\"", "\\\"")).append("\"); }\n");
            } else if (excerpt != null) {
                String block = part.group("block");
                assertTrue(lines(Files.readString(excerpt)).contains(lines(block)),
                        page + ": " + excerpt + " has no such lines:\n" + block);
                excerpt = null;
            } else {
                block(part.group("block"));
            }
        }
        flush();
    }

    /** The text without indentation. */
    private static String lines(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    private void block(String block) throws Exception {
        Matcher own = PUBLIC_CLASS.matcher(block);
        if (own.find()) {
            Class<?> type = compiled(folder, own.group(1), block);
            if (Stream.of(type.getMethods()).anyMatch(m -> m.getName().equals("main"))) {
                call(type, "main", String[].class, new String[0]);
            }
        } else {
            add(block);
            block.lines().filter(line -> line.startsWith("// "))
                    .forEach(line -> said.append(line.substring(3)).append('\n'));
        }
    }

    private void add(String code) {
        for (String line : code.lines().toList()) {
            if (line.startsWith("import ")) {
                imports.add(line);
            } else {
                body.append(line).append('\n');
            }
        }
    }

    /** Runs the program so far, and begins another. */
    private void flush() throws Exception {
        if (!body.isEmpty()) {
            String name = "Example" + ++programs;
            String source = String.join("\n", imports) + "\npublic class " + name
                    + " {\npublic static void run() throws Exception {\n" + body + "}\n}\n";
            Class<?> type = compiled(folder, name, source);
            PrintStream console = System.out;
            var printed = new ByteArrayOutputStream();
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            try {
                call(type, "run", null, null);
            } finally {
                System.setOut(console);
            }
            compare(printed.toString(StandardCharsets.UTF_8).lines().toList());
        }
        body.setLength(0);
        said.setLength(0);
    }

    private void compare(List<String> printed) {
        List<String> expected = said.toString().lines().toList();
        if (!differs) {
            assertEquals(said.isEmpty() ? printed : expected, printed, page);
            return;
        }
        int from = 0;
        for (String line : expected) {
            int at = printed.subList(from, printed.size()).indexOf(line);
            assertTrue(at >= 0, () -> page + " says \"" + line + "\"; printed was:\n" + String.join("\n", printed));
            from += at + 1;
        }
    }

    private void call(Class<?> type, String method, Class<?> parameter, Object argument) throws Exception {
        try {
            if (parameter == null) {
                type.getMethod(method).invoke(null);
            } else {
                type.getMethod(method, parameter).invoke(null, argument);
            }
        } catch (InvocationTargetException e) {
            throw new AssertionError(page + ": " + e.getCause(), e.getCause());
        }
    }

    /** Compiles a class with all that this test has on its class path, and loads it. */
    public static Class<?> compiled(Path folder, String name, String source)
            throws IOException, ReflectiveOperationException {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        var complaints = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        var options = new ArrayList<>(List.of("-d", folder.toString(), "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"), "-proc:none"));
        boolean fits = compiler.getTask(complaints, null, null, options, null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file)).call();
        assertTrue(fits, complaints + "\n" + source);
        var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, PageExamples.class.getClassLoader());
        return loader.loadClass(name);
    }
}
