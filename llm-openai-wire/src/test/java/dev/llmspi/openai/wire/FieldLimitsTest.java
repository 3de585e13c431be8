package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests fields from extras that are refused before anything is sent. */
class FieldLimitsTest {

    private static final String ANSWER =
            "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"content\":\"hi\"}}]}";
    private static final String LONG = "x".repeat(64 * 1024);

    private static ChatRequest with(String field, Object value) {
        return Bench.HELLO.toBuilder().extra("openai", field, value).build();
    }

    /** Sends the request as a whole call and as a stream; each must be refused, and the server receives nothing. */
    private static void assertRefused(Bench bench, ChatRequest request, String field) {
        for (boolean stream : new boolean[] {false, true}) {
            LlmException error = assertThrows(LlmException.class, () -> {
                if (stream) {
                    bench.provider.stream(request, CallContext.create()).collect();
                } else {
                    bench.provider.chat(request, CallContext.create());
                }
            });
            assertEquals(ErrorKind.INVALID_REQUEST, error.kind());
            assertFalse(error.requestSent());
            assertTrue(error.getMessage().contains("field " + field), error.getMessage());
            assertTrue(error.getMessage().length() < 300, error.getMessage());
        }
        assertEquals(0, bench.server.requests().size());
    }

    @Test
    void chat_severalAnswersRequested_isRefused() throws Exception {
        for (Object count : List.of(2, 2L, 3.0, new BigDecimal("2"), "2", 1.5)) {
            try (Bench bench = new Bench()) {
                assertRefused(bench, with("n", count), "n");
            }
        }
        try (Bench bench = new Bench("extras", Map.of("n", 2))) {
            assertRefused(bench, Bench.HELLO, "n");
        }
        try (Bench bench = new Bench("request", Map.of("rename", Map.of("count", "n")))) {
            assertRefused(bench, with("count", 2), "n");
        }
    }

    @Test
    void chat_oneAnswerRequested_isSent() throws Exception {
        for (Object count : List.of(1, 1.0, "1", "many")) {
            try (Bench bench = new Bench()) {
                bench.answer(200, ANSWER);
                assertEquals(
                        "hi",
                        bench.provider
                                .chat(with("n", count), CallContext.create())
                                .text());
            }
        }
    }

    @Test
    void chat_labelOf64KiB_isRefused() throws Exception {
        try (Bench bench = new Bench()) {
            assertRefused(bench, with("metadata", Map.of("a", LONG)), "metadata");
            assertRefused(bench, with("metadata", Map.of(LONG, "a")), "metadata");
            assertRefused(bench, with("metadata", Map.of("a", Map.of("b", LONG))), "metadata");
            assertRefused(bench, with("user", LONG), "user");
            assertRefused(bench, with("prompt_cache_key", LONG), "prompt_cache_key");
        }
    }

    @Test
    void chat_longTextInAnotherField_isSent() throws Exception {
        try (Bench bench = new Bench()) {
            bench.answer(200, ANSWER);
            assertEquals(
                    "hi",
                    bench.provider
                            .chat(with("prediction", LONG), CallContext.create())
                            .text());
        }
    }
}
