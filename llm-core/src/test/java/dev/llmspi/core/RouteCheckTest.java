package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.Reasoning;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.testkit.ScriptedProvider;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that unknown names in a configuration are refused at startup and that known ones are applied. */
class RouteCheckTest {

    private final ScriptedProvider a =
            ScriptedProvider.named("a").answers("from a").repeat();
    private final ScriptedProvider b =
            ScriptedProvider.named("b").answers("from b").repeat();

    private LlmClientBuilder builder(String settings) {
        return LlmClient.builder().provider(a).provider(b).text("llm { " + settings + " }", "test");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "preferred-provider = c           | llm.preferred-provider | there is no provider \"c\"; did you mean",
                "chains.default = [a, somewhere]  | llm.chains.default     | no provider \"somewhere\"; known: a, b",
                "modes.m.provider = somewhere     | llm.modes.m.provider   | there is no provider \"somewhere\"",
                "modes.m.chain = fats             | llm.modes.m.chain      | there is no chain \"fats\"",
                "agents.x.chain = fats            | llm.agents.x.chain     | no chain \"fats\"; did you mean \"fast\"?",
                "chains.empty = []                | llm.chains.empty       | ",
            })
    void build_unknownName_isRefusedWithItsPath(String settings, String path, String text) {
        LlmConfigException error =
                assertThrows(LlmConfigException.class, () -> builder("chains.fast = [b], " + settings)
                        .build());
        assertEquals(
                List.of(path),
                error.faults().stream().map(fault -> fault.path()).toList(),
                error.getMessage());
        assertTrue(error.getMessage().contains(text == null ? "" : text), error.getMessage());
    }

    @Test
    void build_severalUnknownNames_areReportedTogether() {
        LlmConfigException error = assertThrows(LlmConfigException.class, () -> builder(
                        "preferred-provider = x, modes.m { provider = y, chain = z }, agents.n.chain = z")
                .build());
        assertEquals(4, error.faults().size(), error.getMessage());
    }

    @Test
    void route_agentOrModeHasAChain_usesIt() {
        try (LlmClient client = builder("chains { default = [a, b], fast = [b], slow = [a] },"
                        + " agents.x.chain = fast, modes.m.chain = slow")
                .build()) {
            assertEquals("fast", chain(client, CallOptions.builder().agent("x")));
            assertEquals("slow", chain(client, CallOptions.builder().agent("x").mode("m")));
            assertEquals(
                    "default", chain(client, CallOptions.builder().agent("x").chain("default")));
            assertEquals("b", chain(client, CallOptions.builder().agent("x").provider("b")));
        }
    }

    private static String chain(LlmClient client, CallOptions.Builder options) {
        return client.route(options.build()).chain();
    }

    @Test
    void startWith_providerOutsideOfTheChain_becomesTheFirstLink() {
        try (LlmClient client = builder("chains.default = [a]").build()) {
            CallOptions first = CallOptions.builder().startWith("b").build();
            assertEquals(
                    List.of("b", "a"),
                    client.route(first).links().stream()
                            .map(RouteLink::provider)
                            .toList());
            assertEquals("from b", client.chat(ChatRequest.of("hi"), first).text());
        }
    }

    @Test
    void startWith_linkOfTheChain_keepsTheModelOfTheLink() {
        try (LlmClient client = builder("chains.default = [a, { provider = b, model = b/link }]")
                .build()) {
            CallOptions first = CallOptions.builder().startWith("b").build();
            assertEquals(
                    List.of("b b/link", "a scripted-model"),
                    client.route(first).links().stream()
                            .map(link -> link.provider() + " " + link.model().orElseThrow())
                            .toList());
        }
    }

    @Test
    void route_modeIsConfiguredOnlyInAProviderBlock_isKnown() {
        try (LlmClient client = builder("chains.default = [a, b], providers.b.modes.m.model = b/m")
                .build()) {
            CallOptions mode = CallOptions.builder().mode("m").provider("b").build();
            assertEquals(Optional.of("b/m"), client.route(mode).links().get(0).model());
            LlmConfigException error = assertThrows(
                    LlmConfigException.class,
                    () -> client.route(CallOptions.builder().mode("n").build()));
            assertTrue(error.getMessage().contains("there is no mode \"n\""), error.getMessage());
        }
    }

    @Test
    void chat_agentIsConfiguredTwice_mostSpecificSettingFillsWhatTheRequestLeavesOpen() {
        String settings = "chains.default = [a],"
                + " agents.x { temperature = 0.1, max-output-tokens = 10, reasoning = low },"
                + " providers.a.agents.x { temperature = 0.2 }";
        try (LlmClient client = builder(settings).build()) {
            CallOptions agent = CallOptions.builder().agent("x").build();
            client.chat(ChatRequest.of("hi"), agent);
            ChatRequest sent = a.requests().get(0);
            assertEquals(0.2, sent.temperature().orElseThrow());
            assertEquals(10, sent.maxOutputTokens().orElseThrow());
            assertTrue(sent.reasoning().isPresent());
            ChatRequest own = ChatRequest.builder()
                    .user("hi")
                    .temperature(0.9)
                    .maxOutputTokens(99)
                    .reasoning(Reasoning.effort("high"))
                    .build();
            client.chat(own, agent);
            ChatRequest kept = a.requests().get(1);
            assertEquals(0.9, kept.temperature().orElseThrow());
            assertEquals(99, kept.maxOutputTokens().orElseThrow());
            assertEquals(own.reasoning(), kept.reasoning());
        }
    }
}
