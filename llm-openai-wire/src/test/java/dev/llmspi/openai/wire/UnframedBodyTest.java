package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests bodies without event framing, and text after the first document in a body. */
class UnframedBodyTest {

    private static final String ANSWER =
            "{\"choices\":[{\"message\":{\"content\":\"%s\"},\"finish_reason\":\"stop\"}]}";

    private static UnframedBody unframed(byte[] body) {
        return new UnframedBody(body, JsonReader.STANDARD);
    }

    private static UnframedBody unframed(String body) {
        return unframed(body.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers a streamed request with the body as {@code text/event-stream}, and returns the response. */
    private static ChatResponse streamed(Bench bench, String body) {
        bench.answer(200, body, "Content-Type: text/event-stream");
        return bench.provider.stream(Bench.HELLO, CallContext.create()).collect();
    }

    /** The text contains invalid UTF-8, which a lenient reader would replace with U+FFFD. */
    @Test
    void unframed_invalidUtf8_isNotAnAnswer() {
        byte[] body = ANSWER.formatted("caf?").getBytes(StandardCharsets.US_ASCII);
        assertFalse(unframed(body).answer().isEmpty());
        body[new String(body, StandardCharsets.US_ASCII).indexOf('?')] = (byte) 0xE9;
        assertTrue(unframed(body).answer().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\n\r\n", " "})
    void unframed_twoDocuments_areNotAnAnswer(String between) {
        String first = ANSWER.formatted("The first half ");
        assertTrue(unframed(first + between + first).answer().isEmpty());
        assertTrue(unframed(first + between + "{").answer().isEmpty(), "the other one may be cut");
        assertFalse(unframed(first + between).answer().isEmpty());
        assertFalse(unframed(first + between + "data: [DONE]\n\n").answer().isEmpty());
        assertFalse(unframed(first + between + ": done").answer().isEmpty());
    }

    /** The announced length of a body determines which of two parsers reads the body. */
    @ParameterizedTest
    @ValueSource(ints = {10, 3_990, 8_000, 20_000, 100_000})
    void reply_twoDocuments_isRefusedAtAnyLength(int length) throws Exception {
        String first = ANSWER.formatted("x".repeat(length));
        for (String between : List.of("", "\n", "\n".repeat(5_000))) {
            byte[] two = (first + between + first).getBytes(StandardCharsets.UTF_8);
            byte[] done = (first + between + "data: [DONE]\n\n").getBytes(StandardCharsets.UTF_8);
            for (long announced : new long[] {-1, two.length}) {
                assertThrows(
                        JsonReader.MalformedJsonException.class,
                        () -> JsonReader.STANDARD.reply(new ByteArrayInputStream(two), announced),
                        () -> length + " announced as " + announced);
                assertFalse(JsonObject.from(JsonReader.STANDARD.reply(new ByteArrayInputStream(done), announced))
                        .list("choices")
                        .isEmpty());
            }
        }
    }

    @Test
    void unframed_otherLineSeparatorsInTheText_isTheAnswer() throws Exception {
        String text = "a\u2028b\u2029c\u0085d";
        try (Bench bench = new Bench()) {
            assertEquals(
                    text,
                    streamed(bench, ": wait\r\n\r\n" + ANSWER.formatted(text)).text());
        }
    }

    @Test
    void stream_wordsThatStartLikeAField_areInTheMessage() throws Exception {
        for (String words : List.of("database connection lost", "events are off", "identity unknown: log in")) {
            try (Bench bench = new Bench()) {
                LlmException error = assertThrows(LlmException.class, () -> streamed(bench, words));
                assertEquals(Optional.of(ErrorReason.MALFORMED_RESPONSE), error.reason());
                assertTrue(error.getMessage().contains(words), error.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100_000, 1_000_000})
    void stream_wholeAnswerUpToTheBoundOfALine_isTheAnswer(int length) throws Exception {
        String text = "x".repeat(length);
        try (Bench bench = new Bench()) {
            assertEquals(text, streamed(bench, ANSWER.formatted(text)).text());
            assertEquals(
                    text,
                    streamed(bench, "\n" + ANSWER.formatted(text).replace(",", ",\n"))
                            .text());
        }
    }

    @Test
    void unframed_otherJson_isNotAnAnswer() {
        for (String body : Arrays.asList("", "{}", "[]", "{\"choices\":[]}", "{\"error\":\"x\",\"choices\":[1]}")) {
            assertTrue(unframed(body).answer().isEmpty(), body);
        }
    }
}
