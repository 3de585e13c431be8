package dev.llmspi.api.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LlmExceptionTest {

    @ParameterizedTest
    @EnumSource(ErrorKind.class)
    void builder_ofAKind_buildsItsClass(ErrorKind kind) {
        LlmException error = LlmException.builder(kind).message("m").build();
        assertEquals(kind, error.kind());
        String name = kind.name().replace("_", "");
        assertEquals(
                ("Llm" + name + "Exception").toLowerCase(Locale.ROOT),
                error.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    }

    @Test
    void builder_nothingSet_isSentAndOtherwiseEmpty() {
        LlmException error = LlmModelException.builder().build();
        assertTrue(error.requestSent(), "an unknown state must not look safe to retry");
        assertEquals("", error.callId() + error.provider() + error.getMessage());
        assertTrue(error.status().isEmpty() && error.partial().isEmpty());
        assertEquals(Optional.empty(), error.retryHere().or(error::tryNext));
    }

    @Test
    void toBuilder_everything_isKept() {
        ChatResponse delivered =
                ChatResponse.builder(AssistantMessage.of("half of it")).build();
        LlmException error = LlmRateLimitException.builder()
                .message("m")
                .cause(new IllegalStateException("c"))
                .reason(ErrorReason.IN_FLIGHT_BUDGET)
                .callId("call")
                .provider("p")
                .model("mo")
                .status(429)
                .code("slow")
                .requestId("r")
                .retryAfter(Duration.ofSeconds(3))
                .requestSent(false)
                .retryHere(true)
                .tryNext(false)
                .attempts(List.of(Attempt.builder("p", Attempt.Outcome.ERROR).build()))
                .partial(delivered)
                .build();
        error.addSuppressed(new IllegalStateException("s"));
        LlmException copy = error.toBuilder().build();
        assertEquals("m", copy.getMessage());
        assertSame(error.getCause(), copy.getCause());
        assertEquals(List.of(error.getSuppressed()), List.of(copy.getSuppressed()));
        assertEquals(List.of(error.getStackTrace()), List.of(copy.getStackTrace()));
        assertEquals(ErrorReason.IN_FLIGHT_BUDGET, copy.reason().orElseThrow());
        assertEquals("call", copy.callId());
        assertEquals("p", copy.provider());
        assertEquals("mo", copy.model().orElseThrow());
        assertEquals(429, copy.status().orElseThrow());
        assertEquals("slow", copy.code().orElseThrow());
        assertEquals("r", copy.requestId().orElseThrow());
        assertEquals(Duration.ofSeconds(3), copy.retryAfter().orElseThrow());
        assertTrue(!copy.requestSent()
                && copy.retryHere().orElseThrow()
                && !copy.tryNext().orElseThrow());
        assertEquals(1, copy.attempts().size());
        assertSame(delivered, copy.partial().orElseThrow());
    }

    @Test
    void from_wrappedByFutures_isFound() {
        LlmException error = LlmModelException.builder().message("m").build();
        assertSame(
                error,
                LlmException.from(new ExecutionException(new CompletionException(error)))
                        .orElseThrow());
        assertTrue(LlmException.from(new ExecutionException(new IllegalStateException()))
                .isEmpty());
    }

    @Test
    void serialized_keepsKindAndMessage() throws Exception {
        LlmException error =
                LlmTimeoutException.builder().message("m").status(504).build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(error);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            LlmException read = (LlmException) in.readObject();
            assertEquals(ErrorKind.TIMEOUT, read.kind());
            assertEquals("m", read.getMessage());
            assertTrue(read.status().isEmpty());
        }
    }
}
