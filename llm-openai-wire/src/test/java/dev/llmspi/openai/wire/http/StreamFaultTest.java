package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.OpenAiDialect;
import dev.llmspi.openai.wire.OpenAiWire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of streams that break, on real sockets. */
class StreamFaultTest {

    private static final ChatRequest HELLO =
            ChatRequest.of("Hello").toBuilder().model("m").build();
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n";
    private static final String CHUNKED = HEAD + "Transfer-Encoding: chunked\r\nx-request-id: r-1\r\n\r\n";
    private static final String TEXT = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    private static final String STOP = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String USAGE = "data: {\"choices\":[],\"usage\":{\"total_tokens\":13}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final String LAST_CHUNK = "0\r\n\r\n";
    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(250);

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static LlmProvider provider(URI chat) {
        String base = chat.toString().replace("/chat/completions", "");
        return OpenAiWire.provider(
                new ProviderConfig(
                        "local",
                        "llm.providers.local",
                        Map.of("base-url", base, "api-key", "sk-c4n4ry0123456789"),
                        path -> "",
                        new ArrayList<>(),
                        TimeSource.system()),
                new OpenAiDialect() {});
    }

    /** Answers with the given bytes, then closes the connection. */
    private static RawServer closing(String... parts) throws IOException {
        return new RawServer((number, connection) -> {
            connection.request();
            connection.write(String.join("", parts));
        });
    }

    private static ChatResponse collect(RawServer server) {
        try (LlmProvider provider = provider(server.uri());
                ChatStream stream = provider.stream(HELLO, CallContext.create())) {
            return stream.collect();
        }
    }

    private static LlmException failure(RawServer server, String delivered) {
        try (LlmProvider provider = provider(server.uri());
                ChatStream stream = provider.stream(HELLO, CallContext.create())) {
            LlmException error = assertThrows(LlmException.class, stream::collect);
            assertEquals(delivered, stream.partial().text());
            assertTrue(stream.partial().toolCalls().isEmpty());
            assertEquals("local", error.provider());
            assertEquals(Optional.of("m"), error.model());
            assertTrue(error.requestSent());
            assertEquals(1, server.requests.get());
            return error;
        }
    }

    @Test
    void done_connectionKeptOpen_completesAndLetsGoAtOnce() throws Exception {
        CompletableFuture<Long> sent = new CompletableFuture<>();
        CompletableFuture<Long> gone = new CompletableFuture<>();
        try (RawServer server = new RawServer((number, connection) -> {
                    connection.request();
                    connection.write(CHUNKED + chunk(TEXT) + chunk(STOP));
                    sent.complete(System.nanoTime());
                    connection.write(chunk(DONE));
                    connection.awaitEnd();
                    gone.complete(System.nanoTime());
                });
                LlmProvider provider = provider(server.uri())) {
            // Not closed: the end itself must let go.
            assertEquals(
                    "Hi", provider.stream(HELLO, CallContext.create()).collect().text());

            assertTrue(System.nanoTime() - sent.get() < TimeUnit.MILLISECONDS.toNanos(100));
            assertTrue(gone.get(5, TimeUnit.SECONDS) - sent.get() < TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    @Test
    void done_bodyEnds_connectionReused() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
                    for (int i = 0; i < 3; i++) {
                        connection.request();
                        connection.write(CHUNKED + chunk(TEXT + STOP + DONE + "data: {\"garbage") + LAST_CHUNK);
                    }
                });
                LlmProvider provider = provider(server.uri())) {
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        "Hi",
                        provider.stream(HELLO, CallContext.create()).collect().text());
            }
            assertEquals(1, server.connections.get());
        }
    }

    @Test
    void end_cleanWithoutFinish_truncated() throws Exception {
        try (RawServer server = closing(CHUNKED, chunk(TEXT), LAST_CHUNK)) {
            LlmException error = failure(server, "Hi");
            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(Optional.of(ErrorReason.TRUNCATED), error.reason());
            assertEquals(Optional.of("r-1"), error.requestId());
        }
    }

    @Test
    void end_cleanInsideAnEvent_truncated() throws Exception {
        try (RawServer server = closing(HEAD, "\r\n", TEXT, STOP.substring(0, STOP.length() - 6))) {
            assertEquals(
                    Optional.of(ErrorReason.TRUNCATED), failure(server, "Hi").reason());
        }
    }

    @Test
    void end_cut_connectionLost() throws Exception {
        try (RawServer server = closing(CHUNKED, chunk(TEXT))) {
            LlmException error = failure(server, "Hi");
            assertEquals(ErrorKind.CONNECTION, error.kind());
            assertEquals(Optional.of(ErrorReason.CONNECTION_LOST), error.reason());
            assertEquals(Optional.of("r-1"), error.requestId());
        }
    }

    @Test
    void end_reset_connectionLost() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RawServer server = new RawServer((number, connection) -> {
                    connection.request();
                    connection.write(CHUNKED + chunk(TEXT));
                    read.await();
                    connection.socket.setSoLinger(true, 0);
                });
                LlmProvider provider = provider(server.uri());
                ChatStream stream = provider.stream(HELLO, CallContext.create())) {
            Iterator<ChatStreamEvent> events = stream.iterator();
            assertEquals(new ChatStreamEvent.TextDelta("Hi"), events.next());
            read.countDown();

            LlmException error = assertThrows(LlmException.class, events::next);
            assertEquals(Optional.of(ErrorReason.CONNECTION_LOST), error.reason());
            assertEquals(error, assertThrows(LlmException.class, events::next));
        }
    }

    @Test
    void end_anyAfterFinish_completeWithUsage() throws Exception {
        for (String end : List.of(chunk(DONE) + LAST_CHUNK, LAST_CHUNK, "", chunk("data: {\"half") + LAST_CHUNK)) {
            try (RawServer server = closing(CHUNKED, chunk(TEXT), chunk(STOP), chunk(USAGE), end)) {
                ChatResponse answer = collect(server);
                assertEquals(FinishReason.STOP, answer.finishReason());
                assertEquals(13, answer.usage().totalTokens().orElseThrow());
            }
        }
    }

    @Tag("fault-6.14")
    @Test
    void end_silenceAfterFinish_completesWithinASecond() throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.write(CHUNKED + chunk(TEXT) + chunk(STOP) + chunk(USAGE));
            while (true) {
                // A comment is no event.
                connection.write(chunk(": still here\n\n"));
            }
        })) {
            long start = System.nanoTime();
            assertEquals(13, collect(server).usage().totalTokens().orElseThrow());
            assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(2500));
        }
    }

    @Test
    void error_afterFinish_stillFails() throws Exception {
        try (RawServer server = closing(CHUNKED, chunk(TEXT + STOP), chunk("data: {\"error\":{\"code\":502}}\n\n"))) {
            assertEquals(ErrorKind.SERVICE, failure(server, "Hi").kind());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"code\":429,\"message\":\"slow\"}}",
                "{\"error\":{\"code\":\"429\"},\"choices\":[]}",
                "{\"choices\":[{\"delta\":{\"content\":\"lost\"},\"finish_reason\":\"stop\"}],\"error\":{\"code\":429}}",
                "{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\",\"error\":{\"code\":429}}]}",
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}],\"error\":{\"code\":429}}",
                "{\"error\":\"rate_limit_exceeded\"}"
            })
    void error_beforeAndAfterText_kindByCodeAtOnce(String event) throws Exception {
        for (String text : List.of("", TEXT)) {
            CountDownLatch judged = new CountDownLatch(1);
            try (RawServer server = new RawServer((number, connection) -> {
                connection.request();
                connection.write(CHUNKED + chunk(text + "event: error\ndata: " + event + "\n\n"));
                judged.await(); // the error is not kept waiting for the end
            })) {
                LlmException error = failure(server, text.isEmpty() ? "" : "Hi");
                judged.countDown();
                assertEquals(ErrorKind.RATE_LIMIT, error.kind(), error::getMessage);
                assertEquals(Optional.of("r-1"), error.requestId());
            }
        }
    }

    @Test
    void error_finishReasonAlone_service() throws Exception {
        try (RawServer server = closing(CHUNKED, chunk(TEXT + STOP.replace("stop", "error") + DONE))) {
            assertEquals(ErrorKind.SERVICE, failure(server, "Hi").kind());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"choices\":[}\n\n",
                "data: hello\n\n",
                "data: []\n\n",
                "data: 7\n\n",
                "data: {} {}\n\n",
                "data: {\"a\":1\n\ndata: }\n\n",
                "data: {\"choices\":[{\"delta\":{\"content\":{\"a\":1}}}]}\n\n",
                "data: {\"choices\":[{\"delta\":{\"content\":\"\u00ff\"}}]}\n\n",
                "data: {\"skipped\":[\"\u00c3(\"]}\n\n"
            })
    void event_unreadable_malformed(String event) throws Exception {
        try (RawServer server = closing(CHUNKED, chunk(TEXT), chunk(event), chunk(STOP), LAST_CHUNK)) {
            LlmException error = failure(server, "Hi");
            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(Optional.of(ErrorReason.MALFORMED_RESPONSE), error.reason());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ": hello\n\n", "data: [DONE]\n\n", "data: {\"choices\":[]}\n\ndata: [DONE]\n\n"})
    void stream_nothingInIt_emptyResponse(String body) throws Exception {
        try (RawServer server = closing(HEAD, "\r\n", body)) {
            LlmException error = failure(server, "");
            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(Optional.of(ErrorReason.EMPTY_RESPONSE), error.reason());
        }
    }

    @Test
    void done_withoutFinish_completeAsUnknown() throws Exception {
        try (RawServer server = closing(HEAD, "\r\n", TEXT, DONE)) {
            assertEquals(FinishReason.UNKNOWN, collect(server).finishReason());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 205, 206, 299})
    void status_noAnswerThoughAStream_serviceAtOnce(int status) throws Exception {
        try (RawServer server = new RawServer((number, connection) -> {
                    connection.request();
                    connection.write(CHUNKED.replace("200 OK", status + " X") + chunk(TEXT + STOP));
                    connection.awaitEnd(); // nobody waits for the end
                });
                LlmProvider provider = provider(server.uri())) {
            LlmException error = assertThrows(LlmException.class, () -> provider.stream(HELLO, CallContext.create()));

            assertEquals(ErrorKind.SERVICE, error.kind());
            assertEquals(status, error.status().orElseThrow());
            assertTrue(error.requestSent());
        }
    }

    @Test
    void body_jsonThoughAStreamWasAsked_wholeAnswer() throws Exception {
        String json = "{\"id\":\"g1\",\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"Hi\"}}],"
                + "\"usage\":{\"total_tokens\":13}}";
        try (RawServer server = closing("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", json)) {
            ChatResponse answer = collect(server);
            assertEquals("Hi", answer.text());
            assertEquals(13, answer.usage().totalTokens().orElseThrow());
            assertTrue(answer.message().isFrom("local", "m"));
        }
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
    void body_noStream_errorAsInChat(String status, String type, String body, ErrorKind kind) throws Exception {
        try (RawServer server = closing("HTTP/1.1 ", status, "\r\nContent-Type: ", type, "\r\n\r\n", body);
                LlmProvider provider = provider(server.uri())) {
            LlmException error = assertThrows(LlmException.class, () -> provider.stream(HELLO, CallContext.create()));
            assertEquals(kind, error.kind());
        }
    }

    /** The server sends a text and hangs; the test ends the stream; the server must see it. */
    private interface Ending {
        void end(ChatStream stream, Cancellation cancellation, Thread reader);
    }

    private static void assertEnds(Ending ending, Class<? extends RuntimeException> thrown) throws Exception {
        CompletableFuture<Long> gone = new CompletableFuture<>();
        CountDownLatch reading = new CountDownLatch(1);
        try (RawServer server = new RawServer((number, connection) -> {
                    connection.request();
                    connection.write(CHUNKED + chunk(TEXT));
                    connection.awaitEnd();
                    gone.complete(System.nanoTime());
                });
                LlmProvider provider = provider(server.uri())) {
            Cancellation cancellation = Cancellation.create();
            ChatStream stream = provider.stream(
                    HELLO, CallContext.builder().cancellation(cancellation).build());
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            Thread reader = new Thread(() -> {
                try {
                    stream.forEachText(text -> reading.countDown());
                    outcome.complete(null);
                } catch (RuntimeException e) {
                    outcome.complete(e);
                }
            });
            reader.start();
            reading.await();
            long start = System.nanoTime();
            ending.end(stream, cancellation, reader);

            assertTrue(gone.get(5, TimeUnit.SECONDS) - start < SOON);
            Throwable error = outcome.get(5, TimeUnit.SECONDS);
            assertTrue(thrown.isInstance(error), () -> "" + error);
            if (error instanceof LlmException failure) {
                assertEquals(Optional.of(ErrorReason.CANCELLED), failure.reason());
                assertEquals(ErrorKind.CONNECTION, failure.kind());
            }
            reader.join();
            assertEquals(1, server.requests.get());
        }
    }

    @Test
    void cancel_whileReading_serverSeesIt() throws Exception {
        assertEnds((stream, cancellation, reader) -> cancellation.cancel(), LlmException.class);
    }

    @Test
    void close_fromAnotherThread_serverSeesIt() throws Exception {
        assertEnds((stream, cancellation, reader) -> stream.close(), CancellationException.class);
    }

    @Test
    void interrupt_whileReading_serverSeesIt() throws Exception {
        // What core does for a reader that is interrupted.
        assertEnds(
                (stream, cancellation, reader) -> {
                    reader.interrupt();
                    cancellation.cancel();
                },
                LlmException.class);
    }

    @Test
    void providerClose_whileReading_endsTheStream() throws Exception {
        CompletableFuture<Long> gone = new CompletableFuture<>();
        try (RawServer server = new RawServer((number, connection) -> {
            connection.request();
            connection.write(CHUNKED + chunk(TEXT));
            connection.awaitEnd();
            gone.complete(System.nanoTime());
        })) {
            LlmProvider provider = provider(server.uri());
            Iterator<ChatStreamEvent> events =
                    provider.stream(HELLO, CallContext.create()).iterator();
            events.next();
            long start = System.nanoTime();
            provider.close();

            assertTrue(gone.get(5, TimeUnit.SECONDS) - start < SOON);
            LlmException error = assertThrows(LlmException.class, events::next);
            assertEquals(Optional.of(ErrorReason.CANCELLED), error.reason());
        }
    }

    @Test
    void close_withoutReading_serverSeesIt() throws Exception {
        CompletableFuture<Long> gone = new CompletableFuture<>();
        try (RawServer server = new RawServer((number, connection) -> {
                    connection.request();
                    connection.write(CHUNKED + chunk(TEXT));
                    connection.awaitEnd();
                    gone.complete(System.nanoTime());
                });
                LlmProvider provider = provider(server.uri())) {
            ChatStream stream = provider.stream(HELLO, CallContext.create());
            stream.iterator().next();
            long start = System.nanoTime();
            stream.close();
            stream.close();
            assertTrue(gone.get(5, TimeUnit.SECONDS) - start < SOON);
        }
    }

    @Test
    void stream_gzip_eventsAsTheyCome() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RawServer server = new RawServer((number, connection) -> {
                    connection.request();
                    connection.write(HEAD + "Content-Encoding: gzip\r\n\r\n");
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    GZIPOutputStream gzip = new GZIPOutputStream(bytes, true);
                    gzip.write(TEXT.getBytes(StandardCharsets.UTF_8));
                    gzip.flush();
                    connection.write(bytes.toByteArray());
                    read.await();
                    bytes.reset();
                    gzip.write((STOP + DONE).getBytes(StandardCharsets.UTF_8));
                    gzip.close();
                    connection.write(bytes.toByteArray());
                });
                LlmProvider provider = provider(server.uri());
                ChatStream stream = provider.stream(HELLO, CallContext.create())) {
            ChatResponse answer = stream.forEachText(text -> read.countDown());
            assertEquals("Hi", answer.text());
            assertFalse(stream.isCancelled());
        }
    }

    @Tag("fault-6.13")
    @Test
    void stream_gzipCut_truncated() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes, true)) {
            gzip.write(TEXT.getBytes(StandardCharsets.UTF_8));
            gzip.flush();
            byte[] half = bytes.toByteArray();
            try (RawServer server = new RawServer((number, connection) -> {
                connection.request();
                connection.write(HEAD + "Content-Encoding: gzip\r\n\r\n");
                connection.write(half);
            })) {
                assertEquals(
                        Optional.of(ErrorReason.TRUNCATED),
                        failure(server, "Hi").reason());
            }
        }
    }
}
