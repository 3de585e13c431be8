package dev.llmspi.core.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.llmspi.api.ErrorKind;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests settings from environment variables, and their precedence over the other sources. */
class EnvironmentVariablesTest {

    static Stream<Arguments> clientVariables() {
        return Stream.of(
                variable("PREFERRED_LLM_PROVIDER", "portkey", LlmSettings::preferredProvider, Optional.of("portkey")),
                variable("LLM_MAX_RETRIES", "9", settings -> settings.retry().maxRetries(), 9),
                variable(
                        "LLM_REQUEST_TIMEOUT",
                        "0.5",
                        settings -> settings.timeouts().attempt(),
                        Duration.ofMillis(500)),
                variable("LLM_RETRY_DELAY", "2", settings -> settings.retry().delay(), Duration.ofSeconds(2)),
                variable(
                        "LLM_RETRY_MAX_DELAY",
                        "90s",
                        settings -> settings.retry().maxDelay(),
                        Duration.ofSeconds(90)),
                variable(
                        "LLM_RETRYABLE_ERRORS",
                        "service_error",
                        settings -> settings.retry().on(),
                        Set.of(ErrorKind.SERVICE)));
    }

    private static Arguments variable(
            String name, String value, Function<LlmSettings, Object> setting, Object expected) {
        return arguments(name, value, setting, expected);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("clientVariables")
    void environment_clientVariable_setsItsPath(
            String name, String value, Function<LlmSettings, Object> setting, Object expected) {
        LlmSettings settings =
                LlmSettings.builder().environment(Map.of(name, value)).build();
        assertEquals(expected, setting.apply(settings));
    }

    @Test
    void environment_providerVariables_setKeysOfTheProvider() {
        Map<String, String> environment = Map.ofEntries(
                Map.entry("OPENROUTER_API_KEY", "k1"),
                Map.entry("OPENROUTER_DEFAULT_MODEL", "a/b"),
                Map.entry("OPENROUTER_BASE_URL", "http://localhost:1/v1"),
                Map.entry("AGENT_MODEL_MAP", "{\"researcher\": \"c/d\"}"),
                Map.entry("OPENROUTER_HEADERS", "{\"X-A\": \"b\"}"),
                Map.entry("PORTKEY_API_KEY", "k2"),
                Map.entry("PORTKEY_DEFAULT_MODEL", "@openai/e"),
                Map.entry("PORTKEY_CONFIG_ID", "pc-1"),
                Map.entry("PORTKEY_VIRTUAL_KEY", "vk"),
                Map.entry("PORTKEY_PROVIDER", "openai"),
                Map.entry("PORTKEY_BASE_URL", "http://localhost:2/v1"),
                Map.entry("TRACE_ID", "t1"));
        LlmSettings settings = LlmSettings.builder().environment(environment).build();
        ProviderSettings openrouter = settings.providers().get("openrouter");
        assertEquals(Optional.of("a/b"), openrouter.defaultModel());
        assertEquals(
                Optional.of("@openai/e"), settings.providers().get("portkey").defaultModel());
        assertEquals(Optional.of("c/d"), openrouter.agents().get("researcher").model());
        assertEquals(
                Map.of("api-key", "k1", "base-url", "http://localhost:1/v1", "headers", Map.of("X-A", "b")),
                openrouter.values());
        assertEquals(
                Map.of(
                        "api-key",
                        "k2",
                        "config-id",
                        "pc-1",
                        "virtual-key",
                        "vk",
                        "provider",
                        "openai",
                        "base-url",
                        "http://localhost:2/v1",
                        "trace-id",
                        "t1"),
                settings.providers().get("portkey").values());
    }

    @Test
    void environment_blankVariable_isIgnored() {
        assertEquals(
                3,
                LlmSettings.builder()
                        .environment(Map.of("LLM_MAX_RETRIES", " "))
                        .build()
                        .retry()
                        .maxRetries());
    }

    @Test
    void environment_invalidJson_isAFaultWithoutTheValue() {
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> LlmSettings.builder()
                .environment(Map.of("OPENROUTER_HEADERS", "canary-value"))
                .build());
        assertTrue(error.getMessage().contains("OPENROUTER_HEADERS"), error.getMessage());
        assertFalse(error.getMessage().contains("canary-value"), error.getMessage());
    }

    @Test
    void environment_blockIsNotConfigured_variableIsIgnored() {
        LlmSettings settings = LlmSettings.builder()
                .text("llm.providers.local { type = openai }", "text")
                .environment(Map.of("OPENROUTER_API_KEY", "k"))
                .build();
        assertEquals(Set.of("local"), settings.providers().keySet());
    }

    @Test
    void build_severalSources_codeOverridesEnvironmentOverridesHocon() {
        LlmSettings settings = LlmSettings.builder()
                .text("llm.retry { max-retries = 1, delay = 11ms, max-delay = 12s }", "text")
                .environment(Map.of("LLM_MAX_RETRIES", "2", "LLM_RETRY_DELAY", "22ms"))
                .set("llm.retry.max-retries", 3)
                .build();
        assertEquals(3, settings.retry().maxRetries());
        assertEquals(Duration.ofMillis(22), settings.retry().delay());
        assertEquals(Duration.ofSeconds(12), settings.retry().maxDelay());
    }

    @Test
    void build_providerPathInHocon_overridesTheEnvironment() {
        LlmSettings settings = LlmSettings.builder()
                .text("llm.providers.openrouter.retry.max-retries = 1", "text")
                .environment(Map.of("LLM_MAX_RETRIES", "2"))
                .build();
        assertEquals(1, settings.providers().get("openrouter").retry().maxRetries());
        assertEquals(2, settings.retry().maxRetries());
    }

    @Test
    void build_substitutions_useOnlyTheGivenEnvironment() {
        LlmSettings settings = LlmSettings.builder()
                .text("llm.providers.openrouter { api-key = ${?MY_KEY}, title = ${?PATH} }", "text")
                .environment(Map.of("MY_KEY", "k"))
                .build();
        assertEquals(
                Map.of("api-key", "k"), settings.providers().get("openrouter").values());
    }
}
