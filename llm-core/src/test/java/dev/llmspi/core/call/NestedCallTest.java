package dev.llmspi.core.call;

import static dev.llmspi.core.Bench.HELLO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Named.named;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.Bench;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.LlmClientBuilder;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests call decorators that call a provider by its name, or that call the chain. */
@Timeout(60)
class NestedCallTest {

    private final ScriptedProvider provider = ScriptedProvider.named("p");
    private final ScriptedProvider helper = ScriptedProvider.named("helper");
    private final Bench bench = new Bench(provider, helper);
    private final ManualTimeSource time = bench.time;
    private final RecordingListener listener = bench.listener;
    private LlmClient client;

    private LlmClientBuilder builder() {
        return bench.builder().chain("default", "p");
    }

    @AfterEach
    void close() {
        client.close();
    }

    static Stream<Named<UnaryOperator<CallContext>>> contexts() {
        return Stream.of(
                named("the context of the call", context -> context),
                named("a context of its own with the id of the call", context -> CallContext.builder()
                        .callId(context.callId())
                        .build()));
    }

    /** Creates a client whose call decorator bypasses the chain and calls "p" by its name. */
    private LlmClient clientThatCallsByName(UnaryOperator<CallContext> contexts) {
        return builder()
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatResponse chat(ChatRequest request, CallContext context) {
                        return client.registry().get("p").chat(request, contexts.apply(context));
                    }

                    @Override
                    public ChatStream stream(ChatRequest request, CallContext context) {
                        return client.registry().get("p").stream(request, contexts.apply(context));
                    }
                })
                .build();
    }

    private void assertOneCallWithTwoAttempts(String callId) {
        assertEquals(List.of(Attempt.Outcome.ERROR, Attempt.Outcome.SUCCESS), bench.outcomes());
        assertEquals(1, listener.events(CallFinished.class).size());
        CallFinished finished = listener.events(CallFinished.class).get(0);
        assertEquals(2, finished.attempts().size());
        assertEquals(callId, finished.call().callId());
        assertEquals(callId, provider.contexts().get(0).callId());
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void chat_byNameFromADecoratorOfCalls_attemptsBelongToTheCall(UnaryOperator<CallContext> contexts) {
        provider.fails(ErrorKind.SERVICE).answers("one");
        client = clientThatCallsByName(contexts);
        ChatResponse answer = client.chat(HELLO);
        assertEquals("one", answer.text());
        assertEquals(2, answer.attempts().size());
        assertOneCallWithTwoAttempts(answer.callId());
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void stream_byNameFromADecoratorOfCalls_attemptsBelongToTheCall(UnaryOperator<CallContext> contexts) {
        provider.fails(ErrorKind.SERVICE).streamsText("two");
        client = clientThatCallsByName(contexts);
        ChatResponse answer = client.stream(HELLO).collect();
        assertEquals("two", answer.text());
        assertEquals(2, answer.attempts().size());
        assertOneCallWithTwoAttempts(answer.callId());
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void chat_byNameFromADecoratorOfCallsFails_errorListsTheAttempt(UnaryOperator<CallContext> contexts) {
        provider.fails(ErrorKind.MODEL);
        client = clientThatCallsByName(contexts);
        LlmException error = assertThrows(LlmException.class, () -> client.chat(HELLO));
        assertEquals(ErrorKind.MODEL, error.kind());
        assertEquals(1, error.attempts().size());
        assertEquals(1, listener.events(CallFinished.class).size());
    }

    @Test
    void chat_chainCalledWithAContextOfAnotherCall_isACallOfItsOwn() {
        provider.fails(ErrorKind.SERVICE).answers("one");
        LlmProvider chain = chain();
        CallContext foreign = CallContext.builder()
                .callId("foreign")
                .timeout(Duration.ofMinutes(1))
                .build();
        ChatResponse answer = chain.chat(HELLO, foreign);
        assertEquals("one", answer.text());
        assertEquals("foreign", answer.callId());
        assertEquals(2, answer.attempts().size());
        assertOneCallWithTwoAttempts("foreign");
    }

    @Test
    void stream_chainCalledWithAContextOfAnotherCall_isACallOfItsOwn() {
        provider.fails(ErrorKind.SERVICE).streamsText("two");
        LlmProvider chain = chain();
        CallContext foreign = CallContext.builder()
                .callId("foreign")
                .timeout(Duration.ofMinutes(1))
                .build();
        try (ChatStream stream = chain.stream(HELLO, foreign)) {
            assertEquals("two", stream.collect().text());
        }
        assertOneCallWithTwoAttempts("foreign");
    }

    /** Opens the client and returns its chain, which only call decorators can access. */
    private LlmProvider chain() {
        List<LlmProvider> chains = new ArrayList<>();
        client = builder()
                .wrapCalls(inner -> {
                    chains.add(inner);
                    return inner;
                })
                .build();
        assertEquals("chain", chains.get(0).name());
        assertEquals(List.of("p", "helper"), client.registry().names());
        return chains.get(0);
    }

    @Test
    void chat_decoratorOfCallsChangesTheModel_routeIsResolvedAgain() {
        provider.answers("hello");
        client = builder()
                .set("llm.models.smart.p", "p/smart")
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatResponse chat(ChatRequest request, CallContext context) {
                        return inner().chat(request.toBuilder().model("smart").build(), context);
                    }
                })
                .build();
        client.chat(HELLO);
        assertEquals(Optional.of("p/smart"), provider.requests().get(0).model());
    }

    @Test
    void chat_decoratorOfCallsReplacesTheContextButKeepsTheId_optionsOfTheCallerApply() {
        helper.answers("hello");
        client = builder()
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatResponse chat(ChatRequest request, CallContext context) {
                        CallContext own =
                                CallContext.builder().callId(context.callId()).build();
                        return inner().chat(request, own);
                    }
                })
                .build();
        ChatResponse answer =
                client.chat(HELLO, CallOptions.builder().provider("helper").build());
        assertEquals("helper", answer.provider());
        assertEquals(1, answer.attempts().size());
        assertEquals(0, provider.calls());
    }
}
