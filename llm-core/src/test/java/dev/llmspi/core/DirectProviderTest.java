package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Named.named;

import dev.llmspi.api.Account;
import dev.llmspi.api.AccountStatus;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.LlmProviderDecorator;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.ModelInfo;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.core.call.Silence;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests calls to a provider by its name, outside of a chain. Each one is a separate call, with retries but without
 * fallback.
 */
class DirectProviderTest {

    private static final URI SERVER = URI.create("https://llm.example");

    private final ManualTimeSource time = ManualTimeSource.create();
    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider scripted = ScriptedProvider.named("p");
    private final Sides provider = new Sides(scripted);

    /** A provider that also lists its models and reports its account status. */
    private final class Sides extends LlmProviderDecorator implements ModelCatalog, AccountStatus {
        private final CountDownLatch accountCalled = new CountDownLatch(1);
        private int initialized;
        private boolean fails;
        private @Nullable Account account;
        private @Nullable Duration silence;
        private @Nullable CallContext context;

        Sides(LlmProvider inner) {
            super(inner);
        }

        @Override
        public Optional<URI> endpoint() {
            return Optional.of(SERVER);
        }

        @Override
        public void initialize() {
            initialized++;
        }

        @Override
        public List<ModelInfo> models(CallContext given) {
            context = given;
            if (fails) {
                throw LlmException.builder(ErrorKind.SERVICE).message("busy").build();
            }
            return List.of(ModelInfo.builder("a/model").build());
        }

        @Override
        public Account account(CallContext context) {
            accountCalled.countDown();
            if (account != null) {
                return account;
            }
            if (silence != null) {
                throw Silence.pass(silence, time, context);
            }
            while (!context.cancellation().isCancelled()) {
                Thread.onSpinWait();
            }
            throw new IllegalStateException("cancelled");
        }
    }

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .timeSource(time)
                .listener(listener)
                .provider(provider)
                .chain("default", "p");
    }

    @Test
    void stream_firstAttemptFails_isRetriedWithinOneCall() {
        scripted.fails(ErrorKind.SERVICE).streamsText("hel", "lo");
        try (LlmClient client = builder().build();
                ChatStream stream = client.registry().get("p").stream(ChatRequest.of("hi"), CallContext.create())) {
            ChatResponse answer = stream.collect();
            assertEquals("hello", answer.text());
            assertEquals(2, answer.attempts().size());
            assertEquals("scripted-model", scripted.requests().get(0).model().orElseThrow());
        }
        assertEquals(1, listener.events(CallFinished.class).size());
    }

    @Test
    void chat_requestNamesAModel_isSentWithThatModel() {
        scripted.answers("hello");
        try (LlmClient client = builder().build()) {
            ChatRequest request =
                    ChatRequest.builder().user("hi").model("my/model").build();
            client.registry().get("p").chat(request, CallContext.create());
            assertEquals("my/model", scripted.requests().get(0).model().orElseThrow());
        }
    }

    private static ChatResponse chat(LlmProvider alone) {
        return alone.chat(ChatRequest.of("hi"), CallContext.create());
    }

    private static ChatResponse stream(LlmProvider alone) {
        return alone.stream(ChatRequest.of("hi"), CallContext.create()).collect();
    }

    static Stream<Named<Function<LlmProvider, ChatResponse>>> methods() {
        return Stream.of(named("chat", DirectProviderTest::chat), named("stream", DirectProviderTest::stream));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void call_totalTimeoutOfItsBlockExpires_endsTheCall(Function<LlmProvider, ChatResponse> method) {
        scripted.then((request, context) -> {
            throw Silence.pass(Duration.ofSeconds(9), time, context);
        });
        try (LlmClient client =
                builder().text("llm.providers.p.timeouts.total = 9s", "test").build()) {
            LlmProvider alone = client.registry().get("p");
            LlmException error = assertThrows(LlmException.class, () -> method.apply(alone));
            assertEquals(ErrorReason.LINK_TIMEOUT, error.reason().orElseThrow());
            assertEquals(1, error.attempts().size());
        }
    }

    @Test
    void models_providerFails_isOneAttemptWithoutRetries() {
        provider.fails = true;
        try (LlmClient client = builder().build()) {
            ModelCatalog catalog =
                    client.registry().get("p").as(ModelCatalog.class).orElseThrow();
            CallContext context = CallContext.create();
            LlmException error = assertThrows(LlmException.class, () -> catalog.models(context));
            assertEquals(context.callId(), error.callId());
            assertEquals("p", error.provider());
        }
        assertEquals(1, listener.events(AttemptFinished.class).size());
    }

    @Test
    void models_byADecoratorOfACall_areAnAttemptOfThatCall() {
        scripted.answers("hello");
        List<LlmClient> clients = new ArrayList<>();
        try (LlmClient client = builder()
                .chain("default", "p")
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatResponse chat(ChatRequest request, CallContext context) {
                        LlmProvider found = clients.get(0).registry().get("p");
                        found.as(ModelCatalog.class).orElseThrow().models(context);
                        CallContext copy =
                                CallContext.builder().callId(context.callId()).build();
                        found.as(ModelCatalog.class).orElseThrow().models(copy);
                        return inner().chat(request, context);
                    }
                })
                .build()) {
            clients.add(client);
            assertEquals(3, client.chat(ChatRequest.of("hi")).attempts().size());
        }
        assertEquals(1, listener.events(CallStarted.class).size());
        assertEquals(1, listener.events(CallFinished.class).size());
    }

    @Test
    void account_providerIsSilent_attemptTimeoutOfItsBlockEndsIt() {
        provider.silence = Duration.ofSeconds(7);
        try (LlmClient client =
                builder().text("llm.providers.p.timeouts.attempt = 7s", "test").build()) {
            AccountStatus status =
                    client.registry().get("p").as(AccountStatus.class).orElseThrow();
            LlmException error = assertThrows(LlmException.class, () -> status.account(CallContext.create()));
            assertEquals(ErrorReason.ATTEMPT_TIMEOUT, error.reason().orElseThrow());
        }
    }

    @Test
    void as_typeThatTheProviderDoesNotHave_isEmpty() {
        try (LlmClient client = builder().build()) {
            LlmProvider found = client.registry().get("p");
            assertEquals(Optional.empty(), found.as(Runnable.class));
            assertEquals(found, found.as(found.getClass()).orElseThrow());
        }
    }

    @Test
    void remaining_totalTimeoutOfItsBlock_reachesTheProvider() {
        time.advance(Duration.ofHours(1));
        scripted.answers("hello");
        try (LlmClient client =
                builder().text("llm.providers.p.timeouts.total = 9s", "test").build()) {
            LlmProvider alone = client.registry().get("p");
            chat(alone);
            assertEquals(Duration.ofSeconds(9), scripted.contexts().get(0).remaining());
            alone.as(ModelCatalog.class).orElseThrow().models(CallContext.create());
            assertEquals(Duration.ofSeconds(9), provider.context.remaining());
        }
    }

    @Test
    void as_accountAndModels_areReportedAsAttempts() {
        provider.account = Account.builder().label("team").build();
        try (LlmClient client = builder().build()) {
            LlmProvider found = client.registry().get("p");
            AccountStatus status = found.as(AccountStatus.class).orElseThrow();
            assertSame(provider.account, status.account(CallContext.create()));
            ModelCatalog catalog = found.as(ModelCatalog.class).orElseThrow();
            assertEquals("a/model", catalog.models(CallContext.create()).get(0).id());
        }
        assertEquals(
                List.of(Attempt.Outcome.SUCCESS, Attempt.Outcome.SUCCESS),
                listener.events(AttemptFinished.class).stream()
                        .map(event -> event.result().outcome())
                        .toList());
    }

    @Test
    void account_threadIsInterrupted_isCancelledWithTheFlagSet() throws Exception {
        try (LlmClient client = builder().build()) {
            AccountStatus status =
                    client.registry().get("p").as(AccountStatus.class).orElseThrow();
            Bench.assertInterruptCancels(
                    () -> status.account(CallContext.create()),
                    () -> assertTrue(provider.accountCalled.await(10, TimeUnit.SECONDS)));
        }
    }

    @Test
    void get_providerByName_describesTheProviderBehindIt() {
        try (LlmClient client = builder().build()) {
            LlmProvider found = client.registry().get("p");
            assertEquals("p", found.name());
            assertEquals("scripted", found.type());
            assertEquals(Optional.of(SERVER), found.endpoint());
            assertEquals(Optional.of("scripted-model"), found.defaultModel());
            assertEquals("RetryingProvider[p]", found.toString());
            int before = provider.initialized;
            found.initialize();
            assertEquals(before + 1, provider.initialized);
            assertFalse(scripted.closed());
            found.close();
            assertTrue(scripted.closed());
        }
    }

    @Test
    void attemptStarted_event_namesEndpointAndModel() {
        scripted.answers("hello");
        try (LlmClient client = builder().build()) {
            client.chat("hi");
            AttemptStarted started = listener.events(AttemptStarted.class).get(0);
            assertEquals(Optional.of(SERVER), started.attempt().endpoint());
            assertEquals(Optional.of("scripted-model"), started.attempt().model());
        }
    }
}
