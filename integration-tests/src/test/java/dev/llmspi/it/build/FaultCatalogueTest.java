package dev.llmspi.it.build;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Checks that {@code docs/faults.md} names, for each fault, exactly the tests that are tagged with the fault's number.
 * With {@code -Dllmspi.faults.write}, this test updates the document instead.
 */
@Tag("build")
class FaultCatalogueTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "."), "..").normalize();
    private static final Path DOCUMENT = ROOT.resolve("docs").resolve("faults.md");
    private static final Pattern ROW =
            Pattern.compile("\\| (\\d+\\.\\d+) \\| ([^|]+) \\| ([^|]+) \\|([^|]*)\\| (\\w+) \\|");

    private final List<String> lines = Files.readAllLines(DOCUMENT);
    private final Map<String, FaultTests.Row> tagged = FaultTests.below(ROOT);

    FaultCatalogueTest() throws IOException {}

    @Test
    void everyRow_namesTheTestsThatCarryItsNumber() throws IOException {
        List<String> right = lines.stream().map(this::corrected).toList();
        if (System.getProperty("llmspi.faults.write") != null) {
            Files.write(DOCUMENT, right);
            return;
        }
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).equals(right.get(i))) {
                wrong.add(right.get(i));
            }
        }
        assertTrue(wrong.isEmpty(), () -> "docs/faults.md should say:\n" + String.join("\n", wrong) + "\n");
    }

    @Test
    void everyTag_hasItsRow() {
        Set<String> unknown = new TreeSet<>(tagged.keySet());
        unknown.removeAll(rows());

        assertEquals(Set.of(), unknown, "tags of tests without a row in docs/faults.md");
    }

    @Test
    void rows_areNumberedWithoutGapsAndOnce() {
        List<String> expected = new ArrayList<>();
        int section = 1;
        int row = 0;
        for (String line : lines) {
            if (line.matches("## \\d+\\..*")) {
                section = Integer.parseInt(line.substring(3, line.indexOf('.')));
                row = 0;
            } else if (line.matches("\\| \\d.*")) {
                expected.add(section + "." + ++row);
            }
        }

        assertEquals(expected, List.copyOf(rows()));
    }

    @Test
    void noRowIsOpen() {
        String open = lines.stream()
                .filter(line -> line.startsWith("| ") && line.endsWith(" | open |"))
                .collect(joining("\n"));

        assertEquals("", open);
    }

    private Set<String> rows() {
        Set<String> rows = new LinkedHashSet<>();
        for (String line : lines) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.add(row.group(1));
            }
        }
        return rows;
    }

    /** Returns a line of the document, updated with the fault's current tests and the resulting state. */
    private String corrected(String line) {
        Matcher row = ROW.matcher(line);
        if (!row.matches()) {
            return line;
        }
        FaultTests.Row found = tagged.get(row.group(1));
        String tests = found == null
                ? ""
                : found.tests().stream().map(test -> "`" + test + "`").collect(joining(", "));
        String state = found != null && found.complete() ? "passes" : "open";
        return "| " + row.group(1) + " | " + row.group(2) + " | " + row.group(3) + " | " + tests
                + (tests.isEmpty() ? "| " : " | ") + state + " |";
    }
}
