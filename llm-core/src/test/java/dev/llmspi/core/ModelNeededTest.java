package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmModelException;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests that a link whose provider needs a model and gets none is skipped and reported, and affects no other link. */
class ModelNeededTest {

    private static final String HOW = "it has no default model; set llm.providers.second.default-model";

    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second = ScriptedProvider.named("second")
            .needingModel()
            .answers("from second")
            .repeat();

    private LlmClient client(String settings) {
        return LlmClient.builder()
                .timeSource(ManualTimeSource.create())
                .provider(first)
                .provider(second)
                .text("llm { retry.max-retries = 0, " + settings + " }", "test")
                .chain("default", "first", "second")
                .build();
    }

    private static ChatRequest naming(String model) {
        return ChatRequest.of("hi").toBuilder().model(model).build();
    }

    @Test
    void chat_noModelForALink_linkIsSkippedAndTheErrorOfTheOtherIsThrown() {
        first.fails(ErrorKind.RESOURCE_EXHAUSTED);
        try (LlmClient client = client("")) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));

            assertEquals(ErrorKind.RESOURCE_EXHAUSTED, error.kind());
            Attempt skipped = error.attempts().get(1);
            assertEquals(Attempt.Outcome.SKIPPED, skipped.outcome());
            assertEquals(ErrorReason.NOT_MAPPED, skipped.reason().orElseThrow());
            assertEquals(HOW, skipped.message());
            assertEquals(0, second.calls());
        }
    }

    @Test
    void chat_noModelForALink_linkTakesNoShareOfTheTime() {
        first.answers("from first").repeat();
        try (LlmClient client = client("timeouts { attempt = 5m, total = 60s }")) {
            client.chat("hi");
            assertEquals(Duration.ofSeconds(60), first.contexts().get(0).remaining());
            client.chat(naming("m"));
            assertEquals(Duration.ofSeconds(30), first.contexts().get(1).remaining());
        }
    }

    @Test
    void chat_requestAgentOrAliasNamesAModel_linkIsCalled() {
        for (int i = 0; i < 3; i++) {
            first.fails(ErrorKind.SERVICE);
        }
        try (LlmClient client =
                client("agents.a.model = of-agent, models.fast.second = of-alias, models.fast.first = x")) {
            client.chat(naming("of-request"));
            client.chat(ChatRequest.of("hi"), CallOptions.builder().agent("a").build());
            client.chat(naming("fast"));

            assertEquals(
                    List.of("of-request", "of-agent", "of-alias"),
                    second.requests().stream()
                            .map(request -> request.model().orElseThrow())
                            .toList());
        }
    }

    @Test
    void route_noModelForALink_namesTheSetting() {
        try (LlmClient client = client("")) {
            RouteLink link = client.route(CallOptions.none()).links().get(1);
            assertFalse(link.usable());
            assertEquals(HOW, link.reason());
            assertTrue(client.route("m", CallOptions.none()).links().get(1).usable());
        }
    }

    @Test
    void providers_noModelForALink_namesTheSetting() {
        try (LlmClient client = client("")) {
            assertEquals(
                    new ProviderStatus("second", "scripted", "", true, HOW),
                    client.registry().providers().get(1));
            assertEquals("", client.registry().providers().get(0).reason());
        }
    }

    @Test
    void route_defaultModelIsConfigured_linkIsUsable() {
        try (LlmClient client = client("providers.second.default-model = m")) {
            assertTrue(client.route(CallOptions.none()).links().get(1).usable());
            assertEquals("", client.registry().providers().get(1).reason());
        }
    }

    @Test
    void chat_noLinkHasAModel_errorNamesTheSetting() {
        try (LlmClient client = client("")) {
            CallOptions alone = CallOptions.builder().provider("second").build();
            LlmException error = assertThrows(LlmModelException.class, () -> client.chat(ChatRequest.of("hi"), alone));

            assertTrue(error.getMessage().contains(HOW), error.getMessage());
        }
    }

    @Test
    void registryGet_noModel_isAModelErrorWithoutARequest() {
        try (LlmClient client = client("")) {
            LlmException error = assertThrows(
                    LlmModelException.class,
                    () -> client.registry().get("second").chat(ChatRequest.of("hi"), CallContext.create()));

            assertEquals(ErrorReason.NOT_MAPPED, error.reason().orElseThrow());
            assertFalse(error.requestSent());
            assertEquals(1, error.attempts().size());
            assertTrue(error.getMessage().contains(HOW), error.getMessage());
        }
    }

    @Test
    void needsModel_decorator_delegates() {
        ScriptedProvider wrapped = ScriptedProvider.named("w").needingModel();
        try (LlmClient client = LlmClient.builder()
                .provider(new LlmProviderDecorator(wrapped) {})
                .chain("default", "w")
                .build()) {
            assertThrows(LlmModelException.class, () -> client.chat("hi"));
        }
        assertEquals(0, wrapped.calls());
    }

    @Test
    void needsModel_providerThrows_isCalledWithoutAModel() {
        ScriptedProvider broken =
                ScriptedProvider.named("broken").withDefaultModel(null).answers("called");
        try (LlmClient client = LlmClient.builder()
                .provider(new LlmProviderDecorator(broken) {
                    @Override
                    public boolean needsModel() {
                        throw new IllegalStateException("broken");
                    }
                })
                .chain("default", "broken")
                .build()) {
            assertEquals("called", client.chat("hi").text());
        }
    }

    /**
     * A client reads the default model of each provider when it starts. A broken provider must not prevent the start.
     */
    @Test
    void defaultModel_providerThrowsOrReturnsNull_isCalledWithoutAModel() {
        ScriptedProvider throwing = ScriptedProvider.named("throws").answers("called");
        ScriptedProvider returningNull = ScriptedProvider.named("null").answers("called");
        try (LlmClient client = LlmClient.builder()
                .provider(new LlmProviderDecorator(throwing) {
                    @Override
                    public Optional<String> defaultModel() {
                        throw new IllegalStateException("broken");
                    }
                })
                .provider(new LlmProviderDecorator(returningNull) {
                    @Override
                    @SuppressWarnings({"NullAway", "OptionalAssignedToNull"})
                    public Optional<String> defaultModel() {
                        return null;
                    }
                })
                .build()) {
            for (ScriptedProvider broken : List.of(throwing, returningNull)) {
                CallOptions alone =
                        CallOptions.builder().provider(broken.name()).build();
                assertEquals("called", client.chat(ChatRequest.of("hi"), alone).text());
                assertEquals(Optional.empty(), broken.requests().get(0).model());
            }
            assertEquals(2, client.registry().providers().size());
        }
    }

    /** A blank default model is treated like a missing one. */
    @Test
    void defaultModel_blank_isNotSent() {
        ScriptedProvider blank =
                ScriptedProvider.named("b").withDefaultModel(" ").answers("called without a model");
        try (LlmClient client = LlmClient.builder().provider(blank).build()) {
            assertEquals("called without a model", client.chat("hi").text());
            assertEquals(Optional.empty(), blank.requests().get(0).model());
        }
    }

    @Test
    void preferredProvider_inUpperCase_isFound() {
        try (LlmClient client = client("preferred-provider = SECOND, providers.second.default-model = m")) {
            assertEquals("from second", client.chat("hi").text());
        }
        assertThrows(LlmConfigException.class, () -> client("preferred-provider = THIRD"));
    }
}
