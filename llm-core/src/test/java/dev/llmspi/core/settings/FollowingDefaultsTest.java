package dev.llmspi.core.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that defaults adapt to a setting that contradicts them, and that a blank model is never sent. */
class FollowingDefaultsTest {

    private static LlmSettings environment(String... variables) {
        Map<String, String> all = variables.length == 2
                ? Map.of(variables[0], variables[1])
                : Map.of(variables[0], variables[1], variables[2], variables[3]);
        return LlmSettings.builder().environment(all).build();
    }

    private static LlmSettings text(String hocon) {
        return LlmSettings.builder().text("llm { " + hocon + " }", "test").build();
    }

    @Test
    void build_retryDelayAlone_raisesMaxDelay() {
        assertDelays(90_000, 90_000, environment("LLM_RETRY_DELAY", "90").retry());
        assertDelays(90_000, 90_000, text("retry.delay = 90s").retry());
        assertDelays(
                90_000,
                90_000,
                LlmSettings.builder()
                        .set("llm.retry.delay", Duration.ofSeconds(90))
                        .build()
                        .retry());
        assertDelays(
                90_000,
                90_000,
                RetrySettings.builder().delay(Duration.ofSeconds(90)).build());
        assertDelays(2_000, 60_000, environment("LLM_RETRY_DELAY", "2").retry());
    }

    @Test
    void build_retryMaxDelayAlone_lowersDelay() {
        assertDelays(500, 500, environment("LLM_RETRY_MAX_DELAY", "0.5").retry());
        assertDelays(500, 500, text("retry.max-delay = 500ms").retry());
        assertDelays(
                500,
                500,
                RetrySettings.builder().maxDelay(Duration.ofMillis(500)).build());
        assertDelays(1_000, 30_000, environment("LLM_RETRY_MAX_DELAY", "30").retry());
    }

    @Test
    void build_retryDelaysOfAProviderBlock_changeOnlyDefaults() {
        LlmSettings settings = text("retry.max-retries = 2, providers.p.retry.delay = 90s");
        assertDelays(90_000, 90_000, settings.providers().get("p").retry());
        assertDelays(1_000, 60_000, settings.retry());
        LlmConfigException error = assertThrows(
                LlmConfigException.class, () -> text("retry.max-delay = 60s, providers.p.retry.delay = 90s"));
        assertEquals("llm.providers.p.retry.delay", error.faults().get(0).path());
    }

    @Test
    void build_retryDelaysContradictEachOther_isAFault() {
        LlmConfigException error = assertThrows(
                LlmConfigException.class, () -> environment("LLM_RETRY_DELAY", "90", "LLM_RETRY_MAX_DELAY", "60"));
        assertEquals("llm.retry.delay", error.faults().get(0).path());
        RetrySettings.Builder builder =
                RetrySettings.builder().delay(Duration.ofSeconds(2)).maxDelay(Duration.ofSeconds(1));
        assertThrows(IllegalArgumentException.class, builder::build);
    }

    private static void assertDelays(long shortest, long longest, RetrySettings retry) {
        assertEquals(Duration.ofMillis(shortest), retry.delay());
        assertEquals(Duration.ofMillis(longest), retry.maxDelay());
        assertEquals(retry, retry.toBuilder().build());
    }

    @Test
    void environment_requestTimeoutAlone_setsTheFirstTokenTimeoutToo() {
        assertEquals(
                Duration.ofSeconds(120),
                environment("LLM_REQUEST_TIMEOUT", "120").timeouts().firstToken());
        assertEquals(
                Duration.ofSeconds(5),
                environment("LLM_REQUEST_TIMEOUT", "5").timeouts().firstToken());
        assertEquals(
                Duration.ofSeconds(20),
                text("timeouts { attempt = 120s, first-token = 20s }")
                        .timeouts()
                        .firstToken());
        assertEquals(Duration.ofSeconds(30), TimeoutSettings.none().firstToken());
    }

    @Test
    void environment_requestTimeoutIsLongerThanTheDefaultTotal_raisesTheTotal() {
        TimeoutSettings timeouts = environment("LLM_REQUEST_TIMEOUT", "900").timeouts();
        assertEquals(Duration.ofSeconds(900), timeouts.total());
        assertEquals(Optional.empty(), timeouts.ownTotal());
        assertEquals(
                Duration.ofSeconds(60),
                text("timeouts { attempt = 15m, total = 60s }").timeouts().total());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agents.a.model = \"\"                               | llm.agents.a.model",
                "modes.m.model = \" \"                               | llm.modes.m.model",
                "providers.p.agents.a.model = \"\"                   | llm.providers.p.agents.a.model",
                "models.fast.openrouter = \"\"                       | llm.models.fast.openrouter",
                "chains.default = [{ provider = p, model = \"\" }]   | llm.chains.default.model",
            })
    void build_blankModelInHocon_isAFaultThatNamesThePath(String hocon, String path) {
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> text(hocon));
        assertEquals(
                List.of(path),
                error.faults().stream().map(fault -> fault.path()).toList());
        assertTrue(error.getMessage().contains("must not be blank"), error.getMessage());
    }

    @Test
    void build_blankModelOfALinkInCode_isAFault() {
        LlmSettings.Builder builder =
                LlmSettings.builder().set("llm.chains.default", List.of(new LinkSettings("p", Optional.of(" "))));
        assertThrows(LlmConfigException.class, builder::build);
    }

    @Test
    void environment_blankModel_isIgnored() {
        LlmSettings settings = environment("AGENT_MODEL_MAP", "{\"a\": \"\", \"b\": null, \"c\": \"x/y\"}");
        assertEquals(
                List.of("c"),
                List.copyOf(settings.providers().get("openrouter").agents().keySet()));
        LlmSettings substituted = LlmSettings.builder()
                .environment(Map.of("EMPTY", ""))
                .text("llm { agents.a.model = ${?EMPTY}, providers.p.default-model = \"\" }", "test")
                .build();
        assertEquals(Optional.empty(), substituted.agents().get("a").model());
        assertEquals(Optional.empty(), substituted.providers().get("p").defaultModel());
    }
}
