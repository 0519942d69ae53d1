package io.clarion.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages of documentation as a whole: links, sizes, what the sources say of them, and what they count. */
class PagesTest {
    private static final int LONGEST_EXPLANATION = 15_000;
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
    private static final Pattern CODE = Pattern.compile("```.*?```", Pattern.DOTALL);
    private static final Pattern SETTING = Pattern.compile("\"(CLARION_[A-Z_]+)\"");
    private static final Pattern MENTION = Pattern.compile("docs/[\\w/.-]+\\.md");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        var broken = new ArrayList<String>();
        for (Path page : PageExamples.pages()) {
            for (String link : links(page)) {
                Path target = target(page, link);
                int anchor = link.indexOf('#');
                if (!Files.exists(target) || anchor >= 0 && !anchors(target).contains(link.substring(anchor + 1))) {
                    broken.add(page + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    @Test
    void everyPageIsReachedFromTheReadme() throws IOException {
        var reached = new HashSet<Path>();
        var waiting = new ArrayDeque<>(List.of(PageExamples.ROOT.resolve("README.md").normalize()));
        while (!waiting.isEmpty()) {
            Path page = waiting.remove();
            if (reached.add(page) && page.toString().endsWith(".md")) {
                for (String link : links(page)) {
                    waiting.add(target(page, link));
                }
            }
        }
        List<Path> all = PageExamples.pages().stream().map(Path::normalize).toList();
        assertEquals(List.of(), all.stream().filter(page -> !reached.contains(page)).toList());
    }

    @Test
    void explanationsAreShort() throws IOException {
        var large = new ArrayList<String>();
        for (Path page : PageExamples.pages()) {
            if (page.getParent().endsWith("explanation") && Files.size(page) > LONGEST_EXPLANATION) {
                large.add(page + " has " + Files.size(page) + " bytes");
            }
        }
        assertEquals(List.of(), large);
    }

    @Test
    void pagesThatTheSourcesNameExist() throws IOException {
        var missing = new ArrayList<String>();
        for (String module : List.of("src", "opencl", "kernels-cl", "device-tests", "extras", "pom.xml", ".ci")) {
            try (Stream<Path> files = Files.walk(PageExamples.ROOT.resolve(module))) {
                for (Path file : files.filter(PagesTest::isSource).toList()) {
                    MENTION.matcher(Files.readString(file)).results().map(MatchResult::group)
                            .filter(page -> !Files.exists(PageExamples.ROOT.resolve(page)))
                            .forEach(page -> missing.add(file + ": " + page));
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void kindsOfNodeAreListedAndCounted() throws IOException {
        String page = Files.readString(PageExamples.ROOT.resolve("docs/reference/nodes.md"));
        List<Class<?>> kinds = kinds(Op.class).toList();
        List<Class<?>> movements = kinds(Movement.class).toList();
        assertEquals(List.of(), Stream.of(kinds, movements).flatMap(List::stream).map(Class::getSimpleName)
                .filter(name -> !Pattern.compile("`" + name + "[`(]").matcher(page).find()).toList());
        String counts = kinds.size() + " kinds of node, records that implement `Op`, " + movements.size()
                + " movements of a `View`, and " + ScalarFn.values().length + " scalar functions";
        assertTrue(page.contains(counts), counts);
        String idea = "[" + kinds.size() + " kinds of node](../reference/nodes.md) and " + ScalarFn.values().length;
        Path architecture = PageExamples.ROOT.resolve("docs/explanation/architecture.md");
        assertTrue(Files.readString(architecture).contains(idea), idea);
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        return permitted == null ? Stream.of(type) : Stream.of(permitted).flatMap(PagesTest::kinds);
    }

    @Test
    void settingsAreListed() throws IOException {
        String page = Files.readString(PageExamples.ROOT.resolve("docs/reference/settings.md"));
        Set<String> settings = new TreeSet<>();
        for (String module : List.of("src/main", "opencl/main", "extras/tensorflow/main", "extras/theano/main")) {
            try (Stream<Path> files = Files.walk(PageExamples.ROOT.resolve(module))) {
                for (Path file : files.filter(PagesTest::isSource).toList()) {
                    SETTING.matcher(Files.readString(file)).results().map(m -> m.group(1)).forEach(settings::add);
                }
            }
        }
        settings.remove("CLARION_RELAUNCHED"); // which a process tells its child, and no user sets
        assertEquals(List.of(), settings.stream().filter(name -> !page.contains("`" + name + "`")).toList());
    }

    private static boolean isSource(Path file) {
        String name = file.toString();
        return !name.contains("/target/") && Files.isRegularFile(file)
                && (Stream.of(".java", ".xml", ".cl", ".py", ".md").anyMatch(name::endsWith) || name.contains(".ci"));
    }

    /** The links of a page to others, without those in its blocks of code. */
    private static List<String> links(Path page) throws IOException {
        return LINK.matcher(prose(page)).results().map(m -> m.group(1)).filter(link -> !link.contains("://")).toList();
    }

    private static String prose(Path page) throws IOException {
        return CODE.matcher(Files.readString(page)).replaceAll("");
    }

    private static Path target(Path page, String link) {
        String path = link.replaceFirst("#.*", "");
        return path.isEmpty() ? page : page.resolveSibling(path).normalize();
    }

    /** The names by which GitHub links to a page's headings. */
    private static Set<String> anchors(Path page) throws IOException {
        return HEADING.matcher(prose(page)).results().map(m -> m.group(1).toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-')).collect(Collectors.toSet());
    }
}
