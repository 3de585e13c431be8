package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.call.Silence;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import dev.llmspi.testkit.ScriptedProvider;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests which errors are retried, and how often. */
class RetryTest {

    private final ManualTimeSource time = ManualTimeSource.create();

    private LlmClient client(ScriptedProvider... providers) {
        return builder(providers).build();
    }

    private LlmClientBuilder builder(ScriptedProvider... providers) {
        return new Bench(time, providers).builder();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"CONNECTION", "SERVICE", "RATE_LIMIT", "TIMEOUT"})
    void chat_temporaryError_isRetried(ErrorKind kind) {
        ScriptedProvider provider = ScriptedProvider.named("p").fails(kind).answers("hello");
        try (LlmClient client = client(provider)) {
            ChatResponse response = client.chat("hi");
            assertEquals("hello", response.text());
            assertEquals(2, response.attempts().size());
            assertEquals(kind, response.attempts().get(0).kind().orElseThrow());
            assertEquals(Attempt.Outcome.SUCCESS, response.attempts().get(1).outcome());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorKind.class,
            names = {"AUTHENTICATION", "RESOURCE_EXHAUSTED", "INVALID_REQUEST", "MODEL"})
    void chat_permanentError_isNotRetried(ErrorKind kind) {
        ScriptedProvider provider = ScriptedProvider.named("p").fails(kind).answers("never");
        try (LlmClient client = client(provider)) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(kind, error.kind());
            assertEquals(1, provider.calls());
            assertEquals(1, error.attempts().size());
        }
    }

    @Test
    void chat_retriesAreUsedUp_throwsTheLastErrorWithAllAttempts() {
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).repeat();
        try (LlmClient client = client(provider)) {
            LlmServiceException error = assertThrows(LlmServiceException.class, () -> client.chat("hi"));
            assertEquals(4, provider.calls());
            assertEquals(4, error.attempts().size());
            assertEquals(3, error.getSuppressed().length);
            assertEquals("p", error.provider());
            assertFalse(error.callId().isEmpty());
            assertTrue(error.getMessage().contains("4. p (scripted-model): SERVICE"), error.getMessage());
        }
    }

    @Test
    void chat_timeouts_areRetriedOnlyOnce() {
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.TIMEOUT).repeat();
        try (LlmClient client = client(provider)) {
            assertThrows(LlmException.class, () -> client.chat("hi"));
            assertEquals(2, provider.calls());
        }
    }

    @Test
    void chat_staleConnection_isRepeatedWithoutAWaitOutsideMaxRetries() {
        LlmException stale = LlmException.builder(ErrorKind.CONNECTION)
                .reason(ErrorReason.STALE_CONNECTION)
                .requestSent(false)
                .message("p: dead connection")
                .build();
        ScriptedProvider provider = ScriptedProvider.named("p").fails(stale).answers("hello");
        try (LlmClient client =
                builder(provider).set("llm.retry.max-retries", 0).build()) {
            ChatResponse response = client.chat("hi");
            assertEquals(2, response.attempts().size());
            assertFalse(response.attempts().get(0).sent());
            assertEquals(List.of(), time.sleeps());
        }
    }

    @Test
    void chat_errorForbidsARetry_isNotRetriedThoughItsKindIs() {
        LlmException error = LlmException.builder(ErrorKind.SERVICE)
                .message("too large")
                .retryHere(false)
                .build();
        ScriptedProvider provider = ScriptedProvider.named("p").fails(error).answers("never");
        try (LlmClient client = client(provider)) {
            assertThrows(LlmServiceException.class, () -> client.chat("hi"));
            assertEquals(1, provider.calls());
        }
    }

    @Test
    void chat_kindsToRetryAreConfigured_replaceTheDefault() {
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.MODEL).fails(ErrorKind.SERVICE);
        try (LlmClient client =
                builder(provider).set("llm.retry.on", "model_error").build()) {
            LlmException error = assertThrows(LlmException.class, () -> client.chat("hi"));
            assertInstanceOf(LlmServiceException.class, error);
            assertEquals(2, provider.calls());
        }
    }

    @Test
    void registryGet_providerByName_isRetried() {
        ScriptedProvider provider =
                ScriptedProvider.named("p").fails(ErrorKind.SERVICE).answers("hello");
        try (LlmClient client = client(provider)) {
            String text = client.registry().get("p").complete("hi", CallContext.create());
            assertEquals("hello", text);
            assertEquals(2, provider.calls());
            assertEquals("p", client.registry().get().name());
        }
    }

    @Test
    void registryGet_attemptTimeoutOfItsBlockExpires_isReported() {
        ScriptedProvider provider = ScriptedProvider.named("p").then((request, context) -> {
            throw Silence.pass(Duration.ofSeconds(9), time, context);
        });
        RecordingListener listener = RecordingListener.create();
        try (LlmClient client = LlmClient.builder()
                .timeSource(time)
                .listener(listener)
                .provider(provider)
                .chain("default", "p")
                .text("llm.providers.p { timeouts.attempt = 9s, retry.max-retries = 0 }", "test")
                .build()) {
            LlmException error = assertThrows(
                    LlmException.class, () -> client.registry().get("p").complete("hi", CallContext.create()));
            assertEquals(ErrorReason.ATTEMPT_TIMEOUT, error.reason().orElseThrow());
        }
        CallFinished finished = listener.events(CallFinished.class).get(0);
        assertEquals(Attempt.Outcome.ERROR, finished.outcome());
        assertEquals(1, finished.attempts().size());
    }
}
