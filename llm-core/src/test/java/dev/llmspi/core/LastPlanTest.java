package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A plan is used again only where it would be made the same again. */
class LastPlanTest {

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
    private final LastPlan last = new LastPlan(client.registry().router());

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void plan_theSameWish_isKept() {
        assertSame(last.plan(CallOptions.none(), MODEL), last.plan(CallOptions.none(), Optional.of("a-model")));
        assertSame(
                last.plan(CallOptions.builder().agent("x").tag("job", "1").build(), MODEL),
                last.plan(CallOptions.builder().agent("x").tag("job", "2").build(), MODEL));
    }

    static List<CallOptions> otherWishes() {
        return List.of(
                CallOptions.builder().agent("researcher").build(),
                CallOptions.builder().mode("reviewer").build(),
                CallOptions.builder().chain("other").build(),
                CallOptions.builder().provider("b").build(),
                CallOptions.builder().startWith("b").build(),
                CallOptions.builder().noFallback().build(),
                CallOptions.builder().sameModelOnly().build(),
                CallOptions.builder().timeout(Duration.ofMinutes(10)).build()); // the default, but said here
    }

    @ParameterizedTest
    @MethodSource("otherWishes")
    void plan_anotherWish_isMade(CallOptions other) {
        assertNotSame(last.plan(CallOptions.none(), MODEL), last.plan(other, MODEL));
        assertEquals(LastPlan.wish(other), last.plan(other, MODEL).wish());
        assertEquals(
                LastPlan.wish(CallOptions.none()),
                last.plan(CallOptions.none(), MODEL).wish());
    }

    @Test
    void plan_anotherModel_isMade() {
        last.plan(CallOptions.none(), MODEL);
        assertEquals(
                Optional.of("x/y"),
                last.plan(CallOptions.none(), Optional.of("x/y")).requestedModel());
        assertEquals(
                Optional.empty(),
                last.plan(CallOptions.none(), Optional.empty()).requestedModel());
    }

    @Test
    void chat_providersDefaultModelChanges_theNextCallHasIt() {
        ChatRequest request = ChatRequest.of("hi");
        client.chat(request);
        a.withDefaultModel("newer-model");
        client.chat(request);
        assertEquals(Optional.of("newer-model"), a.requests().get(1).model());
    }

    @Test
    void chat_unknownNameAfterAGoodCall_isRefusedEachTime() {
        CallOptions wrong = CallOptions.builder().chain("nowhere").build();
        client.chat(ChatRequest.of("hi"));
        assertThrows(LlmConfigException.class, () -> client.chat(ChatRequest.of("hi"), wrong));
        assertThrows(LlmConfigException.class, () -> client.chat(ChatRequest.of("hi"), wrong));
        assertEquals("a", client.chat(ChatRequest.of("hi")).provider());
    }
}
