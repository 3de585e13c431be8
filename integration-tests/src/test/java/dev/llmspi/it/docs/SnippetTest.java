package dev.llmspi.it.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.core.LlmClient;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks every code block in the documentation. Java is compiled, settings are loaded, coordinates are compared with
 * the BOM, and a command is either tested elsewhere or listed in {@code documented-commands.txt} with a reason. A block
 * that is part of an example project is built with that project.
 */
@Tag("build")
class SnippetTest {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\??([A-Z_]+)}");
    private static final Pattern OUR_ARTIFACT = Pattern.compile(
            "dev\\.llmspi(?:</groupId>\\s*<artifactId>|:)([\\w-]+)(?:</artifactId>\\s*<version>|:)?([\\w.-]*)");
    private static final Pattern PROGRAM = Pattern.compile("(^|[ /|])llm [a-z-]+( |$)");

    @TempDir
    Path folder;

    static List<Snippet> java() {
        return Snippet.in("java");
    }

    @ParameterizedTest
    @MethodSource
    void java(Snippet snippet) throws IOException {
        if (!snippet.name().isEmpty()) {
            checkIsExtracted(snippet);
        } else if (!snippet.isPartOfAnExample()) {
            assertEquals("", new SnippetCompiler(folder).errors(snippet.text()), snippet::toString);
        }
    }

    /** A block that is a whole file belongs to a project that this script builds. */
    private static void checkIsExtracted(Snippet snippet) throws IOException {
        String script = Files.readString(Snippet.ROOT.resolve(".ci/third-party"));
        assertTrue(script.contains(snippet.page()), ".ci/third-party does not build the project of " + snippet.page());
    }

    static List<Snippet> hocon() {
        return Snippet.in("hocon");
    }

    @ParameterizedTest
    @MethodSource
    void hocon(Snippet snippet) throws Exception {
        String text = new SnippetFiles(folder).create(snippet.text());
        if (snippet.page().equals("docs/write-a-provider.md")) {
            assertTrue(text.contains("llm.providers.acme"), "only the provider of that page is not available here");
            return;
        }
        boolean whole = Pattern.compile("(?m)^llm[ .{]").matcher(text).find();
        String settings = whole
                ? text
                : "llm.providers.mine { type = openai, base-url = \"http://localhost/v1\", default-model = m\n" + text
                        + "}";
        Map<String, String> environment = new HashMap<>(Map.of("OPENROUTER_API_KEY", "key"));
        Matcher variable = VARIABLE.matcher(text);
        while (variable.find()) {
            environment.put(variable.group(1), "key");
        }
        try (LlmClient client = LlmClient.builder()
                .environment(environment)
                .text(settings, snippet.toString())
                .build()) {
            assertFalse(client.registry().providers().isEmpty());
        }
    }

    static List<Snippet> builds() {
        return Snippet.in("xml", "kotlin", "groovy");
    }

    @ParameterizedTest
    @MethodSource
    void builds(Snippet snippet) throws IOException {
        String bom = Files.readString(Snippet.ROOT.resolve("llm-bom/pom.xml"));
        String version = bom.replaceFirst("(?s).*?<version>([^<]+)<.*", "$1");
        Matcher artifact = OUR_ARTIFACT.matcher(snippet.text());
        boolean ours = false;
        while (artifact.find()) {
            ours = true;
            assertTrue(bom.contains("<artifactId>" + artifact.group(1) + "</artifactId>"), artifact::group);
            assertTrue(artifact.group(2).isEmpty() || artifact.group(2).equals(version), artifact::group);
        }
        if (snippet.language().equals("xml") && !ours) {
            assertTrue(snippet.isPartOfAnExample(), "not part of an example: " + snippet.text());
        }
        if (!snippet.name().isEmpty()) {
            checkIsExtracted(snippet);
        }
    }

    static List<Snippet> properties() {
        return Snippet.in("properties", "yaml");
    }

    @ParameterizedTest
    @MethodSource
    void properties(Snippet snippet) throws IOException {
        if (snippet.language().equals("yaml")) {
            assertTrue(snippet.isPartOfAnExample(), "not part of an example: " + snippet.text());
            return;
        }
        Properties properties = new Properties();
        properties.load(new StringReader(snippet.text()));
        assertEquals(snippet.text().lines().filter(line -> line.contains("=")).count(), properties.size());
    }

    /** Commands of the program are parsed by a test of the program, {@code DocumentedCommandsTest}. */
    @Test
    void commands_areTestedOrListedWithAReason() throws IOException {
        Map<String, String> reasons = Files.readAllLines(
                        Snippet.ROOT.resolve("integration-tests/src/test/resources/documented-commands.txt"))
                .stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(" \\| "))
                .collect(Collectors.toMap(line -> line[0] + " | " + line[1], line -> line[2]));
        Set<String> used = new HashSet<>();
        List<String> missing = new ArrayList<>();
        for (Snippet snippet : Snippet.in("sh")) {
            for (String command : commands(snippet.text())) {
                String key = snippet.page() + " | " + command;
                List<String> listed = reasons.keySet().stream()
                        .filter(known -> key.startsWith(known))
                        .toList();
                used.addAll(listed);
                if (listed.isEmpty() && !PROGRAM.matcher(command).find() && !command.startsWith("export ")) {
                    missing.add(key);
                }
            }
        }
        assertEquals(List.of(), missing, "commands without a test or a reason");
        assertEquals(reasons.keySet(), used, "listed commands that no page has");
    }

    /** Returns the commands of a block, without the lines that continue one and the text of here-documents. */
    private static List<String> commands(String text) {
        List<String> commands = new ArrayList<>();
        String end = "";
        boolean continued = false;
        for (String line : text.split("\n")) {
            boolean first = end.isEmpty() && !continued && !line.isBlank() && !line.matches("[#} ].*");
            if (first) {
                commands.add(line.strip());
            }
            Matcher document = Pattern.compile("<<'?(\\w+)'?").matcher(line);
            if (line.equals(end)) {
                end = "";
            } else if (document.find()) {
                end = document.group(1);
            }
            continued = line.endsWith("\\");
        }
        return commands;
    }

    /** A reader finds each page from the README. */
    @Test
    void everyPageForUsers_isLinkedFromTheReadme() throws IOException {
        String readme = Files.readString(Snippet.ROOT.resolve("README.md"));
        List<String> lost = Snippet.pages().stream()
                .map(page -> Snippet.ROOT.relativize(page).toString())
                .filter(page -> page.matches("docs/[^/]+\\.md"))
                .filter(page -> !readme.contains("(" + page))
                .toList();
        assertEquals(List.of(), lost);
    }

    /** Every link to a page or a heading leads somewhere. */
    @Test
    void everyLink_leadsToAFileAndAHeading() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : Snippet.pages()) {
            Matcher link = Pattern.compile("]\\(([^):]*?)(#[^)]*)?\\)")
                    .matcher(Files.readString(page).replaceAll("(?ms)^```.*?^```$", ""));
            while (link.find()) {
                Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                if (!Files.exists(target)
                        || link.group(2) != null && !headings(target).contains(link.group(2))) {
                    broken.add(page.getFileName() + ": " + link.group());
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    private static Set<String> headings(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> "#"
                        + line.replaceFirst("^#+ ", "")
                                .toLowerCase(java.util.Locale.ROOT)
                                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                                .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
