package dev.llmspi.it.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmInvalidRequestException;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.error.LlmTimeoutException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests calls that pass from a client through our Portkey provider and the real gateway to a test server. Each test
 * checks that the POST requests counted by the test server and the gateway match the reported attempts.
 */
class PortkeyGatewayTest extends GatewayBench {

    private static final ChatRequest REQUEST = ChatRequest.of("hi");

    @Test
    void answer_arrivesWithTheMetadataOfTheGateway() {
        upstream.then(Reply.answer("hello"));
        try (LlmClient client =
                rig.client(block -> block.set("trace-id", "trace-1")).build()) {

            ChatResponse response = client.chat(REQUEST);

            assertEquals("hello", response.text());
            assertEquals(FinishReason.STOP, response.finishReason());
            assertEquals(OptionalLong.of(7), response.usage().totalTokens());
            assertEquals(Optional.of("served-model"), response.model());
            assertEquals(Optional.of("trace-1"), response.metadata(ResponseMetadata.TRACE_ID));
            assertEquals(Optional.of("openai"), response.metadata(ResponseMetadata.UPSTREAM_PROVIDER));
            assertEquals(
                    Optional.of("Bearer upstream-key"), upstream.lastRequest().header("authorization"));
            rig.assertWire(response.attempts(), 1, 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"401, AUTHENTICATION, 1", "402, RESOURCE_EXHAUSTED, 1", "500, SERVICE, 2", "503, SERVICE, 2"})
    void upstreamError_isThatError(int status, ErrorKind kind, int calls) {
        upstream.always(Reply.error(status, "test_code", "no"));
        try (LlmClient client = rig.client().build()) {

            LlmException error = assertThrows(LlmException.class, () -> client.chat(REQUEST));

            assertEquals(kind, error.kind());
            assertEquals(OptionalInt.of(status), error.status());
            assertEquals(Optional.of("test_code"), error.code());
            rig.assertWire(error.attempts(), calls, calls);
        }
    }

    @Test
    void outOfCredit_nextProviderAnswersAtOnce() {
        upstream.always(Reply.error(402, "insufficient_credits", "no credit"));
        try (LlmClient client = rig.client()
                .provider(secondary)
                .chain("default", "portkey", "secondary")
                .build()) {

            ChatResponse response = client.chat(REQUEST);

            assertEquals("secondary", response.provider());
            rig.assertWire(response.attempts(), 1, 1);
        }
    }

    @Test
    void rateLimit_waitsAsRequested() {
        upstream.then(Reply.error(429, "slow_down", "too fast", "Retry-After: 3"))
                .then(Reply.answer("hello"));
        ManualTimeSource time = ManualTimeSource.create();
        try (LlmClient client = rig.client().timeSource(time).build()) {

            ChatResponse response = client.chat(REQUEST);

            assertEquals(
                    Optional.of(Duration.ofSeconds(3)),
                    response.attempts().get(0).retryAfter());
            assertEquals(1, time.sleeps().size());
            assertTrue(time.sleeps().get(0).compareTo(Duration.ofSeconds(3)) >= 0, time.sleeps()::toString);
            rig.assertWire(response.attempts(), 2, 2);
        }
    }

    @Test
    void rateLimit_longerThanAllowed_isTheErrorWithItsWait() {
        upstream.always(Reply.error(429, "slow_down", "too fast", "Retry-After: 900"));
        try (LlmClient client = rig.client().build()) {

            LlmException error = assertThrows(LlmRateLimitException.class, () -> client.chat(REQUEST));

            assertEquals(Optional.of(Duration.ofMinutes(15)), error.retryAfter());
            rig.assertWire(error.attempts(), 1, 1);
        }
    }

    @Test
    void upstreamClosed_isAServiceErrorOfTheGateway() {
        upstream.close();
        try (LlmClient client = rig.client().build()) {

            LlmException error = assertThrows(LlmServiceException.class, () -> client.chat(REQUEST));

            assertEquals(OptionalInt.of(500), error.status());
            rig.assertWire(error.attempts(), 2, 0);
        }
    }

    @Test
    void upstreamHangs_gatewayGivesUp() {
        upstream.always(Reply.hang());
        try (LlmClient client =
                rig.client(block -> block.set("request-timeout", "200ms")).build()) {

            LlmException error = assertThrows(LlmTimeoutException.class, () -> client.chat(REQUEST));

            assertEquals(OptionalInt.of(408), error.status());
            assertEquals(Optional.of(ErrorReason.REMOTE_TIMEOUT), error.reason());
            rig.assertWire(error.attempts(), 2, 2);
        }
    }

    @Test
    void upstreamHangs_ourTimeoutExpires() {
        upstream.always(Reply.hang());
        try (LlmClient client =
                rig.client().set("llm.retry.max-after-timeout", 0).build()) {
            CallOptions impatient =
                    CallOptions.builder().attemptTimeout(Duration.ofMillis(500)).build();

            LlmException error = assertThrows(LlmTimeoutException.class, () -> client.chat(REQUEST, impatient));

            assertEquals(Optional.of(ErrorReason.ATTEMPT_TIMEOUT), error.reason());
            rig.assertWire(error.attempts(), 1, 1);
        }
    }

    @Test
    void guardrailDenies_isAnInvalidRequestWithoutFallback() {
        Map<String, Object> guardrail = Map.of(
                "id",
                "no-secrets",
                "deny",
                true,
                "default.contains",
                Map.of("words", List.of("forbidden"), "operator", "none"));
        Map<String, Object> config = Map.of(
                "provider",
                "openai",
                "api_key",
                "upstream-key",
                "custom_host",
                upstream.url("/v1").toString(),
                "input_guardrails",
                List.of(guardrail));
        try (LlmClient client = rig.configuredBy(config)
                .provider(secondary)
                .chain("default", "portkey", "secondary")
                .build()) {
            ChatRequest forbidden = ChatRequest.of("something forbidden");

            LlmException error = assertThrows(LlmInvalidRequestException.class, () -> client.chat(forbidden));

            assertEquals(OptionalInt.of(446), error.status());
            assertEquals(Optional.of(ErrorReason.CONTENT_FILTERED), error.reason());
            assertEquals(0, secondary.calls());
            rig.assertWire(error.attempts(), 1, 0);
        }
    }

    @Test
    void inlineFallback_reportsWhichTargetAnswered() {
        upstream.then(Reply.error(500, "down", "down"));
        try (TestUpstream second = TestUpstream.start().then(Reply.answer("from the second target"))) {
            Map<String, Object> config = Map.of(
                    "strategy",
                    Map.of("mode", "fallback"),
                    "targets",
                    List.of(PortkeyRig.target(upstream), PortkeyRig.target(second)));
            try (LlmClient client = rig.configuredBy(config).build()) {

                ChatResponse response = client.chat(REQUEST);

                assertEquals("from the second target", response.text());
                assertEquals(Optional.of("config.targets[1]"), response.metadata(ResponseMetadata.OPTION_INDEX));
                assertEquals(1, second.posts());
                rig.assertWire(response.attempts(), 1, 1);
            }
        }
    }

    @Test
    void gatewayKilled_nextProviderAnswers() throws Exception {
        upstream.always(Reply.hang());
        try (PortkeyGateway mortal = PortkeyGateway.start();
                LlmClient client = new PortkeyRig(mortal, upstream)
                        .client()
                        .provider(secondary)
                        .chain("default", "portkey", "secondary")
                        .build()) {
            CompletableFuture<ChatResponse> call = client.chatAsync(REQUEST);
            upstream.awaitPosts(1);

            mortal.kill();

            ChatResponse response = call.get(15, TimeUnit.SECONDS);
            assertEquals("secondary", response.provider());
            Attempt cut = response.attempts().get(0);
            assertEquals(Optional.of(ErrorKind.CONNECTION), cut.kind());
            assertEquals(1, mortal.posts());
            assertEquals(1, PortkeyRig.sentToPortkey(response.attempts()));
            assertEquals(1, upstream.posts());
        }
    }
}
