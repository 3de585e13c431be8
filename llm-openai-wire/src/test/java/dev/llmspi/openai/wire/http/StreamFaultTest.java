package dev.llmspi.openai.wire.http;

import static dev.llmspi.openai.wire.http.StreamReplies.DONE;
import static dev.llmspi.openai.wire.http.StreamReplies.STOP;
import static dev.llmspi.openai.wire.http.StreamReplies.TEXT;
import static dev.llmspi.openai.wire.http.StreamReplies.USAGE;
import static dev.llmspi.openai.wire.http.StreamReplies.events;
import static dev.llmspi.openai.wire.http.StreamReplies.untilClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.openai.wire.Bench;
import dev.llmspi.testkit.FakeReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the outcomes of streams that break or end in unusual ways. */
@Timeout(20)
class StreamFaultTest {

    private static final String EVENTS = "text/event-stream";

    private static ChatResponse collect(FakeReply reply) {
        try (Bench bench = Bench.replying(reply);
                ChatStream stream = bench.stream()) {
            return stream.collect();
        }
    }

    private static LlmException failure(FakeReply reply, String delivered) {
        try (Bench bench = Bench.replying(reply);
                ChatStream stream = bench.stream()) {
            LlmException error = assertThrows(LlmException.class, stream::collect);
            assertEquals(delivered, stream.partial().text());
            assertTrue(stream.partial().toolCalls().isEmpty());
            assertEquals("local", error.provider());
            assertEquals(Optional.of("m"), error.model());
            assertTrue(error.requestSent());
            assertEquals(1, bench.server.posts());
            return error;
        }
    }

    private static Arguments row(
            String name, FakeReply reply, String delivered, ErrorKind kind, ErrorReason reason, boolean hasRequestId) {
        return arguments(name, reply, delivered, kind, Optional.of(reason), hasRequestId);
    }

    static List<Arguments> brokenStreams() {
        String half = STOP.substring(0, STOP.length() - 6);
        ErrorKind service = ErrorKind.SERVICE;
        List<Arguments> rows = new ArrayList<>(List.of(
                row("clean end", events(TEXT).end(), "Hi", service, ErrorReason.TRUNCATED, true),
                row(
                        "end inside an event",
                        untilClose("200 OK", EVENTS, TEXT + half),
                        "Hi",
                        service,
                        ErrorReason.TRUNCATED,
                        false),
                row(
                        "closed connection",
                        events(TEXT).cut(),
                        "Hi",
                        ErrorKind.CONNECTION,
                        ErrorReason.CONNECTION_LOST,
                        true),
                row(
                        "finish reason error",
                        events(TEXT, STOP.replace("stop", "error"), DONE).end(),
                        "Hi",
                        service,
                        ErrorReason.TRUNCATED,
                        true)));
        for (String event : List.of(
                "data: {\"choices\":[}\n\n",
                "data: hello\n\n",
                "data: []\n\n",
                "data: 7\n\n",
                "data: {} {}\n\n",
                "data: {\"a\":1\n\ndata: }\n\n",
                "data: {\"choices\":[{\"delta\":{\"content\":{\"a\":1}}}]}\n\n",
                "data: {\"choices\":[{\"delta\":{\"content\":\"\u00ff\"}}]}\n\n",
                "data: {\"skipped\":[\"\u00c3(\"]}\n\n")) {
            FakeReply reply = events(TEXT, event, STOP).end();
            rows.add(row("malformed " + event.strip(), reply, "Hi", service, ErrorReason.MALFORMED_RESPONSE, true));
        }
        for (String body : List.of("", ": hello\n\n", DONE, "data: {\"choices\":[]}\n\n" + DONE)) {
            FakeReply reply = untilClose("200 OK", EVENTS, body);
            rows.add(row("empty " + body.strip(), reply, "", service, ErrorReason.EMPTY_RESPONSE, false));
        }
        return rows;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenStreams")
    void collect_brokenStream_failsWithTheDeliveredText(
            String name,
            FakeReply reply,
            String delivered,
            ErrorKind kind,
            Optional<ErrorReason> reason,
            boolean hasRequestId) {
        LlmException error = failure(reply, delivered);

        assertEquals(kind, error.kind());
        assertEquals(reason, error.reason());
        assertEquals(hasRequestId ? Optional.of("r-1") : Optional.empty(), error.requestId());
    }

    @Test
    void next_connectionReset_failsAgainAndAgain() {
        CountDownLatch read = new CountDownLatch(1);
        try (Bench bench = Bench.replying(events(TEXT).await(read).broken());
                ChatStream stream = bench.stream()) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            assertEquals(new ChatStreamEvent.TextDelta("Hi"), events.next());
            read.countDown();

            LlmException error = assertThrows(LlmException.class, events::next);
            assertEquals(Optional.of(ErrorReason.CONNECTION_LOST), error.reason());
            assertEquals(error, assertThrows(LlmException.class, events::next));
        }
    }

    static List<FakeReply> endsAfterTheFinishReason() {
        return List.of(
                events(TEXT, STOP, USAGE, DONE).end(),
                events(TEXT, STOP, USAGE).end(),
                events(TEXT, STOP, USAGE).cut(),
                events(TEXT, STOP, USAGE, "data: {\"half").end());
    }

    @ParameterizedTest
    @MethodSource("endsAfterTheFinishReason")
    void collect_anyEndAfterTheFinishReason_isCompleteWithUsage(FakeReply reply) {
        ChatResponse answer = collect(reply);
        assertEquals(FinishReason.STOP, answer.finishReason());
        assertEquals(13, answer.usage().totalTokens().orElseThrow());
    }

    @Test
    void collect_doneWithoutFinishReason_isCompleteAsUnknown() {
        assertEquals(
                FinishReason.UNKNOWN,
                collect(untilClose("200 OK", EVENTS, TEXT + DONE)).finishReason());
    }

    @Test
    void collect_errorAfterTheFinishReason_fails() {
        FakeReply reply =
                events(TEXT + STOP, "data: {\"error\":{\"code\":502}}\n\n").end();
        assertEquals(ErrorKind.SERVICE, failure(reply, "Hi").kind());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"code\":429,\"message\":\"slow\"}}",
                "{\"error\":{\"code\":\"429\"},\"choices\":[]}",
                "{\"choices\":[{\"delta\":{\"content\":\"lost\"},\"finish_reason\":\"stop\"}],"
                        + "\"error\":{\"code\":429}}",
                "{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\",\"error\":{\"code\":429}}]}",
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}],\"error\":{\"code\":429}}",
                "{\"error\":\"rate_limit_exceeded\"}"
            })
    void collect_errorBeforeOrAfterText_failsWithoutWaitingForTheEnd(String event) {
        for (String text : List.of("", TEXT)) {
            LlmException error =
                    failure(events(text + "event: error\ndata: " + event + "\n\n"), text.isEmpty() ? "" : "Hi");

            assertEquals(ErrorKind.RATE_LIMIT, error.kind(), error::getMessage);
            assertEquals(Optional.of("r-1"), error.requestId());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 205, 206, 299})
    void stream_statusWithoutAnAnswer_failsWithoutWaitingForTheEnd(int status) {
        FakeReply open = TransportBench.open("HTTP/1.1 " + status + " X\r\nContent-Type: " + EVENTS
                + "\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(TEXT.length()) + "\r\n" + TEXT);
        try (Bench bench = Bench.replying(open)) {
            LlmException error = assertThrows(LlmException.class, bench::stream);

            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(status, error.status().orElseThrow());
            assertTrue(error.requestSent());
        }
    }

    @Test
    void collect_jsonInsteadOfAStream_isTheWholeAnswer() {
        String json = "{\"id\":\"g1\",\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"Hi\"}}],"
                + "\"usage\":{\"total_tokens\":13}}";
        ChatResponse answer = collect(untilClose("200 OK", "application/json", json));

        assertEquals("Hi", answer.text());
        assertEquals(13, answer.usage().totalTokens().orElseThrow());
        assertTrue(answer.message().isFrom("local", "m"));
    }

    @ParameterizedTest
    @CsvSource({
        "200 OK,application/json,'{\"error\":{\"code\":429}}',RATE_LIMIT",
        "200 OK,text/html,<html>hello</html>,SERVICE",
        "200 OK,text/plain,hello,SERVICE",
        "429 Slow,application/json,'{\"error\":{\"code\":429}}',RATE_LIMIT",
        "502 Bad,text/event-stream,x,SERVICE",
        "302 Found,text/event-stream,x,SERVICE"
    })
    void stream_replyIsNotAStream_failsLikeChat(String status, String type, String body, ErrorKind kind) {
        try (Bench bench = Bench.replying(untilClose(status, type, body))) {
            assertEquals(kind, assertThrows(LlmException.class, bench::stream).kind());
        }
    }

    @Test
    void forEachText_gzip_eventsArriveWhileTheStreamIsOpen() throws IOException {
        CountDownLatch read = new CountDownLatch(1);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        GZIPOutputStream gzip = new GZIPOutputStream(compressed, true);
        byte[] first = flushed(gzip, compressed, TEXT);
        byte[] second = flushed(gzip, compressed, STOP + DONE);
        FakeReply reply = FakeReply.events("Content-Encoding: gzip")
                .piece(first)
                .await(read)
                .piece(second)
                .end();
        try (Bench bench = Bench.replying(reply);
                ChatStream stream = bench.stream()) {
            assertEquals("Hi", stream.forEachText(text -> read.countDown()).text());
        }
    }

    @Tag("fault-6.13")
    @Test
    void collect_gzipCut_truncated() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        byte[] half = flushed(new GZIPOutputStream(compressed, true), compressed, TEXT);
        FakeReply reply = FakeReply.events("Content-Encoding: gzip").piece(half).end();

        assertEquals(Optional.of(ErrorReason.TRUNCATED), failure(reply, "Hi").reason());
    }

    private static byte[] flushed(GZIPOutputStream gzip, ByteArrayOutputStream compressed, String text)
            throws IOException {
        gzip.write(text.getBytes(StandardCharsets.UTF_8));
        gzip.flush();
        byte[] bytes = compressed.toByteArray();
        compressed.reset();
        return bytes;
    }
}
