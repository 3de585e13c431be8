package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.FinishReason;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that each valid form of a stream yields the same text, from both providers. */
@Timeout(60)
class StreamShapeTest {

    private static final String TEXT = "Grüße, 世界 \uD83C\uDF89\n— \u2028\u2029\u0085 \"ja\"\t\\o/";

    private static final String ROLE =
            "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}";
    private static final String FIRST =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Grüße, 世界 \uD83C\uDF89\\n— \"}}]}";
    private static final String SECOND =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\u2028\u2029\u0085 \\\"ja\\\"\\t\\\\o/\"}}]}";
    private static final String FINISH = "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final String USAGE =
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7}}";
    private static final List<String> EVENTS = List.of(ROLE, FIRST, SECOND, FINISH, USAGE, "[DONE]");

    private static final long SEED = Long.getLong("llmspi.seed", new Random().nextLong());

    /** Returns the events of the stream, with the given text before and after the data of each event. */
    private static String stream(String before, String behind) {
        StringBuilder all = new StringBuilder();
        EVENTS.forEach(data -> all.append(before).append(data).append(behind));
        return all.toString();
    }

    private static void assertSame(String body) {
        assertSame(StreamReply.chunked().body(body).end(), "chunked");
        assertSame(StreamReply.untilClose().body(body).end(), "until close");
    }

    private static void assertSame(Reply reply, String where) {
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench = FaultBench.alone(provider)) {
                bench.server(provider).always(reply);
                Outcome outcome = bench.call(Mode.STREAM);
                ChatResponse answer = outcome.answer();
                assertEquals(TEXT, answer.text(), where);
                assertEquals(TEXT, String.join("", outcome.texts()), where);
                assertEquals(FinishReason.STOP, answer.finishReason(), where);
                assertEquals(7, answer.usage().totalTokens().orElse(-1), where);
                assertEquals(1, outcome.attempts().size(), where);
            }
        }
    }

    @Tag("fault-6.1")
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void lineEnds_ofEachKind(String end) {
        assertSame(stream("data: ", end + end));
    }

    @Tag("fault-6.1")
    @Test
    void lineEnds_mixed() {
        Random random = new Random(SEED);
        String[] ends = {"\n", "\r\n", "\r"};
        for (int run = 0; run < 20; run++) {
            StringBuilder body = new StringBuilder();
            for (String data : EVENTS) {
                body.append(": comment").append(ends[random.nextInt(3)]);
                body.append("data: ").append(data).append(ends[random.nextInt(3)]);
                // The second line ending never starts with LF after a CR, because both would count as a single line
                // ending.
                body.append("id: 1").append(ends[random.nextInt(3)]).append(ends[random.nextInt(2)]);
                body.append("id: 2\n\n");
            }
            assertSame(StreamReply.chunked().body(body.toString()).end(), "seed " + SEED + ", run " + run);
        }
    }

    @Tag("fault-6.2")
    @Test
    void byteOrderMark_inFront() {
        assertSame("\uFEFF" + stream("data: ", "\n\n"));
    }

    @Tag("fault-6.3")
    @Test
    void comments_anywhere() {
        assertSame(
                ": first\n\n:\n" + stream(":\n: OPENROUTER PROCESSING\ndata: ", "\n:data: [DONE]\n\n:\n\n") + ": last");
    }

    @Tag("fault-6.4")
    @Test
    void data_withoutASpace() {
        assertSame(stream("data:", "\n\n"));
    }

    @Tag("fault-6.5")
    @Test
    void data_inSeveralLines() {
        assertSame(stream("data: ", "\n\n")
                .replace("{\"choices\":[", "{\"choices\":\ndata: [\ndata:")
                .replace(",\"usage\":", "\ndata:  ,\"usage\":\ndata\ndata: "));
    }

    @Tag("fault-6.6")
    @Test
    void otherFields_anywhere() {
        assertSame("retry: 10\n\n"
                + stream("event: message\nid: 7\nretry: soon\nnothing\ndatum: x\ndata: ", "\nid\nfoo: data: x\n\n"));
    }

    @Tag("fault-6.7")
    @Test
    void emptyEvents_anywhere() {
        assertSame("\n\n\n" + stream("data: ", "\n\n\n\ndata:\n\ndata: \n\nevent: ping\n\nid: 1\n\n"));
    }

    @Tag("fault-6.8")
    @Test
    void pieces_ofOneByteEach() {
        byte[] bytes = stream("data: ", "\r\n\r\n").getBytes(UTF_8);
        StreamReply reply = StreamReply.chunked();
        for (byte each : bytes) {
            reply = reply.body(new byte[] {each});
        }
        assertSame(reply.end(), "one byte each");
    }

    @Tag("fault-6.8")
    @Test
    void pieces_cutAnywhere() {
        byte[] bytes = stream("data: ", "\r\n\r\n").getBytes(UTF_8);
        Random random = new Random(SEED);
        for (int run = 0; run < 20; run++) {
            StreamReply reply = random.nextBoolean() ? StreamReply.chunked() : StreamReply.untilClose();
            int from = 0;
            while (from < bytes.length) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(60));
                reply = reply.body(Arrays.copyOfRange(bytes, from, to));
                from = to;
            }
            assertSame(reply.end(), "seed " + SEED + ", run " + run);
        }
    }

    /** These characters separate lines in some standards, but they must remain part of the text. */
    @Tag("fault-6.9")
    @ParameterizedTest
    @ValueSource(strings = {"\u2028", "\u2029", "\u0085", "\u000B", "\u000C"})
    void separators_withinAText(String separator) {
        String escaped = separator.codePointAt(0) < 0x20 ? "\\u%04x".formatted(separator.codePointAt(0)) : separator;
        assertText("a" + separator + "b", "{\"content\":\"a" + escaped + "b\"}");
    }

    @Tag("fault-6.10")
    @Test
    void surrogatePair_overTwoDeltas() {
        assertText("a\uD83C\uDF89b", "{\"content\":\"a\\ud83c\"}", "{\"content\":\"\\udf89b\"}");
        assertText(
                "\uD83C\uDF89\uD83D\uDE00",
                "{\"content\":\"\\ud83c\"}",
                "{\"content\":\"\\udf89\\ud83d\"}",
                "{\"content\":\"\\ude00\"}");
    }

    private static void assertText(String text, String... deltas) {
        StreamReply reply = StreamReply.chunked();
        for (String delta : deltas) {
            reply = reply.event("{\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}");
        }
        try (FaultBench bench = FaultBench.alone("openrouter")) {
            bench.openrouter.then(reply.event(FINISH).done());
            Outcome outcome = bench.call(Mode.STREAM);
            assertEquals(text, outcome.answer().text());
            assertEquals(text, String.join("", outcome.texts()));
        }
    }

    @Tag("fault-6.11")
    @ParameterizedTest
    @ValueSource(strings = {"\"choices\":[],", "\"choices\":null,", ""})
    void usage_inAChunkWithoutChoices(String choices) {
        assertSame(stream("data: ", "\n\n").replace("\"choices\":[],", choices));
    }

    @Tag("fault-6.12")
    @Test
    void content_nullOrMissing() {
        String nothing = "\n\ndata: {\"choices\":[{\"index\":0,\"delta\":%s}]}";
        assertSame(stream(
                        "data: ",
                        nothing.formatted("{\"content\":null}") + nothing.formatted("{}")
                                + nothing.formatted("{\"role\":\"assistant\"}") + nothing.formatted("null") + "\n\n")
                // the client ignores everything after [DONE]
                + "data: {");
    }

    @Tag("fault-6.13")
    @Test
    void gzip_inPiecesAsTheyCome() throws IOException {
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n"
                        + "Connection: close\r\n\r\n")
                .getBytes(US_ASCII);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed, true)) {
            for (String data : EVENTS) {
                gzip.write(("data: " + data + "\n\n").getBytes(UTF_8));
                gzip.flush();
            }
        }
        byte[] body = compressed.toByteArray();
        assertSame(
                connection -> {
                    connection.write(head);
                    for (byte each : body) {
                        connection.write(new byte[] {each});
                    }
                    connection.close();
                },
                "gzip");
    }

    @Tag("fault-6.14")
    @ParameterizedTest
    @ValueSource(strings = {"data: [DONE]\n", "data: [DONE]", "data: [DON", "data", ""})
    void done_withoutABlankLineOrMissing(String done) {
        assertSame(stream("data: ", "\n\n").replace("data: [DONE]\n\n", done));
    }

    /** The finish reason has already announced the end, so it does not matter that the connection then breaks. */
    @Tag("fault-6.14")
    @Test
    void done_missing_connectionCut() {
        assertSame(
                StreamReply.chunked()
                        .body(stream("data: ", "\n\n").replace("data: [DONE]\n\n", ""))
                        .cut(),
                "cut");
    }
}
