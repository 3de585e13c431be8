package dev.llmspi.it.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Checks that the table in {@code docs/architecture.md} lists the classes in llm-openai-wire that a chat call passes
 * through.
 */
@Tag("build")
class WayThroughTheWireTest {

    private static final int MOST_CLASSES = 18;
    private static final int MOST_LINES = 300;
    private static final String HEADING = "## The way of a chat through llm-openai-wire\n";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| [a-z ]+ \\| `(\\w+)` \\|");

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "."), "..").normalize();
    private static final Path SOURCES = ROOT.resolve("llm-openai-wire/src/main/java");

    private static final String SECTION = section();
    private static final List<String> LISTED =
            ROW.matcher(SECTION).results().map(row -> row.group(1)).toList();
    private static final Map<String, JavaClass> CLASSES = wireClasses();

    private static String section() {
        try {
            String page = Files.readString(ROOT.resolve("docs/architecture.md"));
            assertTrue(page.contains(HEADING), HEADING);
            String section = page.substring(page.indexOf(HEADING) + HEADING.length());
            int end = section.indexOf("\n##");
            return end < 0 ? section : section.substring(0, end);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, JavaClass> wireClasses() {
        Map<String, JavaClass> classes = new HashMap<>();
        for (JavaClass type : OurModules.classes()) {
            if (type.getPackageName().startsWith("dev.llmspi.openai.wire") && type.isTopLevelClass()) {
                classes.put(type.getSimpleName(), type);
            }
        }
        return classes;
    }

    @Test
    void table_listsAtMost18ExistingClasses() {
        assertEquals(LISTED.size(), Set.copyOf(LISTED).size(), () -> "a class is listed twice: " + LISTED);
        assertTrue(LISTED.size() > 10 && LISTED.size() <= MOST_CLASSES, () -> LISTED.size() + " classes: " + LISTED);
        assertTrue(CLASSES.keySet().containsAll(LISTED), () -> {
            List<String> missing = new ArrayList<>(LISTED);
            missing.removeAll(CLASSES.keySet());
            return "not in llm-openai-wire: " + missing;
        });
    }

    /** If a listed class were not used by a class listed before it, the table would omit a class between them. */
    @Test
    void eachListedClass_isUsedByOneListedBeforeIt() {
        Set<String> before = new HashSet<>(Set.of(LISTED.get(0)));
        for (String name : LISTED.subList(1, LISTED.size())) {
            boolean used = CLASSES.get(name).getDirectDependenciesToSelf().stream()
                    .map(dependency -> outermost(dependency.getOriginClass()).getSimpleName())
                    .anyMatch(before::contains);
            assertTrue(used, () -> name + " is not used by any of " + before);
            before.add(name);
        }
    }

    /** If the section did not name a class that a listed class uses, the path would look shorter than it is. */
    @Test
    void section_namesEachClassThatAListedClassUses() {
        Set<String> unnamed = new TreeSet<>();
        for (JavaClass type : OurModules.classes()) {
            if (LISTED.contains(outermost(type).getSimpleName())) {
                type.getDirectDependenciesFromSelf().stream()
                        .map(dependency ->
                                outermost(dependency.getTargetClass()).getSimpleName())
                        .filter(used -> CLASSES.containsKey(used) && !SECTION.contains("`" + used + "`"))
                        .forEach(unnamed::add);
            }
        }
        assertEquals(Set.of(), unnamed);
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }

    @Test
    void listedClasses_haveAtMost300Lines() throws IOException {
        for (String name : LISTED) {
            Path source = SOURCES.resolve(CLASSES.get(name).getName().replace('.', '/') + ".java");
            assertTrue(Files.readAllLines(source).size() <= MOST_LINES, source::toString);
        }
    }
}
