package dev.llmspi.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class ScriptedProviderTest {

    private static final ChatRequest REQUEST =
            ChatRequest.builder().user("hi").model("m").build();

    private final CallContext context = CallContext.create();

    @Test
    void chat_twoSteps_followsTheirOrder() {
        ScriptedProvider provider =
                ScriptedProvider.named("primary").answers("one").answers("two");

        assertEquals("one", provider.chat(REQUEST, context).text());
        assertEquals("two", provider.chat(REQUEST, context).text());
        assertEquals(2, provider.calls());
        assertEquals(List.of(REQUEST, REQUEST), provider.requests());
        assertEquals(List.of(context, context), provider.contexts());
    }

    @Test
    void answers_text_looksLikeARealAnswer() {
        ChatResponse response = ScriptedProvider.named("primary").answers("one").chat(REQUEST, context);

        assertEquals("primary", response.provider());
        assertEquals(Optional.of("m"), response.model());
        assertEquals(FinishReason.STOP, response.finishReason());
        assertEquals(context.callId(), response.callId());
    }

    @Test
    void answers_response_isReturnedUnchanged() {
        ChatResponse response =
                ChatResponse.builder(AssistantMessage.of("whole")).build();

        assertSame(response, ScriptedProvider.named("primary").answers(response).chat(REQUEST, context));
    }

    @ParameterizedTest
    @EnumSource
    void fails_kind_throwsThatClass(ErrorKind kind) {
        ScriptedProvider provider = ScriptedProvider.named("primary").fails(kind);

        LlmException error = assertThrows(LlmException.class, () -> provider.chat(REQUEST, context));

        assertEquals(kind, error.kind());
        assertEquals("primary", error.provider());
        assertEquals(Optional.of("m"), error.model());
    }

    @Test
    void fails_error_throwsIt() {
        LlmException error = LlmRateLimitException.builder()
                .retryAfter(Duration.ofSeconds(2))
                .build();
        ScriptedProvider provider = ScriptedProvider.named("primary").fails(error);

        assertSame(error, assertThrows(LlmException.class, () -> provider.chat(REQUEST, context)));
    }

    @Test
    void throwing_checkedException_throwsItUnchanged() {
        IOException thrown = new IOException("checked");
        ScriptedProvider provider = ScriptedProvider.named("primary").throwing(thrown);

        assertSame(thrown, assertThrows(IOException.class, () -> provider.chat(REQUEST, context)));
    }

    @Test
    void then_function_seesRequestAndContext() {
        ScriptedProvider provider = ScriptedProvider.named("echo").then((request, call) -> ChatResponse.builder(
                        AssistantMessage.of(call.callId() + request.messages().size()))
                .build());

        assertEquals(context.callId() + "1", provider.chat(REQUEST, context).text());
    }

    @Test
    void chat_beyondTheScript_failsWithAnExplanation() {
        ScriptedProvider provider = ScriptedProvider.named("primary").answers("one");
        provider.chat(REQUEST, context);

        AssertionError error = assertThrows(AssertionError.class, () -> provider.chat(REQUEST, context));

        assertEquals(
                "ScriptedProvider \"primary\": call 2, but the script has 1 steps; add a step, or end it with repeat()",
                error.getMessage());
    }

    @Test
    void repeat_lastStep_isRepeated() {
        ScriptedProvider provider =
                ScriptedProvider.named("primary").answers("one").answers("two").repeat();
        provider.chat(REQUEST, context);
        provider.chat(REQUEST, context);

        assertEquals("two", provider.chat(REQUEST, context).text());
    }

    @Test
    void hangs_cancelled_ends() throws Exception {
        ScriptedProvider provider = ScriptedProvider.named("primary").hangs();
        Cancellation stop = Cancellation.create();
        CallContext cancellable = CallContext.builder().cancellation(stop).build();
        CompletableFuture<ChatResponse> call = CompletableFuture.supplyAsync(() -> provider.chat(REQUEST, cancellable));
        provider.awaitCalls(1);
        assertFalse(call.isDone());

        stop.cancel();

        assertEndedAsCancelled(call);
    }

    @Test
    void hangs_closed_ends() throws Exception {
        ScriptedProvider provider = ScriptedProvider.named("primary").hangs();
        CompletableFuture<ChatResponse> call = CompletableFuture.supplyAsync(() -> provider.chat(REQUEST, context));
        provider.awaitCalls(1);

        provider.close();

        assertEndedAsCancelled(call);
        assertTrue(provider.closed());
    }

    @Test
    void hangs_interrupted_endsAndKeepsTheFlag() {
        ScriptedProvider provider = ScriptedProvider.named("primary").hangs();
        Thread.currentThread().interrupt();

        assertThrows(CancellationException.class, () -> provider.chat(REQUEST, context));

        assertTrue(Thread.interrupted(), "the interrupt flag is restored");
    }

    @Test
    void lifecycle_isRecorded() {
        ScriptedProvider provider =
                ScriptedProvider.named("primary").ofType("openrouter").withDefaultModel(null);
        assertFalse(provider.initialized());
        assertFalse(provider.closed());

        provider.initialize();
        provider.close();

        assertTrue(provider.initialized());
        assertTrue(provider.closed());
        assertEquals("openrouter", provider.type());
        assertEquals(Optional.empty(), provider.defaultModel());
    }

    private static void assertEndedAsCancelled(CompletableFuture<ChatResponse> call) {
        ExecutionException failure = assertThrows(ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
        assertInstanceOf(CancellationException.class, failure.getCause());
    }
}
