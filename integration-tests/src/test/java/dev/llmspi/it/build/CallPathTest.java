package dev.llmspi.it.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.core.LlmClient;
import dev.llmspi.testkit.ScriptedProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Checks that a call passes through few classes in llm-core, and that docs/architecture.md lists them correctly. */
@Tag("build")
class CallPathTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "."), "..").normalize();
    private static final Path CORE = ROOT.resolve("llm-core/src/main/java");
    private static final String HEADING = "### The way of a call through llm-core";
    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\|");
    /**
     * Documented classes that are missing from the stack trace, because their methods return before the provider is
     * called.
     */
    private static final Set<String> RETURNED = Set.of("Router", "ActiveCalls", "ProviderHealth");

    private static List<String> documented() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("docs/architecture.md"));
        List<String> classes = new ArrayList<>();
        for (String line : lines.subList(lines.indexOf(HEADING) + 1, lines.size())) {
            Matcher row = ROW.matcher(line);
            if (row.find()) {
                classes.add(row.group(1));
            } else if (!classes.isEmpty()) {
                break;
            }
        }
        return classes;
    }

    @Test
    void architecturePage_listsTheClassesOnTheStackOfACall() throws IOException {
        List<String> onStack = new ArrayList<>();
        ScriptedProvider provider = ScriptedProvider.named("p");
        provider.then((request, context) -> {
            Set<String> classes = new LinkedHashSet<>();
            List<StackTraceElement> stack = Arrays.asList(new Throwable().getStackTrace());
            Collections.reverse(stack);
            for (StackTraceElement frame : stack) {
                if (frame.getClassName().startsWith("dev.llmspi.core.")) {
                    classes.add(frame.getClassName().replaceAll(".*\\.|\\$.*", ""));
                }
            }
            onStack.addAll(classes);
            throw new IllegalStateException("enough seen");
        });
        try (LlmClient client = LlmClient.builder()
                .provider(provider)
                .text("llm { chains.default = [p], retry.max-retries = 0 }", "test")
                .build()) {
            assertThrows(RuntimeException.class, () -> client.chat("hi"));
        }
        List<String> documented = documented();
        assertTrue(documented.size() <= 10, () -> "more than 10 classes: " + documented);
        assertEquals(
                documented.stream().filter(name -> !RETURNED.contains(name)).toList(), onStack);
        for (String name : RETURNED) {
            assertTrue(documented.contains(name), name);
        }
    }

    @Test
    void callContext_isFoundByItsTypeInOnePlace() throws IOException {
        Pattern test = Pattern.compile("instanceof (TerminableContext|ActiveCall|AttemptExecution)\\b");
        List<String> places = new ArrayList<>();
        for (Path file : sources()) {
            test.matcher(Files.readString(file))
                    .results()
                    .forEach(found -> places.add(CORE.relativize(file) + ": " + found.group()));
        }
        assertEquals(1, places.size(), places::toString);
    }

    @Test
    void llmCore_hasAtMost88Classes() throws IOException {
        List<Path> classes = sources().stream()
                .filter(file -> !file.toString().endsWith("-info.java"))
                .toList();
        assertTrue(classes.size() <= 88, () -> classes.size() + " classes");
    }

    @Test
    void coreAndWire_haveNoFileOver300Lines() throws IOException {
        List<String> longer = new ArrayList<>();
        List<Path> files = new ArrayList<>(sources());
        files.addAll(sources(ROOT.resolve("llm-openai-wire/src/main/java")));
        for (Path file : files) {
            int lines = Files.readAllLines(file).size();
            if (lines > 300) {
                longer.add(file.getFileName() + ": " + lines);
            }
        }
        assertEquals(List.of(), longer);
    }

    private static List<Path> sources() throws IOException {
        return sources(CORE);
    }

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }
}
