package dev.llmspi.it.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmProviderRegistry;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.it.faults.LogLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the messages about a wrong configuration say what to do. Issue 15. */
class SettingsMessagesTest {

    private static final String KEY = "sk-canary-4711";

    @TempDir
    Path folder;

    private static List<ConfigFault> faults(String hocon, Map<String, String> environment) {
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmClient.builder()
                .environment(environment)
                .text(hocon, "my.conf")
                .build()
                .close());
        assertFalse(error.getMessage().contains("canary"), error.getMessage());
        return error.faults();
    }

    private static void assertFault(String path, String text, String hocon) {
        List<ConfigFault> faults = faults(hocon, Map.of());
        assertEquals(List.of(path), faults.stream().map(ConfigFault::path).toList(), faults.toString());
        assertTrue(faults.get(0).text().contains(text), faults.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "defalt-model, default-model",
        "model, default-model",
        "default_model, default-model",
        "tipe, type",
        "acount, account",
        "timeout, timeouts",
        "retri, retry",
        "fallbak, fallback",
        "cooldwn, cooldown",
        "limts, limits",
        "agent, agents",
        "mode, modes",
        "url, base-url",
        "key, api-key",
        "apikey, api-key"
    })
    void wrongKey_inAProviderBlock_hintNamesTheKeyThatExists(String wrong, String right) {
        for (String type : List.of("openrouter", "openai", "portkey")) {
            String path = "llm.providers.p." + wrong;
            List<ConfigFault> faults =
                    faults("llm.providers.p { type = " + type + ", api-key = k }, " + path + " = x", Map.of());
            assertEquals(List.of(path), faults.stream().map(ConfigFault::path).toList());
            assertTrue(faults.get(0).text().matches(".*did you mean .*\"" + right + "\".*"), faults.toString());
        }
    }

    @Test
    void wrongKeys_notSimilarToAny_hintListsOnlyKeysThatExist() {
        List<ConfigFault> faults = faults("""
                llm.providers.p { type = openai, api-key = k, zzzzzzzzz = 1, wwwwwwwww = 2, tls { qqqqqqqqq = 1, ca-file = x } }
                llm.timeouts { xxxxxxxxx = 1, vvvvvvvvv = 2 }""", Map.of());
        List<String> unknown = faults.stream()
                .map(ConfigFault::text)
                .filter(text -> text.startsWith("is not known"))
                .toList();
        assertEquals(5, unknown.size(), faults.toString());
        for (String text : unknown) {
            assertFalse(text.matches(".*(zzz|www|qqq|xxx|vvv).*"), text);
        }
        assertTrue(
                unknown.stream().anyMatch(text -> text.contains("base-url") && text.contains("default-model")),
                unknown.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llm.providers.p { base-url = http://localhost:11434/v1 }",
                "llm.providers.p {\n base-url = https://host/v1\n api-key = \"sk-canary-4711\"\n}",
                "llm { providers { p { api-key = sk-canary-4711, base-url: http://localhost/v1, default-model = x } } }",
                "llm.providers.p.default-model = qwen3:8b",
                "llm.providers.p.default-model = @openai-prod/gpt-5",
                "llm.providers.p { api-key = sk-canary+4711 }",
                "llm.providers.p { api-key = sk-canary:4711 }",
                "llm.providers.p { api-key = sk-canary4711= }"
            })
    void valueThatNeedsQuotes_faultSaysSo(String hocon) {
        List<ConfigFault> faults = faults(hocon, Map.of());
        assertEquals(1, faults.size(), faults.toString());
        assertTrue(faults.get(0).text().contains("must be in double quotes"), faults.toString());
        assertTrue(faults.get(0).origin().startsWith("my.conf: "), faults.toString());
    }

    @Test
    void sourceWithoutSectionLlm_faultSaysSo() throws Exception {
        assertFault("llm", "llm { … }", "chains.default = [a], providers { a { type = openai } }");
        assertFault("llm", "llm { … }", "openrouter.api-key = x");
        Path file = Files.writeString(folder.resolve("my settings.conf"), "providers.a.type = openai");
        LlmConfigException error = assertThrows(
                LlmConfigException.class,
                () -> LlmSettings.builder().config(file).build());
        assertTrue(error.getMessage().contains("my settings.conf"), error.getMessage());
    }

    @Test
    void sourceWithoutSectionLlm_isNoFaultIfItIsEmptyOrHelpsAnother() throws Exception {
        LlmSettings.builder().text("# nothing\n", "empty").build();
        Path values = Files.writeString(folder.resolve("values.conf"), "my-key = \"sk-1\"");
        LlmSettings settings = LlmSettings.builder()
                .config(values)
                .text("llm.providers.openrouter.api-key = ${my-key}", "main")
                .build();
        assertEquals("sk-1", settings.providers().get("openrouter").values().get("api-key"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"\\\"sk-canary-4711\\\"\"", "\"'sk-canary-4711'\"", "\"sk-canary-4711\\\"\"", "${?MY_KEY}"})
    void keyInQuotes_isAFaultWithoutTheKey(String value) {
        List<ConfigFault> faults =
                faults("llm.providers.openrouter.api-key = " + value, Map.of("MY_KEY", '"' + KEY + '"'));
        assertEquals(1, faults.size(), faults.toString());
        assertEquals("llm.providers.openrouter.api-key", faults.get(0).path());
        assertTrue(faults.get(0).text().contains("remove the quotes"), faults.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPENROUTER_API_KEY", "OPENROUTER_DEFAULT_MODEL", "LLM_MAX_RETRIES", "OPENROUTER_HEADERS"})
    void variableInQuotes_isAFaultThatNamesIt(String variable) {
        List<ConfigFault> faults = faults("", Map.of(variable, "'" + KEY + "'"));
        assertTrue(faults.get(0).origin().contains(variable), faults.toString());
        assertTrue(faults.get(0).text().contains("quotation marks"), faults.toString());
    }

    /** Other programs read the same variables, so a value that is not used must not stop the client. */
    @Test
    void variableInQuotes_thatIsNotUsed_isNoFault() {
        Map<String, String> environment = Map.of("OPENAI_API_KEY", "'" + KEY + "'", "OPENROUTER_HEADERS", "none");
        LlmClient.builder()
                .environment(environment)
                .text("llm.providers.portkey { api-key = k, default-model = m }", "my.conf")
                .build()
                .close();
        assertEquals(
                1,
                faults("llm.providers.gpt { type = openai, default-model = m }", environment)
                        .size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hgih", "\"a lot\"", "true", "0", "-5", "1.5"})
    void reasoning_wrongWord_faultListsTheWords(String word) {
        for (String path : List.of(
                "llm.agents.x.reasoning", "llm.modes.x.reasoning", "llm.providers.openrouter.agents.x.reasoning")) {
            assertFault(
                    path,
                    "none, minimal, low, medium, high",
                    path + " = " + word + ", llm.providers.openrouter.api-key = k");
        }
        assertFault(
                "llm.providers.openrouter.reasoning-effort",
                "none, minimal, low, medium, high",
                "llm.providers.openrouter { api-key = k, reasoning-effort = " + word + " }");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "minimal", "low", "medium", "High", "xhigh", "max", "500"})
    void reasoning_rightWord_isRead(String word) {
        LlmSettings.builder().text("llm.agents.x.reasoning = " + word, "text").build();
    }

    @Test
    void keyFile_thatCannotBeRead_isNamedAtStart() throws Exception {
        Path missing = folder.resolve("none");
        Path quoted = Files.writeString(folder.resolve("quoted"), "\"" + KEY + "\"\n");
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        for (Path file : List.of(missing, folder, quoted, empty)) {
            try (LogLines log = new LogLines()) {
                LlmClient.builder()
                        .text("llm.providers.openrouter.api-key { file = \"" + file + "\" }", "my.conf")
                        .build()
                        .close();
                assertWarning(log, "llm.providers.openrouter.api-key (my.conf: 1): ", file.toString());
            }
        }
        try (LogLines log = new LogLines()) {
            LlmClient.builder()
                    .provider("openrouter", block -> block.apiKey(Credential.file(missing)))
                    .build()
                    .close();
            assertWarning(log, "llm.providers.openrouter.api-key", missing + " does not exist");
        }
    }

    private static void assertWarning(LogLines log, String... parts) {
        List<String> lines = log.matching(line -> line.startsWith("WARNING"));
        assertEquals(1, lines.size(), lines.toString());
        for (String part : parts) {
            assertTrue(lines.get(0).contains(part), lines.toString());
        }
        assertFalse(lines.get(0).contains("canary"), lines.toString());
    }

    @Test
    void keyFile_thatCanBeRead_isNotMentioned() throws Exception {
        Path file = Files.writeString(folder.resolve("key"), KEY + "\n");
        try (LogLines log = new LogLines()) {
            LlmClient.builder()
                    .text("llm.providers.openrouter.api-key { file = \"" + file + "\" }", "my.conf")
                    .build()
                    .close();
            assertEquals(List.of(), log.matching(line -> line.startsWith("WARNING")));
        }
    }

    /** The faults are a path outside of llm, a wrong value, a wrong key in a provider block, and a wrong type. */
    @Test
    void faults_fromEveryDoor_areReportedAtOnce() throws Exception {
        String text = "llm { retry.max-retries = x, providers { openrouter.titel = x, mine.type = nothing } }";
        Path file = Files.writeString(folder.resolve("all.conf"), text);
        List<String> all = List.of(
                "retry.max-retries",
                "llm.retry.max-retries",
                "llm.providers.openrouter.titel",
                "llm.providers.mine.type");
        assertPaths(all, () -> LlmClient.builder()
                .set("retry.max-retries", 1)
                .config(file)
                .build()
                .close());
        assertPaths(all, () -> LlmProviderRegistry.create(
                        LlmSettings.builder().set("retry.max-retries", 1).config(file))
                .close());
        assertPaths(
                List.of("a", "b.c", "llm.retry.delay"),
                () -> LlmSettings.of(Map.of("a", "1", "b.c", "2", "llm.retry.delay", "x")));
    }

    private static void assertPaths(List<String> paths, Runnable door) {
        LlmConfigException error = assertThrows(LlmConfigException.class, door::run);
        assertEquals(
                paths.stream().sorted().toList(),
                error.faults().stream().map(ConfigFault::path).sorted().toList(),
                error.getMessage());
    }
}
