package dev.llmspi.core.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.spi.ConfigFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests how settings are read from HOCON, from code and from a map, and which faults are found in them. */
class LlmSettingsTest {

    @TempDir
    Path folder;

    private static LlmSettings text(String hocon) {
        return LlmSettings.builder().text(hocon, "text").build();
    }

    private static List<ConfigFault> faults(String hocon) {
        return assertThrows(LlmConfigException.class, () -> text(hocon)).faults();
    }

    @Test
    void build_noSource_hasTheDefaults() {
        LlmSettings settings = LlmSettings.builder().build();
        assertEquals(RetrySettings.builder().build(), settings.retry());
        assertEquals(TimeoutSettings.none(), settings.timeouts());
        assertEquals(Duration.ofSeconds(60), settings.timeouts().attempt());
        assertEquals(Set.of(ErrorKind.values()), settings.fallbackOn());
        assertFalse(settings.providersConfigured());
    }

    @Test
    void build_everyKeyOfRetryAndTimeouts_isRead() {
        LlmSettings settings = text("""
                llm {
                  preferred-provider = portkey
                  timeouts { connect = 1s, first-token = 2s, idle = 3s, attempt = 4s, total = 5m }
                  retry { max-retries = 7, delay = 10ms, max-delay = 20ms, max-retry-after = 30s,
                          max-wait-before-next = 40s, max-after-timeout = 2, budget = 50, on = [service_error] }
                  fallback { on = "connection_error, model_error" }
                  cooldown { after-failures = 3, of-attempts = 4, delay = 5ms, max-delay = 6ms, authentication = 1m,
                             exhausted = 2m, max = 3m }
                  limits { max-concurrent = 8, requests-per-minute = 9 }
                }""");
        assertEquals(Optional.of("portkey"), settings.preferredProvider());
        assertEquals(Duration.ofSeconds(1), settings.timeouts().connect());
        assertEquals(Duration.ofSeconds(2), settings.timeouts().firstToken());
        assertEquals(Duration.ofSeconds(3), settings.timeouts().idle());
        assertEquals(Duration.ofSeconds(4), settings.timeouts().attempt());
        assertEquals(Duration.ofMinutes(5), settings.timeouts().total());
        assertEquals(7, settings.retry().maxRetries());
        assertEquals(Duration.ofMillis(10), settings.retry().delay());
        assertEquals(Duration.ofMillis(20), settings.retry().maxDelay());
        assertEquals(Duration.ofSeconds(30), settings.retry().maxRetryAfter());
        assertEquals(Duration.ofSeconds(40), settings.retry().maxWaitBeforeNext());
        assertEquals(2, settings.retry().maxAfterTimeout());
        assertEquals(50, settings.retry().budget());
        assertEquals(Set.of(ErrorKind.SERVICE), settings.retry().on());
        assertEquals(Set.of(ErrorKind.CONNECTION, ErrorKind.MODEL), settings.fallbackOn());
        assertEquals(
                CooldownSettings.builder()
                        .afterFailures(3)
                        .ofAttempts(4)
                        .delay(Duration.ofMillis(5))
                        .maxDelay(Duration.ofMillis(6))
                        .authentication(Duration.ofMinutes(1))
                        .exhausted(Duration.ofMinutes(2))
                        .max(Duration.ofMinutes(3))
                        .build(),
                settings.cooldown());
        assertEquals(
                LimitSettings.builder().maxConcurrent(8).requestsPerMinute(9).build(), settings.limits());
    }

    @Test
    void build_providerBlock_overridesSingleKeysOfTheClient() {
        LlmSettings settings = text("""
                llm {
                  retry { max-retries = 5, delay = 2s }
                  providers.openrouter {
                    type = openrouter, default-model = "a/b", title = "x"
                    retry { max-retries = 1 }
                    timeouts { attempt = 9s }
                    fallback { on = [] }
                    cooldown { exhausted = 1m }
                    limits { max-concurrent = 2 }
                    account = team
                    agents { researcher { model = "c/d", temperature = 0.5, max-output-tokens = 10, reasoning = high } }
                  }
                }""");
        ProviderSettings block = settings.providers().get("openrouter");
        assertEquals(1, block.retry().maxRetries());
        assertEquals(Duration.ofSeconds(2), block.retry().delay());
        assertEquals(Duration.ofSeconds(9), block.timeouts().attempt());
        assertEquals(Set.of(), block.fallbackOn());
        assertEquals(Duration.ofMinutes(1), block.cooldown().exhausted());
        assertEquals(settings.cooldown().authentication(), block.cooldown().authentication());
        assertEquals(2, block.limits().maxConcurrent().orElseThrow());
        assertEquals(Optional.of("team"), block.account());
        assertEquals(Map.of("title", "x"), block.values());
        ProfileSettings agent = block.agents().get("researcher");
        assertEquals(Optional.of("c/d"), agent.model());
        assertEquals(0.5, agent.temperature().orElseThrow());
        assertEquals(10, agent.maxOutputTokens().orElseThrow());
        assertEquals(Optional.of("high"), agent.reasoning().orElseThrow().effort());
    }

    @Test
    void build_chainsWithModels_areRead() {
        LlmSettings settings = text("llm.chains.default = [openrouter, { provider = portkey, model = \"m\" }]");
        assertEquals(
                List.of(LinkSettings.of("openrouter"), new LinkSettings("portkey", Optional.of("m"))),
                settings.chains().get("default"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llm.retry.max-retires = 1          | llm.retry.max-retires | did you mean \"max-retries\"?",
                "llm.timeout.attempt = 1s           | llm.timeout           | did you mean \"timeouts\"?",
                "llm.cooldown.after-failures = 11   | llm.cooldown.after-failures | not be more than of-attempts (10)",
                "llm.cooldown.delay = 2m            | llm.cooldown.delay    | not longer than max-delay",
                "llm.limits.max-concurrent = 0      | llm.limits.max-concurrent | at least 1",
                "llm.retry.max-retries = -1         | llm.retry.max-retries | at least 0",
                "llm.retry.max-retries = many       | llm.retry.max-retries | whole number",
                "llm.timeouts.attempt = 30          | llm.timeouts.attempt  | with its unit",
                "llm.timeouts.attempt = -1s         | llm.timeouts.attempt  | at least 0",
                "llm.timeouts.total = 0s            | llm.timeouts.total    | longer than 0",
                "llm.retry { delay = 2m, max-delay = 1m } | llm.retry.delay | max-delay",
                "llm.retry.on = [service_eror]      | llm.retry.on          | did you mean \"service_error\"?",
                "llm.retry = 5                      | llm.retry             | object",
                "llm.chains.default = []            | llm.chains.default    | has no links",
                "llm.chains.default = [a, a]        | llm.chains.default    | twice",
                "llm.chains.default = [[a]]         | llm.chains.default    | a link must be",
                "llm.agents.x.temperature = 3       | llm.agents.x.temperature | from 0.0 to 2.0",
                "llm.modes.x.modle = y              | llm.modes.x.modle     | did you mean \"model\"?",
                "llm.providers.p.retry.max-retries = x | llm.providers.p.retry.max-retries | whole number"
            })
    void build_wrongKey_isRefusedWithItsPathAndAdvice(String hocon, String path, String text) {
        List<ConfigFault> faults = faults(hocon);
        assertEquals(1, faults.size(), faults.toString());
        assertEquals(path, faults.get(0).path());
        assertTrue(faults.get(0).text().contains(text), faults.get(0).text());
    }

    @Test
    void build_severalFaults_areInOneErrorWithFileAndLine() throws IOException {
        Path file = Files.writeString(folder.resolve("llm.conf"), """
                llm {
                  retry.max-retries = x
                  timeouts.atempt = 3s
                }""");
        LlmConfigException error = assertThrows(
                LlmConfigException.class,
                () -> LlmSettings.builder().config(file).build());
        assertEquals(2, error.faults().size());
        assertTrue(error.getMessage().contains("llm.conf: 2"), error.getMessage());
        assertTrue(error.getMessage().contains("llm.conf: 3"), error.getMessage());
    }

    @Test
    void build_invalidHocon_errorNamesTheSource() {
        List<ConfigFault> faults = faults("llm {\n retry { \n");
        assertEquals(1, faults.size());
        assertTrue(faults.get(0).toString().contains("text: "), faults.get(0).toString());
    }

    @Test
    void build_missingFile_isRefused() {
        LlmConfigException error = assertThrows(
                LlmConfigException.class,
                () -> LlmSettings.builder().config(folder.resolve("none.conf")).build());
        assertTrue(error.getMessage().contains("the file does not exist"), error.getMessage());
    }

    @Test
    void of_flatMap_equalsHocon() {
        LlmSettings settings = LlmSettings.of(Map.of(
                "llm.retry.max-retries", "4",
                "llm.chains.default", "openrouter, portkey",
                "llm.models.\"a.b\".openrouter", "x/y",
                "llm.providers.openrouter.timeouts.attempt", "3s"));
        assertEquals(4, settings.retry().maxRetries());
        assertEquals(2, settings.chains().get("default").size());
        assertEquals("x/y", settings.models().get("a.b").get("openrouter"));
        assertEquals(
                Duration.ofSeconds(3),
                settings.providers().get("openrouter").timeouts().attempt());
    }

    @Test
    void toString_settingsWithAKey_hidesIt() {
        LlmSettings settings = text("llm.providers.openrouter.api-key = canary-key");
        assertFalse((settings + " " + settings.providers()).contains("canary-key"));
    }
}
