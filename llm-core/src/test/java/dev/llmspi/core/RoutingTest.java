package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.testkit.ScriptedProvider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests the links of a route, their order and their models, and that a call takes the route that {@code route} reports.
 */
class RoutingTest {

    private static final String SETTINGS = """
            llm {
              chains { default = [a, b], other = [{ provider = b, model = "link/model" }, a] }
              models { smart { a = "a/smart", scripted = "type/smart" }, only-b { b = "b/only" } }
              agents {
                researcher { model = smart, temperature = 0.1, max-output-tokens = 11, reasoning = low }
                critic { model = "critic/model", chain = other }
              }
              modes { reviewer { model = "mode/model", provider = b, temperature = 0.9 } }
              providers {
                a { agents { researcher { model = "a/researcher" } }, modes { reviewer { model = "a/mode" } } }
                b { }
              }
            }""";

    private final ScriptedProvider a =
            ScriptedProvider.named("a").answers("from a").repeat();
    private final ScriptedProvider b =
            ScriptedProvider.named("b").answers("from b").repeat();

    private LlmClient client() {
        // No factory exists for the blocks a and b. Their providers are registered here and get the settings of the
        // blocks.
        return LlmClient.builder()
                .text(SETTINGS, "test")
                .provider(a)
                .provider(b)
                .build();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, -, -, default, a=scripted-model, b=scripted-model",
                "x/y, -, -, -, default, a=x/y, b=x/y",
                "smart, -, -, -, default, a=a/smart, b=type/smart",
                "-, researcher, -, -, default, a=a/researcher, b=type/smart",
                "-, unknown-agent, -, -, default, a=scripted-model, b=scripted-model",
                "-, critic, -, -, other, b=link/model, a=critic/model",
                "-, -, reviewer, -, default, b=mode/model, a=a/mode",
                "-, researcher, reviewer, -, default, b=mode/model, a=a/mode",
                "x/y, researcher, reviewer, -, default, b=x/y, a=x/y",
                "-, -, -, other, other, b=link/model, a=scripted-model",
                "x/y, -, -, other, other, b=link/model, a=x/y",
                "only-b, -, -, -, default, a=-, b=b/only"
            })
    void route_modelOfALink_isTheMostSpecificThatIsSet(
            String model, String agent, String mode, String chain, String expectedChain, String first, String second) {
        CallOptions.Builder options = CallOptions.builder();
        Optional.ofNullable(agent).ifPresent(options::agent);
        Optional.ofNullable(mode).ifPresent(options::mode);
        Optional.ofNullable(chain).ifPresent(options::chain);
        try (LlmClient client = client()) {
            Route route = model == null ? client.route(options.build()) : client.route(model, options.build());
            assertEquals(expectedChain, route.chain());
            assertEquals(
                    List.of(first, second),
                    route.links().stream()
                            .map(link -> link.provider() + "=" + link.model().orElse("-"))
                            .toList());
            ChatRequest request = ChatRequest.builder().user("hi").model(model).build();
            String answering = client.chat(request, options.build()).provider();
            RouteLink expected =
                    route.links().stream().filter(RouteLink::usable).findFirst().orElseThrow();
            assertEquals(expected.provider(), answering);
            ScriptedProvider called = answering.equals("a") ? a : b;
            assertEquals(expected.model(), called.requests().get(0).model());
        }
    }

    @Test
    void chat_agentAndMode_setOnlyFieldsThatTheRequestDoesNot() {
        try (LlmClient client = client()) {
            CallOptions options =
                    CallOptions.builder().agent("researcher").mode("reviewer").build();
            client.chat(ChatRequest.of("hi"), options);
            ChatRequest sent = b.requests().get(0);
            assertEquals(0.9, sent.temperature().orElseThrow()); // the mode takes precedence over the agent
            assertEquals(11, sent.maxOutputTokens().orElseThrow());
            assertEquals(Optional.of("low"), sent.reasoning().orElseThrow().effort());
            client.chat(ChatRequest.builder().user("hi").temperature(0.5).build(), options);
            assertEquals(0.5, b.requests().get(1).temperature().orElseThrow());
        }
    }

    /** The client remembers the route of the last call. Another call may use it only if its options are the same. */
    @Test
    void chat_callsWithDifferentOptions_eachTakeTheirOwnRoute() {
        try (LlmClient client = client()) {
            CallOptions none = CallOptions.none();
            CallOptions critic = CallOptions.builder().agent("critic").build();
            for (int i = 0; i < 2; i++) {
                assertEquals("a scripted-model", called(client, null, none));
                assertEquals("a x/y", called(client, "x/y", none));
                assertEquals("a a/smart", called(client, "smart", none));
                assertEquals("b link/model", called(client, null, critic));
                assertEquals(
                        "b mode/model",
                        called(
                                client,
                                null,
                                CallOptions.builder().mode("reviewer").build()));
                assertEquals(
                        "b scripted-model",
                        called(client, null, CallOptions.builder().provider("b").build()));
                assertEquals(
                        "b scripted-model",
                        called(
                                client,
                                null,
                                CallOptions.builder().startWith("b").build()));
                assertEquals(
                        "b link/model",
                        called(
                                client,
                                null,
                                CallOptions.builder().chain("other").build()));
            }
        }
    }

    @Test
    void chat_defaultModelOfTheProviderChanges_nextCallUsesIt() {
        try (LlmClient client = client()) {
            for (String model : List.of("scripted-model", "scripted-model", "learned", "learned")) {
                a.withDefaultModel(model);
                assertEquals("a " + model, called(client, null, CallOptions.none()));
            }
        }
    }

    /** Makes a call and returns the provider that answered, with the model that it was called with. */
    private String called(LlmClient client, @Nullable String model, CallOptions options) {
        String provider = client.chat(
                        ChatRequest.builder().user("hi").model(model).build(), options)
                .provider();
        List<ChatRequest> requests = (provider.equals("a") ? a : b).requests();
        return provider + " " + requests.get(requests.size() - 1).model().orElse("-");
    }

    @Test
    void with_viewOptions_applyUnlessTheCallOverridesThem() {
        try (LlmClient client = client()) {
            LlmClient view = client.with(
                    CallOptions.builder().provider("b").tag("team", "x").build());
            assertEquals("b", view.chat("hi").provider());
            assertEquals(Map.of("team", "x"), b.contexts().get(0).tags());
            assertEquals(
                    "a",
                    view.chat(
                                    ChatRequest.of("hi"),
                                    CallOptions.builder().chain("default").build())
                            .provider());
        }
    }

    @Test
    void route_link_saysWhereItsModelComesFrom() {
        try (LlmClient client = client()) {
            Route route = client.route(CallOptions.builder().agent("researcher").build());
            assertEquals("agent researcher at a", route.links().get(0).why());
            assertEquals("agent researcher, alias smart", route.links().get(1).why());
            RouteLink unmapped =
                    client.route("only-b", CallOptions.none()).links().get(0);
            assertTrue(unmapped.reason().contains("llm.models.only-b.a"), unmapped.reason());
        }
    }

    @Test
    void preferredProvider_known_becomesTheFirstLinkOfTheDefaultChainOnly() {
        try (LlmClient client = LlmClient.builder()
                .text(SETTINGS, "test")
                .environment(Map.of("PREFERRED_LLM_PROVIDER", "b"))
                .provider(a)
                .provider(b)
                .build()) {
            assertEquals("b", client.chat("hi").provider());
            assertEquals("b", client.registry().get().name());
            assertEquals(
                    "b",
                    client.route(CallOptions.builder().chain("other").build())
                            .links()
                            .get(0)
                            .provider());
        }
    }
}
