package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.testkit.FakeLlmServer;
import dev.llmspi.testkit.FakeReply;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for the errors to which failures are mapped. */
public abstract class ErrorMappingRules extends ContractRules {

    private static final int LONGEST_MESSAGE = 4096;

    ErrorMappingRules(LlmProviderContract contract) {
        super(contract);
    }

    private void assertKind(ErrorKind kind) {
        bench().fails(kind);
        assertEquals(kind, error().kind());
    }

    /** Returns the error that a new provider throws when its server sends this reply. */
    private LlmException reply(FakeReply reply) {
        try (HttpBench fresh = fresh()) {
            fresh.server().then(reply);
            return error(() -> fresh.provider().chat(hello(), CallContext.create()));
        }
    }

    private LlmException reply(int status, String... headers) {
        return reply(FakeReply.json(
                status, author().error(status, "status " + status + " sent by the contract test"), headers));
    }

    @Test
    @DisplayName("6.1 a rejected key (401) is an authentication error")
    public void rule6_1_rejectedKey() {
        assertKind(ErrorKind.AUTHENTICATION);
    }

    @Test
    @DisplayName("6.2 no credit (402) is a resource-exhausted error")
    public void rule6_2_noCredit() {
        assertKind(ErrorKind.RESOURCE_EXHAUSTED);
    }

    @Test
    @DisplayName("6.3 too many requests (429) is a rate-limit error")
    public void rule6_3_tooManyRequests() {
        assertKind(ErrorKind.RATE_LIMIT);
    }

    @Test
    @DisplayName("6.4 an invalid request (400) is an invalid-request error")
    public void rule6_4_wrongRequest() {
        assertKind(ErrorKind.INVALID_REQUEST);
    }

    @Test
    @DisplayName("6.5 a server failure (500, 502, 503, 529) is a service error")
    public void rule6_5_serverTrouble() {
        assertKind(ErrorKind.SERVICE);
        if (bench().http().isPresent()) {
            for (int status : new int[] {500, 502, 529}) {
                assertEquals(ErrorKind.SERVICE, reply(status).kind(), () -> "status " + status);
            }
        }
    }

    @Test
    @DisplayName("6.6 a timeout reported by the server (408, 504) is a timeout error")
    public void rule6_6_serverTimeout() {
        assertKind(ErrorKind.TIMEOUT);
        if (bench().http().isPresent()) {
            assertEquals(ErrorKind.TIMEOUT, reply(408).kind());
        }
    }

    @Test
    @DisplayName("6.7 an unknown model is a model error")
    public void rule6_7_unknownModel() {
        assertKind(ErrorKind.MODEL);
    }

    @Test
    @DisplayName("6.8 a conversation that is too long is a model error with the reason CONTEXT_LENGTH")
    public void rule6_8_contextTooLong() {
        LlmException error = reply(author().contextTooLong());

        assertEquals(ErrorKind.MODEL, error.kind());
        assertEquals(Optional.of(ErrorReason.CONTEXT_LENGTH), error.reason());
    }

    @Test
    @DisplayName("6.9 a Retry-After in seconds is reported in the error")
    public void rule6_9_retryAfterSeconds() {
        assertEquals(
                Optional.of(Duration.ofSeconds(7)), reply(429, "Retry-After: 7").retryAfter());
        assertEquals(
                Optional.of(Duration.ofSeconds(70)),
                reply(503, "Retry-After: 70").retryAfter());
        assertEquals(Optional.empty(), reply(429).retryAfter());
    }

    @Test
    @DisplayName("6.10 a Retry-After with a date is reported in the error")
    public void rule6_10_retryAfterDate() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(10));

        Duration wait = reply(429, "Retry-After: " + date).retryAfter().orElse(Duration.ZERO);

        assertTrue(wait.toSeconds() > 500 && wait.toSeconds() <= 600, () -> "a wait of 10 min was parsed as " + wait);
    }

    @Test
    @DisplayName("6.11 an error has provider, model, status and call id (or none), and requestSent is true")
    public void rule6_11_particulars() {
        HttpBench http = http();
        http.replies(400);
        CallContext context = CallContext.create();

        LlmException error = error(() -> provider().chat(hello(), context));

        assertEquals(name(), error.provider());
        assertEquals(Optional.of(MODEL), error.model());
        assertEquals(OptionalInt.of(400), error.status());
        assertTrue(
                error.callId().isEmpty() || error.callId().equals(context.callId()),
                "the call id belongs to another call");
        assertTrue(error.requestSent(), "the error states that nothing was sent");
    }

    @Test
    @DisplayName("6.12 an error response in HTML or plain text is classified by its status")
    public void rule6_12_errorPage() {
        String page = "<html><body>Sorry</body></html>";

        assertEquals(
                ErrorKind.SERVICE, reply(FakeReply.of(503, "text/html", page)).kind());
        assertEquals(
                ErrorKind.RATE_LIMIT,
                reply(FakeReply.of(429, "text/plain", "slow down")).kind());
        assertEquals(ErrorKind.SERVICE, reply(FakeReply.of(500, "", "")).kind());
    }

    @Test
    @DisplayName("6.13 a success (200) without an answer is a service error, never an empty answer")
    public void rule6_13_noAnswer() {
        String answer = author().answer("hello");
        for (String body : List.of("", "{}", "[]", "null", "<html>guest network</html>", answer.substring(0, 20))) {
            assertEquals(ErrorKind.SERVICE, reply(FakeReply.json(200, body)).kind(), () -> "body: " + body);
        }
    }

    @Test
    @DisplayName("6.14 an unreachable server is a connection error, and requestSent is false")
    public void rule6_14_refused() {
        http().server().close();

        LlmException error = error();

        assertEquals(ErrorKind.CONNECTION, error.kind());
        assertFalse(error.requestSent(), "the error states that something was sent");
    }

    @Test
    @DisplayName("6.15 a connection lost before the reply is a connection error, and requestSent is true")
    public void rule6_15_connectionLost() {
        for (FakeReply end : List.of(FakeReply.close(), FakeReply.reset())) {
            LlmException error = reply(end);

            assertEquals(ErrorKind.CONNECTION, error.kind());
            assertTrue(error.requestSent(), "the error states that nothing was sent");
        }
    }

    @Test
    @DisplayName("6.16 a truncated answer is an error")
    public void rule6_16_halfAnAnswer() {
        ErrorKind kind = reply(FakeReply.cut(200, "application/json", author().answer("hello")))
                .kind();

        assertTrue(kind == ErrorKind.CONNECTION || kind == ErrorKind.SERVICE, () -> "kind of error: " + kind);
    }

    @Test
    @DisplayName("6.17 a failed attempt is not repeated, because retries are up to the caller")
    public void rule6_17_notRepeated() {
        List<FakeReply> failures = List.of(
                FakeReply.json(503, author().error(503, "try again"), "Retry-After: 0"),
                FakeReply.json(429, author().error(429, "try again")),
                FakeReply.close());
        for (int i = 0; i < failures.size(); i++) {
            FakeReply failure = failures.get(i);
            try (HttpBench fresh = fresh()) {
                fresh.server().then(failure);
                fresh.answers("of a repetition");
                fresh.answers("of another");
                try {
                    fresh.provider().chat(hello(), CallContext.create());
                } catch (RuntimeException e) {
                    // an error is expected; other rules test which error it is
                }
                assertEquals(1, fresh.server().posts(), "requests sent for failure " + i);
            }
        }
    }

    @Test
    @DisplayName("6.18 a redirect is not followed")
    public void rule6_18_redirect() {
        try (FakeLlmServer elsewhere =
                FakeLlmServer.openAi().answers("from elsewhere").repeat()) {
            for (int status : new int[] {301, 302, 307, 308}) {
                LlmException error = reply(FakeReply.json(status, "{}", "Location: " + elsewhere.url()));

                assertEquals(ErrorKind.SERVICE, error.kind(), () -> "status " + status);
            }
            assertEquals(0, elsewhere.connections(), "connections to the target of the redirect");
        }
    }

    @Test
    @DisplayName("6.19 an error message is a single short line, whatever the server sends")
    public void rule6_19_message() {
        String chatter = "line one\nline two\r\u2028" + "chatter ".repeat(20_000);

        LlmException error = reply(FakeReply.json(500, author().error(500, chatter)));
        String message = String.valueOf(error.getMessage());

        assertTrue(message.length() <= LONGEST_MESSAGE, () -> "the message has " + message.length() + " characters");
        assertTrue(
                message.chars().noneMatch(c -> c == '\n' || c == '\r' || c == 0x2028), "the message has several lines");
    }
}
