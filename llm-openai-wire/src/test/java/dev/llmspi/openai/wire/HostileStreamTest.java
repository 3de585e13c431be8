package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests streams that would exhaust the memory, and streams that contain a model's refusal. */
class HostileStreamTest {

    private static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

    private static ChatStream stream(String... events) {
        return StreamBytes.stream(String.join("", events).getBytes(StandardCharsets.UTF_8));
    }

    private static String delta(String delta) {
        return "data: {\"choices\":[{\"delta\":{" + delta + "}}]}\n\n";
    }

    @Test
    void decode_manyBytes_parserIsReplacedBetweenEvents() throws Exception {
        byte[] event = "{\"name\":\"value\"}".getBytes(StandardCharsets.US_ASCII);
        try (ChunkParser chunks = new ChunkParser(JsonReader.STANDARD)) {
            JsonParser first = chunks.parser();
            read(chunks, event);
            assertSame(first, chunks.parser());
            for (int i = 0; i < 64 * 1024 / event.length + 2; i++) {
                read(chunks, event);
            }
            assertNotSame(first, chunks.parser());
        }
    }

    private static void read(ChunkParser chunks, byte[] event) throws Exception {
        chunks.feed(event, 0, event.length);
        assertEquals(JsonToken.START_OBJECT, chunks.parser().nextToken());
        chunks.skip(JsonToken.START_OBJECT);
        assertEquals(JsonToken.NOT_AVAILABLE, chunks.parser().nextToken());
    }

    @Test
    void decode_tooManyNamesInOneEvent_tooLarge() {
        StringBuilder names = new StringBuilder("data: {\"x\":[{");
        for (int i = 0; i < 200_000; i++) {
            names.append('"').append(i).append("\":0,");
        }
        names.append("\"\":0}]}\n\n");

        assertTooLarge(stream(names.toString(), STOP));
    }

    private static void assertTooLarge(ChatStream stream) {
        LlmException error = assertThrows(LlmException.class, stream::collect);
        assertEquals(Optional.of(ErrorReason.TOO_LARGE), error.reason());
        assertEquals(Optional.of(false), error.retryHere());
    }

    /** Each event and each fragment is small. Only their sum exceeds the limit. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"content\":\"%s\"",
                "\"reasoning\":\"%s\"",
                "\"refusal\":\"%s\"",
                "\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"%s\"}]",
                "\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"%s\"}}]",
                "\"tool_calls\":[{\"index\":0,\"id\":\"%s\",\"function\":{\"name\":\"f\"}}]",
                "\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"%s\"}}]"
            })
    void collect_fragmentsBeyondTheLimitOfAText_tooLarge(String piece) {
        String event = delta(piece.formatted("x".repeat(100_000)));

        assertTooLarge(stream(event.repeat(42), STOP));
        stream(event.repeat(41), STOP).collect();
    }

    @Test
    void collect_tooManyToolCalls_tooLarge() {
        StringBuilder events = new StringBuilder();
        for (int i = 0; i < 1025; i++) {
            events.append(
                    delta("\"tool_calls\":[{\"index\":" + i + ",\"id\":\"" + i + "\",\"function\":{\"name\":\"f\"}}]"));
        }
        assertTooLarge(stream(events.toString(), STOP));
    }

    @Test
    void collect_membersBeyondTheLimit_areNotKept() {
        StringBuilder events = new StringBuilder(delta("\"content\":\"hello\""));
        for (int i = 0; i < 20; i++) {
            events.append("data: {\"m")
                    .append(i)
                    .append("\":\"")
                    .append("x".repeat(1_000_000))
                    .append("\"}\n\n");
        }
        assertEquals("hello", stream(events.toString(), STOP).collect().text());
    }

    private static StreamAccumulator reply() {
        OpenAiDialect dialect = new OpenAiDialect() {};
        ErrorMapper errors = new ErrorMapper(dialect, TimeSource.system());
        WireReply head = new WireReply(200, name -> List.of(), JsonObject.from(null));
        return new StreamAccumulator(
                head,
                dialect,
                new ResponseDecoder(dialect, errors, JsonReader.STANDARD),
                JsonReader.STANDARD,
                Set.of());
    }

    @Test
    void collect_repeatedMember_replacesTheEarlierValue() {
        StreamAccumulator reply = reply();
        String text = "x".repeat(3_000_000);
        for (int i = 0; i < 3; i++) {
            reply.member("a", text + i);
            assertEquals(text + i, reply.soFar().body().members().get("a"));
        }
        reply.member("b", text);
        assertEquals(Set.of("a"), reply.soFar().body().members().keySet(), "no room for both");
        reply.member("a", "small");
        reply.member("b", text);
        assertEquals(Map.of("a", "small", "b", text), reply.soFar().body().members());
    }

    @Test
    void collect_tooManyMembers_areNotKept() throws Exception {
        StreamAccumulator reply = reply();
        try (ChunkDecoder chunks = new ChunkDecoder(JsonReader.STANDARD, reply::knows)) {
            for (int i = 0; i < 10_000; i++) {
                byte[] chunk = ("{\"id\":\"g\",\"text" + i + "\":\"x\",\"object" + i + "\":{\"a\":1}}")
                        .getBytes(StandardCharsets.US_ASCII);
                reply.add(chunks.decode(chunk, 0, chunk.length), new ArrayDeque<>());
            }
        }
        Map<String, Object> kept = reply.soFar().body().members();
        assertEquals(64, kept.size());
        assertEquals("g", kept.get("id"));
    }

    @Test
    void collect_refusalInFragments_isTextAndMetadata() {
        List<String> pieces = new ArrayList<>();
        ChatStream stream = stream(
                delta("\"content\":\"\",\"refusal\":\"I \""), delta("\"content\":null,\"refusal\":\"will not\""), STOP);
        for (ChatStreamEvent event : stream) {
            if (event instanceof ChatStreamEvent.TextDelta text) {
                pieces.add(text.text());
            }
        }
        assertEquals(List.of("I ", "will not"), pieces);

        ChatResponse answer = stream(delta("\"refusal\":\"I \""), delta("\"refusal\":\"will not\""), STOP)
                .collect();
        assertEquals("I will not", answer.text());
        assertEquals(Optional.of("I will not"), answer.metadata(ResponseMetadata.REFUSAL));
    }

    @Test
    void collect_refusalAfterContent_isMetadataOnly() {
        ChatResponse answer = stream(delta("\"content\":\"a\""), delta("\"refusal\":\"b\""), STOP)
                .collect();

        assertEquals("a", answer.text());
        assertEquals(Optional.of("b"), answer.metadata(ResponseMetadata.REFUSAL));
    }
}
