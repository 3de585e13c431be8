package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ErrorTest {

    @ParameterizedTest
    @CsvSource({
        "400,INVALID_REQUEST,",
        "401,AUTHENTICATION,",
        "402,RESOURCE_EXHAUSTED,",
        "403,AUTHENTICATION,",
        "404,INVALID_REQUEST,true",
        "405,INVALID_REQUEST,",
        "408,TIMEOUT,",
        "409,SERVICE,",
        "412,RESOURCE_EXHAUSTED,",
        "413,INVALID_REQUEST,",
        "418,INVALID_REQUEST,",
        "422,INVALID_REQUEST,",
        "429,RATE_LIMIT,",
        "431,INVALID_REQUEST,",
        "500,SERVICE,",
        "501,SERVICE,",
        "502,SERVICE,",
        "503,SERVICE,",
        "504,TIMEOUT,",
        "520,SERVICE,",
        "524,TIMEOUT,",
        "529,SERVICE,",
        "599,SERVICE,",
        "302,SERVICE,",
        "304,SERVICE,"
    })
    void status_anyBody_decides(int status, ErrorKind kind, Boolean tryNext) throws Exception {
        try (Bench bench = new Bench()) {
            for (String body :
                    new String[] {"", "<html>x</html>", "\u0000\u0001", "[1", "null", "{\"a\":" + "[".repeat(900)}) {
                LlmException error = bench.failure(status, status == 304 ? "" : body);
                assertEquals(kind, error.kind(), error::getMessage);
                assertEquals(status, error.status().orElseThrow());
                assertEquals(Optional.ofNullable(tryNext), error.tryNext());
                assertEquals("local", error.provider());
                assertEquals(Optional.of("m"), error.model());
                assertTrue(error.requestSent());
            }
            assertEquals(6, bench.requests());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400|{'error':{'code':'context_length_exceeded','message':'m'}}|MODEL|CONTEXT_LENGTH",
                "400|{'error':{'message':'This model has a maximum context length of 8 tokens'}}|MODEL|CONTEXT_LENGTH",
                "404|{'error':{'code':'model_not_found','message':'m'}}|MODEL|MODEL_NOT_FOUND",
                "404|{'error':{'message':'The model `x` does not exist'}}|MODEL|MODEL_NOT_FOUND",
                "429|{'error':{'type':'insufficient_quota','message':'m'}}|RESOURCE_EXHAUSTED|QUOTA",
                "429|{'error':{'message':'You exceeded your current quota'}}|RESOURCE_EXHAUSTED|QUOTA",
                "429|{'error':{'message':'Quota exceeded: requests per minute'}}|RATE_LIMIT|",
                "400|{'error':{'code':'content_filter','message':'m'}}|INVALID_REQUEST|CONTENT_FILTERED",
                "404|{'message':'Not Found','ok':false}|INVALID_REQUEST|PROVIDER_SETTINGS"
            })
    void body_wordOrText_refinesTheStatus(int status, String body, ErrorKind kind, ErrorReason reason)
            throws Exception {
        try (Bench bench = new Bench()) {
            LlmException error = bench.failure(status, body.replace('\'', '"'));
            assertEquals(kind, error.kind());
            assertEquals(Optional.ofNullable(reason), error.reason());
        }
    }

    @Test
    void map_redirect_messageDoesNotShowTheTarget() throws Exception {
        try (Bench bench = new Bench()) {
            LlmException error = bench.failure(
                    307, "<a href='http://evil/?q=c4n4ry'>http://evil</a>", "Location", "http://evil/?q=c4n4ry");

            assertEquals(ErrorReason.REDIRECT, error.reason().orElseThrow());
            assertEquals(Optional.of(false), error.retryHere());
            assertTrue(error.getMessage().contains("307"));
            assertFalse(error.getMessage().contains("evil"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 429, 500})
    void canary_serverEchoesEverything_nothingShown(int status) throws Exception {
        String prompt = "My secret plan: c4n4ryprompt buys the lighthouse\nat \"midnight\" and more";
        try (Bench bench = new Bench("headers", Map.of("X-Tenant", "c4n4rytenant"))) {
            String echo = "bad key " + Bench.KEY + " or sk-c4*****cdef or Bearer " + Bench.KEY
                    + ", tenant c4n4rytenant, in: " + "my prompt was <<c4n4ryprompt buys the lighthouse>>";
            bench.answer(
                    status,
                    "{\"error\":{\"message\":" + JsonWriter.text(echo + " / " + prompt) + ",\"code\":\"" + Bench.KEY
                            + "\"}}",
                    "x-request-id",
                    "id-" + Bench.KEY);
            LlmException error =
                    bench.failure(ChatRequest.of(prompt).toBuilder().model("m").build());

            String all = error + " " + error.code() + error.requestId() + bench.provider;
            assertFalse(all.contains("c4n4ry"), all);
            assertFalse(all.contains("cdef"), all);
            assertTrue(all.contains("***") && all.contains("[prompt]"), all);
        }
    }

    @Tag("fault-3.13")
    @Test
    void serverText_forgedLinesAndLength_oneLineCut() throws Exception {
        try (Bench bench = new Bench()) {
            LlmException error = bench.failure(
                    500,
                    "{\"error\":{\"message\":"
                            + JsonWriter.text("a\r\nb\u2028c\u2029d\u0085e\u001b[31m" + "x".repeat(9000)) + "}}");

            assertTrue(error.getMessage().contains("a b c d e [31m"), error::getMessage);
            assertTrue(error.getMessage().length() < 2200);
        }
    }

    @Test
    void error_fromTheServer_carriesRequestIdCallIdAndCode() throws Exception {
        try (Bench bench = new Bench()) {
            bench.answer(
                    429,
                    "{\"error\":{\"code\":\"busy\",\"message\":\"later\"}}",
                    "X-Request-Id: r-1",
                    "Retry-After: 2");
            CallContext context = CallContext.builder().callId("c-1").build();
            LlmException error = assertThrows(LlmException.class, () -> bench.provider.chat(Bench.HELLO, context));

            assertEquals(Optional.of("r-1"), error.requestId());
            assertEquals("c-1", error.callId());
            assertEquals(Optional.of("busy"), error.code());
            assertEquals("provider \"local\": answered 429: later (wait 2000 ms)", error.getMessage());
        }
    }

    @Test
    void credential_throws_missingAndUnsent() throws Exception {
        Credential none = context -> {
            throw new IllegalStateException("vault is sealed");
        };
        try (Bench bench = new Bench("api-key", none)) {
            LlmException error = bench.failure(Bench.HELLO);

            assertEquals(ErrorKind.AUTHENTICATION, error.kind());
            assertEquals(ErrorReason.MISSING_CREDENTIAL, error.reason().orElseThrow());
            assertFalse(error.requestSent());
            assertEquals(0, bench.requests());
        }
    }

    @Test
    void credential_renewsAfter401_oneMoreAttemptMakesSense() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        Credential cached = Credential.cached(() -> Secret.of("key-number-" + loads.incrementAndGet()));
        try (Bench bench = new Bench("api-key", cached)) {
            LlmException error = bench.failure(401, "{\"error\":{\"message\":\"expired\"}}");

            assertEquals(ErrorReason.CREDENTIAL_RENEWED, error.reason().orElseThrow());
            assertEquals(Optional.of(true), error.retryHere());
            assertEquals(
                    "Bearer key-number-1",
                    bench.request().header("Authorization").orElseThrow());
            bench.failure(500, "");
            assertEquals(
                    "Bearer key-number-2",
                    bench.request().header("Authorization").orElseThrow());
        }
        try (Bench bench = new Bench()) {
            LlmException error = bench.failure(401, "{}");
            assertEquals(Optional.empty(), error.reason());
            assertEquals(Optional.empty(), error.retryHere());
        }
    }
}
