package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.http.TransportException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests what happens to the connection when a stream ends, and connections that break before or after the finish
 * reason.
 */
class StreamConnectionTest {

    private static final String TEXT = "{\"choices\":[{\"delta\":{\"content\":\"hello\"}}]}";
    private static final String STOP = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";

    private static StreamBytes broken(ErrorReason reason, String... events) {
        TransportException end =
                new TransportException(ErrorKind.CONNECTION, reason, true, 200, "the connection broke", null);
        return StreamBytes.events(end, events);
    }

    /** Reads a stream to its end without closing it, and returns its text. */
    private static String read(StreamBytes body) {
        ChatStream stream = body.stream();
        stream.iterator().forEachRemaining(event -> {});
        return stream.partial().text();
    }

    private static LlmException failure(StreamBytes body) {
        return assertThrows(LlmException.class, () -> read(body));
    }

    @Test
    void end_completeAnswer_letsTheConnectionGo() {
        StreamBytes body = StreamBytes.events(TEXT, STOP, "[DONE]");
        assertEquals("hello", read(body));
        assertEquals(List.of("limit 1000", "let go"), body.actions());
    }

    @Test
    void end_errorEvent_letsTheConnectionGo() {
        StreamBytes body = StreamBytes.events(TEXT, "{\"error\":{\"code\":502,\"message\":\"x\"}}");
        assertEquals(502, failure(body).status().orElseThrow());
        assertEquals(List.of("let go"), body.actions());
    }

    @Test
    void end_malformedEvent_closesTheConnection() {
        StreamBytes body = StreamBytes.events(TEXT, "{no json");
        assertEquals(Optional.of(ErrorReason.MALFORMED_RESPONSE), failure(body).reason());
        assertEquals(List.of("close"), body.actions());
    }

    @ParameterizedTest
    @CsvSource({"60000,1000", "550,500", "40,1"})
    void limitReading_afterTheFinishReason_endsBeforeTheAttempt(long remainingMillis, long limitMillis) {
        StreamBytes body = StreamBytes.events(STOP);
        body.stream(Duration.ofMillis(remainingMillis)).collect();
        assertEquals("limit " + limitMillis, body.actions().get(0));
    }

    @Test
    void read_breakAfterTheFinishReason_isComplete() {
        StreamBytes body = broken(ErrorReason.CONNECTION_LOST, TEXT, STOP);
        assertEquals("hello", read(body));
    }

    @Test
    void read_cancelAfterTheFinishReason_fails() {
        assertEquals(
                Optional.of(ErrorReason.CANCELLED),
                failure(broken(ErrorReason.CANCELLED, TEXT, STOP)).reason());
    }

    @Test
    void read_breakBeforeTheFinishReason_failsWithTheIdOfTheAnswer() {
        LlmException error =
                failure(broken(ErrorReason.CONNECTION_LOST, TEXT.replaceFirst("\\{", "{\"id\":\"gen-1\",")));
        assertEquals(Optional.of(ErrorReason.CONNECTION_LOST), error.reason());
        assertEquals(Optional.of("gen-1"), error.requestId());
    }
}
