package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests when a provider or a model goes into cooldown after failures, and how the cooldown ends. */
class HealthTest {

    private final ScriptedProvider first = ScriptedProvider.named("first");
    private final ScriptedProvider second =
            ScriptedProvider.named("second").answers("second").repeat();
    private final Bench bench = new Bench(first, second);
    private final ManualTimeSource time = bench.time;
    private final RecordingListener listener = bench.listener;
    /** The current behaviour of the first provider. */
    private volatile BiFunction<ChatRequest, CallContext, ChatResponse> behaviour = answers();

    private LlmClientBuilder builder() {
        first.then((request, context) -> behaviour.apply(request, context)).repeat();
        return bench.builder()
                .set("llm.retry.max-retries", 0)
                .set("llm.cooldown.after-failures", 3)
                .set("llm.cooldown.of-attempts", 4);
    }

    private static BiFunction<ChatRequest, CallContext, ChatResponse> answers() {
        return ScriptedProvider.named("first").answers("first").repeat()::chat;
    }

    private static BiFunction<ChatRequest, CallContext, ChatResponse> fails(ErrorKind kind) {
        return ScriptedProvider.named("first").fails(kind).repeat()::chat;
    }

    private static String chat(LlmClient client) {
        return client.chat("hi").text();
    }

    private void beginCooldown(LlmClient client) {
        behaviour = fails(ErrorKind.SERVICE);
        for (int i = 0; i < 3; i++) {
            assertEquals("second", chat(client));
        }
        assertEquals(HealthStatus.State.COOLDOWN, status(client).state());
    }

    /** Returns the first provider's last entry, because the entry for a cooldown comes after that for the provider. */
    private static HealthStatus status(LlmClient client) {
        return client.health().stream()
                .filter(status -> status.provider().equals("first"))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    @Test
    void chat_modelFailsTooOften_isSkippedUntilATrialSucceeds() {
        try (LlmClient client = builder().build()) {
            assertEquals("first", chat(client));
            beginCooldown(client);
            HealthStatus cooldown = status(client);
            assertEquals(Optional.of("scripted-model"), cooldown.model());
            assertEquals(Optional.of(ErrorKind.SERVICE), cooldown.kind());
            assertEquals(Optional.of(time.now()), cooldown.since());
            assertEquals(Optional.of(time.now().plusSeconds(5)), cooldown.until());

            int calls = first.calls();
            ChatResponse answer = client.chat("hi");
            assertEquals(calls, first.calls());
            Attempt skipped = answer.attempts().get(0);
            assertEquals(ErrorReason.COOLDOWN, skipped.reason().orElseThrow());
            assertEquals(cooldown.until(), skipped.until());

            time.advance(Duration.ofSeconds(5));
            assertEquals(HealthStatus.State.TRIAL, status(client).state());
            behaviour = answers();
            assertEquals("first", chat(client));
            assertEquals(HealthStatus.State.AVAILABLE, status(client).state());
            List<Boolean> begun = listener.events(CooldownChanged.class).stream()
                    .map(event -> event.until().isPresent())
                    .toList();
            assertEquals(List.of(true, false), begun);
        }
    }

    @Test
    void chat_failuresAmongSuccesses_beginNoCooldown() {
        try (LlmClient client = builder().build()) {
            for (int round = 0; round < 10; round++) {
                behaviour = fails(ErrorKind.SERVICE);
                chat(client);
                chat(client);
                behaviour = answers();
                assertEquals("first", chat(client));
                assertEquals("first", chat(client));
            }
            assertEquals(List.of(), listener.events(CooldownChanged.class));
        }
    }

    @Test
    void chat_trialFails_doublesTheCooldownUpToItsLimit() {
        try (LlmClient client = builder().build()) {
            beginCooldown(client);
            for (int seconds : new int[] {10, 20, 40, 60, 60}) {
                time.advance(Duration.between(time.now(), status(client).until().orElseThrow()));
                Instant now = time.now();
                assertEquals("second", chat(client));
                assertEquals(now.plusSeconds(seconds), status(client).until().orElseThrow());
            }
        }
    }

    @Test
    void chat_severalCallsAfterTheCooldown_oneIsTheTrialAndTheOthersSkipTheLink() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (LlmClient client = builder().build()) {
            beginCooldown(client);
            time.advance(Duration.ofSeconds(5));
            int calls = first.calls();
            behaviour = (request, context) -> {
                Latches.await(release);
                return answers().apply(request, context);
            };
            CompletableFuture<ChatResponse> trial = client.chatAsync(ChatRequest.of("hi"));
            first.awaitCalls(calls + 1);
            for (int i = 0; i < 5; i++) {
                assertEquals("second", chat(client));
            }
            assertEquals(calls + 1, first.calls());
            release.countDown();
            assertEquals("first", trial.get(10, TimeUnit.SECONDS).text());
            assertEquals("first", chat(client));
        }
    }

    @Test
    void chat_trialCancelled_leavesTheTrialToTheNextCall() throws Exception {
        try (LlmClient client = builder().build()) {
            beginCooldown(client);
            time.advance(Duration.ofSeconds(5));
            int calls = first.calls();
            Cancellation stop = Cancellation.create();
            behaviour = ScriptedProvider.named("first").hangs().repeat()::chat;
            CompletableFuture<ChatResponse> trial = client.chatAsync(
                    ChatRequest.of("hi"),
                    CallOptions.builder().cancellation(stop).build());
            first.awaitCalls(calls + 1);
            stop.cancel();
            assertThrows(CancellationException.class, () -> trial.get(10, TimeUnit.SECONDS));
            behaviour = answers();
            assertEquals("first", chat(client));
        }
    }

    @Test
    void stream_trialWithContent_endsTheCooldownBeforeTheStreamEnds() {
        first.then((request, context) -> behaviour.apply(request, context));
        first.then((request, context) -> behaviour.apply(request, context));
        first.then((request, context) -> behaviour.apply(request, context));
        first.streamsText("a", "b");
        try (LlmClient client = builder().build()) {
            beginCooldown(client);
            time.advance(Duration.ofSeconds(5));
            try (var stream = client.stream(ChatRequest.of("hi"))) {
                stream.iterator().next();
                assertEquals(HealthStatus.State.AVAILABLE, status(client).state());
            }
        }
    }

    @Test
    void chat_providerCannotBeReached_isSkippedWithAllItsModels() {
        behaviour = fails(ErrorKind.CONNECTION);
        try (LlmClient client = builder().build()) {
            for (int i = 0; i < 3; i++) {
                chat(client);
            }
            assertEquals(Optional.empty(), status(client).model());
            int calls = first.calls();
            client.chat(ChatRequest.builder().user("hi").model("another").build());
            assertEquals(calls, first.calls());
            assertFalse(client.health().stream()
                    .anyMatch(status ->
                            status.provider().equals("first") && status.state() == HealthStatus.State.AVAILABLE));
        }
    }

    @Test
    void chat_modelFails_otherModelsAreCalled() {
        try (LlmClient client = builder().build()) {
            beginCooldown(client);
            behaviour = answers();
            assertEquals(
                    "first",
                    client.chat(ChatRequest.builder()
                                    .user("hi")
                                    .model("another")
                                    .build())
                            .text());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"INVALID_REQUEST", "MODEL", "RATE_LIMIT"})
    void chat_errorOfTheRequestOrWithoutRetryAfter_beginsNoCooldown(ErrorKind kind) {
        behaviour = fails(kind);
        try (LlmClient client = builder().build()) {
            for (int i = 0; i < 10; i++) {
                assertThrows(
                        LlmException.class,
                        () -> client.chat(
                                ChatRequest.of("hi"),
                                CallOptions.builder().provider("first").build()));
            }
            assertEquals(HealthStatus.State.AVAILABLE, status(client).state());
        }
    }

    @Test
    void chat_cooldownBeginsDuringTheRetries_fallsBackInsteadOfRetrying() {
        behaviour = fails(ErrorKind.SERVICE);
        try (LlmClient client = builder().set("llm.retry.max-retries", 5).build()) {
            assertEquals("second", chat(client));
            assertEquals(3, first.calls());
        }
    }

    @Test
    void chat_cooldownOfTheOnlyLinkBegins_isRetried() {
        behaviour = fails(ErrorKind.SERVICE);
        try (LlmClient client = builder()
                .chain("default", "first")
                .set("llm.retry.max-retries", 5)
                .build()) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(6, first.calls());
        }
    }

    @Test
    void resetHealth_duringACooldown_endsIt() {
        try (LlmClient client = builder().build()) {
            beginCooldown(client);
            behaviour = answers();
            client.resetHealth("first");
            assertEquals(HealthStatus.State.AVAILABLE, status(client).state());
            assertEquals("first", chat(client));
            beginCooldown(client);
            client.resetHealth();
            assertEquals(HealthStatus.State.AVAILABLE, status(client).state());
            assertEquals(4, listener.events(CooldownChanged.class).size());
        }
    }

    @Test
    void chat_afterFailuresIsZero_beginsNoCooldown() {
        behaviour = fails(ErrorKind.CONNECTION);
        try (LlmClient client = builder().set("llm.cooldown.after-failures", 0).build()) {
            for (int i = 0; i < 20; i++) {
                chat(client);
            }
            assertEquals(20, first.calls());
        }
    }
}
