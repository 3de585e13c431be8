package dev.llmspi.it.build;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Checks that every class and test named in {@code docs/maintainers/specification.md} exists. */
@Tag("build")
class SpecificationTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "."), "..").normalize();
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern TYPE = Pattern.compile("[A-Z]\\w*[a-z]\\w*(\\.\\w+)?");
    private static final Pattern TEST = Pattern.compile("(?:([A-Z]\\w*)(?:\\.|$))?([a-z]\\w*)?(…)?");
    private static final Pattern METHOD = Pattern.compile("(?m)^ +(?:public )?void (\\w+)\\(");

    private final List<String[]> rows = rows();
    /** The names of the test methods by simple class name. Classes that share a simple name share an entry. */
    private final Map<String, Set<String>> tests = new HashMap<>();

    private final Set<String> types = new HashSet<>();

    SpecificationTest() throws IOException {
        try (Stream<Path> all = Files.walk(ROOT)) {
            for (Path file : (Iterable<Path>) all.filter(SpecificationTest::isSource)::iterator) {
                String type = file.getFileName().toString().replace(".java", "");
                if (file.toString().contains("/src/test/java/")) {
                    Set<String> methods = METHOD.matcher(Files.readString(file))
                            .results()
                            .map(found -> found.group(1))
                            .collect(toSet());
                    tests.computeIfAbsent(type, key -> new HashSet<>()).addAll(methods);
                } else {
                    types.add(type);
                }
            }
        }
    }

    private static boolean isSource(Path file) {
        String name = file.toString();
        return name.contains("/src/") && name.endsWith(".java") && !name.contains("/target/");
    }

    private static List<String[]> rows() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("docs/maintainers/specification.md"));
        int head = lines.indexOf("| requirement | class | test |");
        List<String[]> rows = new ArrayList<>();
        for (String line : lines.subList(head + 2, lines.size())) {
            String[] cells = line.split("\\|", -1);
            assertEquals(5, cells.length, "a row of specification.md has three cells: " + line);
            rows.add(cells);
        }
        assertTrue(rows.size() > 40, "specification.md has fewer rows than expected: " + rows.size() + " rows");
        return rows;
    }

    @Test
    void everyTestNamed_exists() {
        List<String> missing = new ArrayList<>();
        for (String[] row : rows) {
            String type = "";
            for (String name : quoted(row[3])) {
                MatchResult parts = TEST.matcher(name).results().findFirst().orElseThrow();
                type = parts.group(1) == null ? type : parts.group(1);
                if (!exists(type, parts.group(2), parts.group(3) != null)) {
                    missing.add(row[1].strip() + ": " + name);
                }
            }
        }
        assertEquals(List.of(), missing, "tests named in specification.md that do not exist");
    }

    private boolean exists(String type, String method, boolean prefix) {
        Set<String> methods = tests.getOrDefault(type, Set.of());
        return method == null
                ? !methods.isEmpty()
                : methods.stream().anyMatch(name -> prefix ? name.startsWith(method) : name.equals(method));
    }

    @Test
    void everyRow_namesATest() {
        for (String[] row : rows) {
            assertTrue(!quoted(row[3]).isEmpty(), "specification.md names no test for " + row[1].strip());
        }
    }

    @Test
    void everyClassNamed_exists() {
        List<String> missing = new ArrayList<>();
        for (String[] row : rows) {
            for (String name : quoted(row[2])) {
                if (TYPE.matcher(name).matches() && !types.contains(name.replaceFirst("\\..*", ""))) {
                    missing.add(row[1].strip() + ": " + name);
                }
            }
        }
        assertEquals(List.of(), missing, "classes named in specification.md that do not exist");
    }

    private static List<String> quoted(String cell) {
        return QUOTED.matcher(cell).results().map(found -> found.group(1)).toList();
    }
}
