package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.core.routing.ResolvedRoute;
import dev.llmspi.core.routing.Router;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that a route is reused only while resolving it again would give the same route. */
class RouteMemoTest {

    private static final Optional<String> MODEL = Optional.of("a-model");

    private final ScriptedProvider a =
            ScriptedProvider.named("a").answers("from a").repeat();
    private final ScriptedProvider b =
            ScriptedProvider.named("b").answers("from b").repeat();
    private final LlmClient client =
            LlmClient.builder().text("""
                    llm {
                      chains { default = [a, b], other = [b] }
                      agents { researcher { model = "researcher/model" } }
                      modes { reviewer { provider = b } }
                    }""", "test").provider(a).provider(b).build();
    private final Router.Memo memo = new Router.Memo(client.registry().router());

    private ResolvedRoute route(CallOptions options, Optional<String> model) {
        return memo.resolve(options.criteria(), model);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void resolve_sameOptions_isRemembered() {
        assertSame(route(CallOptions.none(), MODEL), route(CallOptions.none(), Optional.of("a-model")));
        assertSame(
                route(CallOptions.builder().agent("x").tag("job", "1").build(), MODEL),
                route(CallOptions.builder().agent("x").tag("job", "2").build(), MODEL));
    }

    static List<CallOptions> otherOptions() {
        return List.of(
                CallOptions.builder().agent("researcher").build(),
                CallOptions.builder().mode("reviewer").build(),
                CallOptions.builder().chain("other").build(),
                CallOptions.builder().provider("b").build(),
                CallOptions.builder().startWith("b").build(),
                CallOptions.builder().noFallback().build(),
                CallOptions.builder().sameModelOnly().build(),
                CallOptions.builder().timeout(Duration.ofMinutes(10)).build()); // the default, but set explicitly
    }

    @ParameterizedTest
    @MethodSource("otherOptions")
    void resolve_otherOptions_isResolvedAgain(CallOptions other) {
        assertNotSame(route(CallOptions.none(), MODEL), route(other, MODEL));
        assertEquals(other.criteria(), route(other, MODEL).criteria());
        assertEquals(
                CallOptions.none().criteria(), route(CallOptions.none(), MODEL).criteria());
    }

    @Test
    void resolve_anotherModel_isResolvedAgain() {
        route(CallOptions.none(), MODEL);
        assertEquals(
                Optional.of("x/y"),
                route(CallOptions.none(), Optional.of("x/y")).requestedModel());
        assertEquals(
                Optional.empty(), route(CallOptions.none(), Optional.empty()).requestedModel());
    }

    @Test
    void chat_defaultModelOfTheProviderChanges_nextCallUsesIt() {
        ChatRequest request = ChatRequest.of("hi");
        client.chat(request);
        a.withDefaultModel("newer-model");
        client.chat(request);
        assertEquals(Optional.of("newer-model"), a.requests().get(1).model());
    }

    @Test
    void chat_unknownNameAfterASuccessfulCall_isRefusedEachTime() {
        CallOptions wrong = CallOptions.builder().chain("nowhere").build();
        client.chat(ChatRequest.of("hi"));
        assertThrows(LlmConfigException.class, () -> client.chat(ChatRequest.of("hi"), wrong));
        assertThrows(LlmConfigException.class, () -> client.chat(ChatRequest.of("hi"), wrong));
        assertEquals("a", client.chat(ChatRequest.of("hi")).provider());
    }
}
