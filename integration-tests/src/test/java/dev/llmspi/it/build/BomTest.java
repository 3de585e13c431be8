package dev.llmspi.it.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Checks that the bill of materials lists each published module once and nothing else. Otherwise it could override
 * library versions that the user has chosen.
 */
@Tag("build")
class BomTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "."), "..").normalize();

    private final Element bom = pom("llm-bom");

    @Test
    void bom_listsEveryPublishedModuleOnce() {
        List<String> listed = managed().stream()
                .map(dependency -> text(dependency, "artifactId"))
                .sorted()
                .toList();

        assertEquals(List.copyOf(publishedJars()), listed);
    }

    @Test
    void bom_entries_nameGroupArtifactAndVersionOnly() {
        for (Element dependency : managed()) {
            List<String> fields =
                    children(dependency).stream().map(Element::getTagName).toList();

            assertEquals(List.of("groupId", "artifactId", "version"), fields, text(dependency, "artifactId"));
            assertEquals("dev.llmspi", text(dependency, "groupId"));
            assertEquals("${project.version}", text(dependency, "version"));
        }
    }

    @Test
    void bom_importsNothing() {
        Set<String> allowed = Set.of(
                "modelVersion",
                "groupId",
                "artifactId",
                "version",
                "packaging",
                "name",
                "description",
                "url",
                "licenses",
                "developers",
                "scm",
                "dependencyManagement");
        List<String> others = children(bom).stream()
                .map(Element::getTagName)
                .filter(tag -> !allowed.contains(tag))
                .toList();

        assertEquals(List.of(), others);
    }

    @Test
    void bom_hasTheVersionOfTheModules() {
        assertEquals(text(pom("."), "version"), text(bom, "version"));
    }

    private List<Element> managed() {
        return children(child(child(bom, "dependencyManagement"), "dependencies"));
    }

    /** Returns the modules listed in the root POM that build a jar and do not skip deployment. */
    private static Set<String> publishedJars() {
        Set<String> published = new TreeSet<>();
        for (Element module : children(child(pom("."), "modules"))) {
            Element pom = pom(module.getTextContent());
            boolean jar = children(pom).stream()
                    .noneMatch(element -> element.getTagName().equals("packaging")
                            && element.getTextContent().equals("pom"));
            boolean kept = children(pom).stream()
                    .filter(element -> element.getTagName().equals("properties"))
                    .flatMap(properties -> children(properties).stream())
                    .anyMatch(property -> property.getTagName().equals("maven.deploy.skip")
                            && property.getTextContent().equals("true"));
            if (jar && !kept) {
                published.add(text(pom, "artifactId"));
            }
        }
        return published;
    }

    private static Element pom(String module) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(ROOT.resolve(module).resolve("pom.xml").toFile())
                    .getDocumentElement();
        } catch (Exception e) {
            throw new AssertionError("no readable pom.xml in " + module, e);
        }
    }

    private static List<Element> children(Element parent) {
        List<Element> children = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }

    private static Element child(Element parent, String tag) {
        return children(parent).stream()
                .filter(element -> element.getTagName().equals(tag))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no <" + tag + "> in <" + parent.getTagName() + ">"));
    }

    private static String text(Element parent, String tag) {
        return child(parent, tag).getTextContent();
    }
}
