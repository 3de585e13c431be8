package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.ReasoningDelta;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.UnfinishedStreamException;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.testkit.FakeReply;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Answers as they are written, and streams that break. */
public abstract class StreamRules extends ContractRules {

    private static final List<String> PIECES = List.of("Hel", "lo, ", "world");

    StreamRules(LlmProviderContract contract) {
        super(contract);
    }

    private List<ChatStreamEvent> streamed() {
        bench().streams(PIECES);
        return events(stream());
    }

    private static String text(List<ChatStreamEvent> events) {
        return events.stream()
                .filter(TextDelta.class::isInstance)
                .map(event -> ((TextDelta) event).text())
                .collect(Collectors.joining());
    }

    @Test
    @DisplayName("5.1 an answer that comes whole is a stream too")
    public void rule5_1_whole() {
        bench().answers("hello");

        ChatStream stream = provider().stream(hello(), CallContext.create());

        assertNotNull(stream, "stream gave null");
        assertEquals("hello", stream.collect().text());
    }

    @Test
    @DisplayName("5.2 the pieces of a stream, in their order, are the answer, and it is collected whole")
    public void rule5_2_pieces() {
        assertEquals("Hello, world", text(streamed()));
        bench().streams(PIECES);

        ChatResponse answer = stream().collect();

        assertEquals("Hello, world", answer.text());
        assertEquals(name(), answer.provider());
    }

    @Test
    @DisplayName("5.3 no piece is empty")
    public void rule5_3_noEmptyPiece() {
        for (ChatStreamEvent event : streamed()) {
            assertFalse(event instanceof TextDelta delta && delta.text().isEmpty(), "an empty text");
            assertFalse(event instanceof ReasoningDelta delta && delta.text().isEmpty(), "an empty reasoning");
        }
    }

    @Test
    @DisplayName("5.4 the last event is the finish, and says why the model stopped")
    public void rule5_4_finish() {
        List<ChatStreamEvent> events = streamed();

        ChatStreamEvent last = events.get(events.size() - 1);
        assertTrue(last instanceof Finish end && end.reason() == FinishReason.STOP, () -> "the last event is " + last);
        assertEquals(1, events.stream().filter(Finish.class::isInstance).count(), "how many finishes there are");
    }

    @Test
    @DisplayName("5.5 where the bytes are cut into packets does not matter")
    public void rule5_5_anyPackets() {
        HttpBench http = http();
        HttpProviderContract author = author();
        String body = author.streamStart()
                + author.streamText("\u00e9\u4e2d\ud83d\ude00 ")
                + author.streamText("done")
                + author.streamEnd();
        http.server().then(FakeReply.stream(author.streamType()).bytes(body).end());

        assertEquals("\u00e9\u4e2d\ud83d\ude00 done", text(events(stream())));
    }

    @Test
    @DisplayName("5.6 a piece can be read while the rest is still to come")
    public void rule5_6_pieceByPiece() throws Exception {
        HttpBench http = http();
        CountDownLatch read = new CountDownLatch(1);
        http.server()
                .then(http.begun(List.of("first"))
                        .await(read)
                        .piece(author().streamText(" second"))
                        .piece(author().streamEnd())
                        .end());

        CountDownLatch first = new CountDownLatch(1);
        CallUnderWay<String> reading = CallUnderWay.begin(() -> {
            StringBuilder text = new StringBuilder();
            try (ChatStream stream = stream()) {
                stream.forEachText(piece -> {
                    text.append(piece);
                    first.countDown();
                });
            }
            return text.toString();
        });

        boolean early = first.await(CallUnderWay.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        read.countDown();
        assertTrue(early, "the first piece was held back until the rest was there");
        assertEquals("first second", reading.result());
    }

    /** Reads a stream that must not come to a good end; gives its text. */
    private String brokenText() {
        return brokenText(() -> {});
    }

    /** @param onText runs when a piece of text was read */
    private String brokenText(Runnable onText) {
        List<String> read = new ArrayList<>();
        try (ChatStream stream = stream()) {
            try {
                for (ChatStreamEvent event : stream) {
                    if (event instanceof TextDelta delta) {
                        read.add(delta.text());
                        onText.run();
                    }
                }
            } catch (LlmException | UnfinishedStreamException e) {
                assertEquals(String.join("", read), stream.partial().text(), "what was read is not in partial()");
                return String.join("", read);
            }
        }
        return fail("a stream that broke came to a good end, with the text " + read);
    }

    @Test
    @DisplayName("5.7 a stream whose connection is cut is an error, after all that was read")
    public void rule5_7_cut() {
        HttpBench http = http();
        // Some clients throw away what they hold when the connection goes; what was read before must stay.
        CountDownLatch read = new CountDownLatch(1);
        http.server().then(http.begun(List.of("half")).await(read).cut());

        assertEquals("half", brokenText(read::countDown));
    }

    @Test
    @DisplayName("5.8 a stream that just ends, without a finish, is an error, after all that had come")
    public void rule5_8_endWithoutFinish() {
        bench().streamsThenEnds(List.of("half"));

        assertEquals("half", brokenText());
    }

    @Test
    @DisplayName("5.9 an error that comes in the stream is an error, after all that had come")
    public void rule5_9_errorInside() {
        HttpBench http = http();
        http.server()
                .then(http.begun(List.of("half"))
                        .piece(author().streamError("the contract tries an error"))
                        .end());

        assertEquals("half", brokenText());
    }

    @Test
    @DisplayName("5.10 an error in place of a stream is the same as in place of an answer")
    public void rule5_10_errorBefore() {
        bench().fails(ErrorKind.AUTHENTICATION);

        assertEquals(ErrorKind.AUTHENTICATION, streamError().kind());
    }

    @Test
    @DisplayName("5.11 a stream tells what was used")
    public void rule5_11_usage() {
        assumeTrue(author().tellsUsage(), "the protocol does not tell what was used");
        bench().streams(PIECES);

        ChatResponse answer = stream().collect();

        assertEquals(
                HttpProviderContract.INPUT_TOKENS, answer.usage().inputTokens().orElse(-1));
        assertEquals(
                HttpProviderContract.OUTPUT_TOKENS,
                answer.usage().outputTokens().orElse(-1));
    }

    @Test
    @DisplayName("5.12 one stream sends one request")
    public void rule5_12_oneRequest() {
        HttpBench http = http();
        http.streams(PIECES);
        http.streams(PIECES);

        Iterator<ChatStreamEvent> events = stream().iterator();
        while (events.hasNext()) {
            events.next();
        }

        assertEquals(1, http.server().posts());
    }
}
