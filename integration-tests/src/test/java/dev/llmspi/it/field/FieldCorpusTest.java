package dev.llmspi.it.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Runs every case in {@code src/test/resources/field} over real sockets. Each case runs with all its provider types,
 * with and without streaming. Its answer is sent in one piece, and then again split at random places.
 *
 * <p>{@code -Dllmspi.field=C1} runs only the files whose names begin with C1.
 * {@code -Dllmspi.field=C1-placeholder/twice} runs only one case.
 */
@Tag("once")
class FieldCorpusTest {

    private static final long SEED = Long.getLong("llmspi.seed", System.nanoTime());
    private static final String ONLY = System.getProperty("llmspi.field", "");
    private static final Path ROOT = Path.of(System.getProperty("basedir", "."));
    private static final Path FOLDER = ROOT.resolve("src/test/resources/field");
    private static final Path DOCUMENT = ROOT.resolve("../docs/maintainers/field.md");
    private static final Tally TALLY = new Tally();

    @AfterAll
    static void printTable() {
        System.out.println(TALLY.table() + "  llmspi.seed=" + SEED);
    }

    @TestFactory
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    Stream<DynamicNode> cases_endAsExpected() throws IOException {
        Map<String, List<FieldCase>> byFile = new LinkedHashMap<>();
        for (FieldCase fieldCase : CaseReader.readAll(FOLDER)) {
            if ((fieldCase.file() + "/" + fieldCase.name()).startsWith(ONLY)) {
                byFile.computeIfAbsent(fieldCase.file(), file -> new ArrayList<>())
                        .add(fieldCase);
            }
        }
        return byFile.entrySet().stream()
                .map(file ->
                        dynamicContainer(file.getKey(), file.getValue().stream().map(FieldCorpusTest::container)));
    }

    private static DynamicNode container(FieldCase fieldCase) {
        return dynamicContainer(fieldCase.name(), fieldCase.types().stream().flatMap(type -> fieldCase.modes().stream()
                .map(mode -> test(fieldCase, type, mode))));
    }

    private static DynamicTest test(FieldCase fieldCase, String type, Mode mode) {
        return dynamicTest(type + ", " + (mode == Mode.STREAM ? "streamed" : "whole"), () -> {
            List<String> differences = FieldRun.differences(fieldCase, type, mode, new Random(SEED));
            TALLY.add(fieldCase, differences.isEmpty());
            assertTrue(
                    differences.isEmpty(),
                    () -> fieldCase + ", " + type + ", " + mode + ", llmspi.seed=" + SEED + ":\n    "
                            + String.join("\n    ", differences));
        });
    }

    /** The maintainers' document must contain exactly one line for each case file. */
    @Test
    void document_namesEachRowOfTheCorpus() throws IOException {
        TreeSet<String> files = new TreeSet<>();
        Map<String, Integer> cases = new TreeMap<>();
        for (FieldCase fieldCase : CaseReader.readAll(FOLDER)) {
            files.add(fieldCase.file());
            cases.merge(fieldCase.file(), 1, Integer::sum);
        }
        TreeSet<String> documented = new TreeSet<>();
        Matcher name = Pattern.compile("\\| `([A-F]\\d-[a-z-]+)` \\|").matcher(Files.readString(DOCUMENT));
        while (name.find()) {
            documented.add(name.group(1));
        }
        assertEquals(documented, files);
        cases.forEach((file, count) ->
                assertTrue(count >= 4, file + " has " + count + " cases, not its row and three variations"));
    }
}
