package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.it.server.Reply;
import dev.llmspi.testkit.loopback.HttpText;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Combines each status with each kind of body, and checks that the status determines the result. */
@Timeout(300)
class StatusGridTest {

    /**
     * How many of the six variants (two providers in three modes) are tried with each status. With 1, each status is
     * tried with another variant.
     */
    private static final int VARIANTS = Integer.getInteger("llmspi.grid", 1);

    private static final int RESPONSE_LIMIT = 256 * 1024;

    /** The bodies that are sent with each status. Only the last one is a valid answer. */
    private enum Body {
        ERROR("application/json", "{\"error\":{\"message\":\"it did not work\"}}"),
        HTML("text/html", "<html><body><h1>Oops</h1></body></html>"),
        EMPTY("application/json", ""),
        BINARY(
                "application/octet-stream",
                new byte[] {0, (byte) 0xFF, (byte) 0xC3, 0x28, '{', '"', 1, (byte) 0xFE},
                false),
        HUGE("application/json", "{\"error\":{\"message\":\"" + "huge ".repeat(RESPONSE_LIMIT / 4) + "\"}}"),
        BOMB("application/json", HttpText.gzip(List.of(new byte[10 * 1024 * 1024])), true),
        TOO_DEEP("application/json", "{\"error\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"),
        ANSWER("application/json", "{\"choices\":[{\"message\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}");

        private final String head;
        private final byte[] bytes;

        Body(String type, String text) {
            this(type, text.getBytes(UTF_8), false);
        }

        Body(String type, byte[] bytes, boolean gzip) {
            this.bytes = bytes;
            this.head = "Content-Type: " + type + "\r\nContent-Length: " + bytes.length
                    + (gzip ? "\r\nContent-Encoding: gzip" : "") + "\r\n\r\n";
        }

        Reply with(int status) {
            String lines = "HTTP/1.1 " + status + " Test\r\n" + head;
            return connection -> {
                connection.write(lines.getBytes(UTF_8));
                connection.write(bytes);
            };
        }

        /**
         * Returns whether this body would exceed the bounds of an answer. In an error response, the client reads only
         * the beginning of the body.
         */
        boolean beyondTheBounds() {
            return this == HUGE || this == BOMB || this == TOO_DEEP;
        }
    }

    /** The expected error for a combination of status and body. If an answer is expected, null is used instead. */
    private record Cell(ErrorKind kind, boolean again, boolean next) {}

    private static Cell expected(String provider, int status, Body body) {
        if (status < 200) { // an interim response, which is followed by a response with status 200
            return status == 101 ? new Cell(ErrorKind.SERVICE, true, true) : expected(provider, 200, body);
        }
        if (status < 300) {
            boolean hasBody = status != 204 && status != 205;
            if (!hasBody && body != Body.EMPTY) { // a body with this status is invalid HTTP
                return new Cell(ErrorKind.CONNECTION, true, true);
            }
            boolean answer = body == Body.ANSWER && (status == 200 || status == 246);
            return answer ? null : new Cell(ErrorKind.SERVICE, !body.beyondTheBounds(), true);
        }
        boolean own = provider.equals("openrouter") && body == Body.ERROR;
        return switch (status) {
            case 401, 403 -> new Cell(ErrorKind.AUTHENTICATION, false, true);
            case 402 -> new Cell(ErrorKind.RESOURCE_EXHAUSTED, false, true);
            case 404 -> new Cell(own ? ErrorKind.MODEL : ErrorKind.INVALID_REQUEST, false, true);
            case 407 -> new Cell(ErrorKind.CONNECTION, false, true);
            case 408, 504, 524 -> new Cell(ErrorKind.TIMEOUT, true, true);
            case 409, 424, 425, 460, 498, 499 -> new Cell(ErrorKind.SERVICE, true, true);
            case 412 ->
                own
                        ? new Cell(ErrorKind.INVALID_REQUEST, false, true)
                        : new Cell(ErrorKind.RESOURCE_EXHAUSTED, false, true);
            case 446, 451 -> new Cell(ErrorKind.INVALID_REQUEST, false, false); // the provider refused the content
            case 429 -> new Cell(ErrorKind.RATE_LIMIT, true, true);
            default ->
                status < 400
                        ? new Cell(ErrorKind.SERVICE, false, true)
                        : status < 500
                                ? new Cell(ErrorKind.INVALID_REQUEST, false, true)
                                : new Cell(ErrorKind.SERVICE, true, true);
        };
    }

    @Tag("fault-3.13")
    @ParameterizedTest
    @EnumSource
    void status_withAnyBody_decides(Body body) {
        for (int variant = 0; variant < 6; variant++) {
            String provider = variant % 2 == 0 ? "openrouter" : "portkey";
            String other = variant % 2 == 0 ? "portkey" : "openrouter";
            try (FaultBench bench = FaultBench.both()
                    .withoutCooldowns()
                    .chain(provider, other)
                    .set("llm.retry.max-retries", 1)
                    .set("llm.retry.delay", "0s") // thousands of retries would otherwise wait for seconds
                    .set("llm.retry.max-delay", "0s")
                    .set("llm.providers." + provider + ".bounds.response", RESPONSE_LIMIT)) {
                Mode mode = Mode.values()[variant / 2];
                bench.server(other).always(mode.answer("from the next"));
                for (int status = 100; status < 600; status++) {
                    if ((status + variant) % 6 < VARIANTS) {
                        check(bench, provider, mode, status, body);
                    }
                }
            }
        }
    }

    private static void check(FaultBench bench, String provider, Mode mode, int status, Body body) {
        String where = status + " with " + body + " from " + provider + ", " + mode + ": ";
        Cell cell = expected(provider, status, body);
        bench.server(provider).always(status < 200 && status != 101 ? interim(status, body) : body.with(status));
        int before = bench.server(provider).posts();
        Outcome outcome = bench.call(mode);
        assertEquals(outcome.sentTo(provider).size(), bench.server(provider).posts() - before, () -> where + outcome);
        if (cell == null) {
            assertEquals("ok", outcome.answer().text(), () -> where + outcome);
            return;
        }
        assertEquals(cell.again ? 2 : 1, outcome.sentTo(provider).size(), () -> where + outcome);
        outcome.sentTo(provider)
                .forEach(attempt -> assertEquals(cell.kind, attempt.kind().orElseThrow(), () -> where + outcome));
        if (cell.next) {
            assertEquals("from the next", outcome.answer().text(), () -> where + outcome);
        } else {
            assertEquals(cell.kind, outcome.error().kind(), () -> where + outcome);
        }
        assertNothingRaw(outcome, where);
    }

    private static Reply interim(int status, Body body) {
        byte[] head = ("HTTP/1.1 " + status + " Interim\r\n\r\n").getBytes(UTF_8);
        return connection -> {
            connection.write(head);
            body.with(200).send(connection);
        };
    }

    /** Checks that the error shows no parser or library exception, and that the body text is shortened. */
    private static void assertNothingRaw(Outcome outcome, String where) {
        String shown = outcome.attempts().toString();
        for (String trace : List.of("Exception", "jackson", "Unexpected")) {
            assertFalse(shown.contains(trace), () -> where + shown);
        }
        assertTrue(shown.length() < 8 * 1024, () -> where + shown.length() + " characters");
        for (Throwable cause = outcome.thrown(); cause != null; cause = cause.getCause()) {
            String type = cause.getClass().getName();
            assertTrue(type.startsWith("dev.llmspi.api.error."), () -> where + type);
        }
    }
}
