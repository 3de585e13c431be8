package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A provider taken from the registry by name, and a chain reached from outside of a call: each is a whole call of its own. */
class DirectProviderTest {

    private static final URI SERVER = URI.create("https://llm.example");

    private final RecordingListener listener = RecordingListener.create();
    private final ScriptedProvider scripted = ScriptedProvider.named("p");
    private final Sides provider = new Sides(scripted);

    /** A provider with all sides there are. */
    private static final class Sides extends LlmProviderDecorator implements ModelCatalog, AccountStatus {
        private final CountDownLatch asked = new CountDownLatch(1);
        private int initialized;
        private boolean fails;
        private @Nullable Account account;
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
            asked.countDown();
            if (account != null) {
                return account;
            }
            while (!context.cancellation().isCancelled()) {
                Thread.onSpinWait();
            }
            throw new IllegalStateException("ended");
        }
    }

    private LlmClientBuilder builder() {
        return LlmClient.builder()
                .listener(listener)
                .provider(provider)
                .chain("default", "p")
                .set("llm.retry.delay", "1ms")
                .set("llm.retry.max-delay", "1ms");
    }

    @Test
    void stream_ofOneProvider_isRetriedAndACallOfItsOwn() {
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
    void chat_requestWithAModel_keepsIt() {
        scripted.answers("hello");
        try (LlmClient client = builder().build()) {
            ChatRequest request =
                    ChatRequest.builder().user("hi").model("my/model").build();
            client.registry().get("p").chat(request, CallContext.create());
            assertEquals("my/model", scripted.requests().get(0).model().orElseThrow());
        }
    }

    @Test
    void totalClockOfItsBlock_limitsTheCall() {
        scripted.hangs().repeat();
        try (LlmClient client =
                builder().text("llm.providers.p.timeouts.total = 80ms", "test").build()) {
            LlmProvider alone = client.registry().get("p");
            for (boolean streamed : new boolean[] {false, true}) {
                LlmException error = assertThrows(LlmException.class, () -> {
                    if (streamed) {
                        alone.stream(ChatRequest.of("hi"), CallContext.create()).collect();
                    } else {
                        alone.chat(ChatRequest.of("hi"), CallContext.create());
                    }
                });
                assertEquals(ErrorReason.LINK_TIMEOUT, error.reason().orElseThrow());
                assertEquals(1, error.attempts().size());
            }
        }
    }

    @Test
    void as_sides_areAskedUnderTheClocksOfTheProviderAndWithoutRetries() {
        try (LlmClient client = builder()
                .text("llm.providers.p.timeouts.attempt = 60ms", "test")
                .build()) {
            LlmProvider found = client.registry().get("p");
            ModelCatalog catalog = found.as(ModelCatalog.class).orElseThrow();
            assertEquals("a/model", catalog.models(CallContext.create()).get(0).id());
            provider.fails = true;
            CallContext context = CallContext.create();
            LlmException error = assertThrows(LlmException.class, () -> catalog.models(context));
            assertEquals(context.callId(), error.callId());
            assertEquals("p", error.provider());
            LlmException timeout = assertThrows(
                    LlmException.class,
                    () -> found.as(AccountStatus.class).orElseThrow().account(CallContext.create()));
            assertEquals(ErrorReason.ATTEMPT_TIMEOUT, timeout.reason().orElseThrow());
            assertEquals(Optional.empty(), found.as(Runnable.class));
            assertEquals(found, found.as(found.getClass()).orElseThrow());
        }
    }

    @Test
    void clocksOfItsBlock_areWhatTheProviderSees() {
        ManualTimeSource time = ManualTimeSource.create();
        time.advance(Duration.ofHours(1));
        scripted.answers("hello");
        try (LlmClient client = builder()
                .timeSource(time)
                .text("llm.providers.p.timeouts.total = 9s", "test")
                .build()) {
            LlmProvider alone = client.registry().get("p");
            alone.chat(ChatRequest.of("hi"), CallContext.create());
            assertEquals(Duration.ofSeconds(9), scripted.contexts().get(0).remaining());
            alone.as(ModelCatalog.class).orElseThrow().models(CallContext.create());
            assertEquals(Duration.ofSeconds(9), provider.context.remaining());
        }
    }

    @Test
    void as_sidesThatAnswer_areAttemptsThatAreToldOf() {
        provider.account = Account.builder().label("team").build();
        try (LlmClient client = builder().build()) {
            LlmProvider found = client.registry().get("p");
            AccountStatus status = found.as(AccountStatus.class).orElseThrow();
            assertSame(provider.account, status.account(CallContext.create()));
            found.as(ModelCatalog.class).orElseThrow().models(CallContext.create());
        }
        assertEquals(
                List.of(Attempt.Outcome.SUCCESS, Attempt.Outcome.SUCCESS),
                listener.events(AttemptFinished.class).stream()
                        .map(event -> event.result().outcome())
                        .toList());
    }

    @Test
    void as_sideWhoseThreadIsInterrupted_endsAsCancelled() throws Exception {
        try (LlmClient client = builder().build()) {
            AccountStatus status =
                    client.registry().get("p").as(AccountStatus.class).orElseThrow();
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread asking = new Thread(() -> {
                assertThrows(CancellationException.class, () -> status.account(CallContext.create()));
                flag.complete(Thread.currentThread().isInterrupted());
            });
            asking.start();
            assertTrue(provider.asked.await(10, TimeUnit.SECONDS));
            asking.interrupt();
            assertTrue(flag.get(10, TimeUnit.SECONDS));
            asking.join();
        }
    }

    /** A decorator of calls may ask one provider by its name: its attempts belong to the call. */
    @Test
    void provider_askedByNameWithinACall_isPartOfIt() {
        scripted.fails(ErrorKind.SERVICE)
                .answers("one")
                .fails(ErrorKind.SERVICE)
                .streamsText("two")
                .fails(ErrorKind.MODEL);
        LlmClient[] client = new LlmClient[1];
        client[0] = builder()
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatResponse chat(ChatRequest request, CallContext context) {
                        return client[0].registry().get("p").chat(request, context);
                    }

                    @Override
                    public ChatStream stream(ChatRequest request, CallContext context) {
                        return client[0].registry().get("p").stream(request, context);
                    }
                })
                .build();
        try (LlmClient open = client[0]) {
            ChatResponse answer = open.chat("hi");
            assertEquals("one", answer.text());
            assertEquals(2, answer.attempts().size());
            ChatResponse streamed = open.stream(ChatRequest.of("hi")).collect();
            assertEquals("two", streamed.text());
            assertEquals(2, streamed.attempts().size());
            LlmException error = assertThrows(LlmException.class, () -> open.chat("hi"));
            assertEquals(1, error.attempts().size());
        }
        assertEquals(3, listener.events(CallFinished.class).size());
    }

    @Test
    void provider_tellsOfItselfWhatTheOneBehindItDoes() {
        try (LlmClient client = builder().build()) {
            LlmProvider found = client.registry().get("p");
            assertEquals("p", found.name());
            assertEquals("scripted", found.type());
            assertEquals(Optional.of(SERVER), found.endpoint());
            assertEquals(Optional.of("scripted-model"), found.defaultModel());
            assertEquals("ResilientProvider[p]", found.toString());
            int before = provider.initialized;
            found.initialize();
            assertEquals(before + 1, provider.initialized);
            assertFalse(scripted.closed());
            found.close();
            assertTrue(scripted.closed());
        }
    }

    @Test
    void attemptStarted_saysWhereTheRequestGoes() {
        scripted.answers("hello");
        try (LlmClient client = builder().build()) {
            client.chat("hi");
            AttemptStarted started = listener.events(AttemptStarted.class).get(0);
            assertEquals(Optional.of(SERVER), started.attempt().endpoint());
            assertEquals(Optional.of("scripted-model"), started.attempt().model());
        }
    }

    /** A decorator of calls may ask a second time in the name of another call. */
    @Test
    void chain_askedWithAForeignContext_isACallOfItsOwn() {
        scripted.fails(ErrorKind.SERVICE)
                .answers("one")
                .fails(ErrorKind.SERVICE)
                .streamsText("two");
        LlmProvider[] chain = new LlmProvider[1];
        try (LlmClient client = builder()
                .wrapCalls(inner -> {
                    chain[0] = inner;
                    return inner;
                })
                .build()) {
            assertEquals("chain", chain[0].name());
            assertEquals(List.of("p"), client.registry().names());
            CallContext foreign = CallContext.builder()
                    .callId("foreign")
                    .timeout(Duration.ofMinutes(1))
                    .build();
            ChatResponse answer = chain[0].chat(ChatRequest.of("hi"), foreign);
            assertEquals("one", answer.text());
            assertEquals(2, answer.attempts().size());
            assertEquals("foreign", answer.callId());
            try (ChatStream stream = chain[0].stream(ChatRequest.of("hi"), foreign)) {
                assertEquals("two", stream.collect().text());
            }
            assertEquals(2, listener.events(CallFinished.class).size());
        }
    }

    /** A decorator of calls may choose another model: then the plan is made anew. */
    @Test
    void chain_askedForAnotherModel_isPlannedAnew() {
        scripted.answers("hello");
        try (LlmClient client = builder()
                .set("llm.models.smart.p", "p/smart")
                .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                    @Override
                    public ChatResponse chat(ChatRequest request, CallContext context) {
                        return inner().chat(request.toBuilder().model("smart").build(), context);
                    }
                })
                .build()) {
            client.chat("hi");
            assertEquals("p/smart", scripted.requests().get(0).model().orElseThrow());
        }
    }

    @Test
    void callFinished_isToldOfEveryEnd() {
        IllegalStateException bug = new IllegalStateException("bug of a decorator");
        LlmException refusal = LlmException.builder(ErrorKind.INVALID_REQUEST)
                .message("over budget")
                .build();
        for (RuntimeException thrown : List.of(bug, refusal)) {
            try (LlmClient client = builder()
                    .timeSource(ManualTimeSource.create())
                    .wrapCalls(inner -> new LlmProviderDecorator(inner) {
                        @Override
                        public ChatResponse chat(ChatRequest request, CallContext context) {
                            throw thrown;
                        }
                    })
                    .build()) {
                listener.clear();
                assertThrows(RuntimeException.class, () -> client.chat("hi"));
                CallFinished finished = listener.events(CallFinished.class).get(0);
                assertEquals(Attempt.Outcome.ERROR, finished.outcome());
                assertEquals(thrown.getMessage(), finished.error().orElseThrow().getMessage());
            }
        }
    }
}
