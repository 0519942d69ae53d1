package io.clarion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The table of {@code docs/reference/dependencies.md} against the poms. */
class DependenciesTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern
            .compile("\\| `([^`:]+:[^`]+)` \\| (\\S+) \\| [^|]+ \\| (library|program|`clarion-[a-z]+`|tests) \\|.*");
    private static final List<
            String> MODULES = List.of("src", "kernels-cl", "opencl", "device-tests", "device-tests/jmh");
    /** Artifacts that a user adds, by their modules. */
    private static final Map<String, String> OPTIONAL = Map.of("extras/tensorflow", "`clarion-tensorflow`");

    private record Entry(String version, String who) {}

    @Test
    void theTableHasEachDependencyWithItsVersionAndWhoGetsIt() throws Exception {
        var table = new TreeMap<String, Entry>();
        Files.readAllLines(ROOT.resolve("docs/reference/dependencies.md")).stream().map(ROW::matcher)
                .filter(row -> row.matches())
                .forEach(row -> table.put(row.group(1), new Entry(row.group(2), row.group(3))));
        assertEquals(fromPoms(), table);
    }

    @Test
    void thePageOfArtifactsNamesTheLoadersVersion() throws Exception {
        String version = fromPoms().get("org.bytedeco:opencl-platform").version();
        assertEquals(1, Files.readString(ROOT.resolve("docs/reference/artifacts.md"))
                .split("`org.bytedeco:opencl-platform:" + version + "`", -1).length - 1);
    }

    /**
     * The dependencies of other projects. A module's own test scope counts as tests only where no module's main code
     * has it.
     */
    private static Map<String, Entry> fromPoms() throws Exception {
        Map<String, String> versions = versions();
        Set<String> library = new TreeSet<>();
        Set<String> program = new TreeSet<>();
        Set<String> all = new TreeSet<>();
        Map<String, String> optional = new TreeMap<>();
        for (var module : OPTIONAL.entrySet()) {
            for (Element dependency : dependencies(pom(module.getKey()), "project/dependencies")) {
                all.add(name(dependency));
                if (!text(dependency, "scope").equals("test")) {
                    optional.put(name(dependency), module.getValue());
                }
            }
        }
        for (String module : MODULES) {
            for (Element dependency : dependencies(pom(module), "project/dependencies")) {
                String name = name(dependency);
                all.add(name);
                if (text(dependency, "optional").equals("true")) {
                    program.add(name);
                } else if (!text(dependency, "scope").equals("test") && !module.startsWith("device-tests")) {
                    library.add(name);
                }
            }
        }
        all.removeIf(name -> name.startsWith("io.clarion:"));
        all.remove("org.junit.jupiter:junit-jupiter");
        all.add("org.junit:junit-bom"); // which gives the other its version
        return new TreeMap<>(all.stream().collect(Collectors.toMap(name -> name, name -> new Entry(versions.get(name),
                library.contains(name) ? "library"
                        : program.contains(name) ? "program" : optional.getOrDefault(name, "tests")))));
    }

    private static Map<String, String> versions() throws Exception {
        Document parent = pom("");
        var properties = new TreeMap<String, String>();
        NodeList all = ((Element) parent.getElementsByTagName("properties").item(0)).getChildNodes();
        for (int i = 0; i < all.getLength(); i++) {
            properties.put("${" + all.item(i).getNodeName() + "}", all.item(i).getTextContent());
        }
        var versions = new TreeMap<String, String>();
        for (Element dependency : dependencies(parent, "project/dependencyManagement/dependencies")) {
            versions.put(name(dependency), resolved(text(dependency, "version"), properties));
        }
        for (Element dependency : dependencies(pom("device-tests/jmh"), "project/dependencies")) {
            if (!text(dependency, "version").isEmpty()) {
                versions.put(name(dependency), resolved(text(dependency, "version"), properties));
            }
        }
        return versions;
    }

    private static String resolved(String text, Map<String, String> properties) {
        String value = text;
        while (value.contains("${") && properties.keySet().stream().anyMatch(value::contains)) {
            for (Map.Entry<String, String> property : properties.entrySet()) {
                value = value.replace(property.getKey(), property.getValue());
            }
        }
        return value;
    }

    private static Document pom(String module) throws Exception {
        Path file = ROOT.resolve(module).resolve("pom.xml");
        try (var in = Files.newInputStream(file)) {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read", e);
        }
    }

    /** The dependencies that lie on that path from the root, not those of plugins. */
    private static List<Element> dependencies(Document pom, String path) {
        NodeList all = pom.getElementsByTagName("dependency");
        return IntStream.range(0, all.getLength()).mapToObj(i -> (Element) all.item(i))
                .filter(dependency -> path(dependency.getParentNode()).equals(path)).toList();
    }

    private static String path(Node node) {
        return node.getParentNode() instanceof Element parent ? path(parent) + "/" + node.getNodeName()
                : node.getNodeName();
    }

    private static String name(Element dependency) {
        return text(dependency, "groupId") + ":" + text(dependency, "artifactId");
    }

    private static String text(Element element, String child) {
        NodeList found = element.getElementsByTagName(child);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }
}
