package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.api.AssistantMessage;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for streamed answers, including broken streams. */
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
    @DisplayName("5.1 a complete answer can also be read as a stream")
    public void rule5_1_whole() {
        bench().answers("hello");

        ChatStream stream = provider().stream(hello(), CallContext.create());

        assertNotNull(stream, "stream returned null");
        assertEquals("hello", stream.collect().text());
    }

    @Test
    @DisplayName("5.2 the pieces of a stream add up to the answer, and collect() returns it")
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
    @DisplayName("5.4 the last event is the finish event, with the finish reason")
    public void rule5_4_finish() {
        List<ChatStreamEvent> events = streamed();

        ChatStreamEvent last = events.get(events.size() - 1);
        assertTrue(last instanceof Finish end && end.reason() == FinishReason.STOP, () -> "the last event is " + last);
        assertEquals(1, events.stream().filter(Finish.class::isInstance).count(), "number of finish events");
    }

    @Test
    @DisplayName("5.5 packet boundaries do not affect the text")
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
    @DisplayName("5.6 a piece can be read before the rest of the stream arrives")
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
        BackgroundCall<String> reading = BackgroundCall.begin(() -> {
            StringBuilder text = new StringBuilder();
            try (ChatStream stream = stream()) {
                stream.forEachText(piece -> {
                    text.append(piece);
                    first.countDown();
                });
            }
            return text.toString();
        });

        boolean early = first.await(BackgroundCall.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        read.countDown();
        assertTrue(early, "the first piece was delayed until the rest had arrived");
        assertEquals("first second", reading.result());
    }

    /** Reads a stream that must fail, and returns the text received before the failure. */
    private String brokenText() {
        return brokenText(() -> {});
    }

    /** @param onText an action that runs after each piece of text */
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
                assertEquals(
                        String.join("", read),
                        stream.partial().text(),
                        "partial() does not contain the text that was read");
                return String.join("", read);
            }
        }
        return fail("a broken stream ended without an error, with the text " + read);
    }

    @Test
    @DisplayName("5.7 a lost connection ends the stream with an error, after the text that was already read")
    public void rule5_7_cut() {
        HttpBench http = http();
        // Some HTTP clients discard buffered data when the connection is lost, so the server waits until the text was
        // read.
        CountDownLatch read = new CountDownLatch(1);
        http.server().then(http.begun(List.of("half")).await(read).cut());
        // A provider that reads the whole stream first breaks rule 5.6, and not this one.
        CompletableFuture.delayedExecutor(BackgroundCall.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .execute(read::countDown);

        assertEquals("half", brokenText(read::countDown));
    }

    @Test
    @DisplayName("5.8 a stream that ends without a finish event fails, after the text that has arrived")
    public void rule5_8_endWithoutFinish() {
        bench().streamsThenEnds(List.of("half"));

        assertEquals("half", brokenText());
    }

    @Test
    @DisplayName("5.9 an error sent within the stream fails the stream, after the text that has arrived")
    public void rule5_9_errorInside() {
        HttpBench http = http();
        http.server()
                .then(http.begun(List.of("half"))
                        .piece(author().streamError("error sent by the contract test"))
                        .end());

        assertEquals("half", brokenText());
    }

    @Test
    @DisplayName("5.10 an error response to a stream request has the same kind as for a chat")
    public void rule5_10_errorBefore() {
        bench().fails(ErrorKind.AUTHENTICATION);

        assertEquals(ErrorKind.AUTHENTICATION, streamError().kind());
    }

    @Test
    @DisplayName("5.11 a stream reports usage")
    public void rule5_11_usage() {
        assumeTrue(author().tellsUsage(), "the protocol does not report usage");
        bench().streams(PIECES);

        assertUsage(stream().collect());
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

    @Test
    @DisplayName("5.13 a streamed message names the requested model")
    public void rule5_13_requestedModel() {
        bench().streams(PIECES);

        AssistantMessage message = stream().collect().message();

        // The names must be correct, because model-specific data is only sent back to the model named in the message.
        message.model().ifPresent(model -> assertEquals(MODEL, model));
        message.provider().ifPresent(provider -> assertEquals(name(), provider));
    }
}
