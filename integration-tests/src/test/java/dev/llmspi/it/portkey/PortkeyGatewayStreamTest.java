package dev.llmspi.it.portkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.error.LlmConnectionException;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests streams through the real gateway. The gateway forwards each stream, and always ends it as if it were complete.
 */
class PortkeyGatewayStreamTest extends GatewayBench {

    private static final ChatRequest REQUEST = ChatRequest.of("hi");

    private LlmClient withSecondary() {
        return rig.client()
                .provider(secondary)
                .chain("default", "portkey", "secondary")
                .build();
    }

    @Test
    void stream_arrivesPieceByPieceWithItsUsage() {
        CountDownLatch read = new CountDownLatch(1);
        upstream.then(StreamReply.chunked()
                .role()
                .text("hel")
                .await(read)
                .text("lo")
                .finish("stop")
                .usage(5, 2)
                .done());
        try (LlmClient client = rig.client().build()) {
            List<String> pieces = new ArrayList<>();

            ChatResponse response = client.stream(REQUEST).forEachText(piece -> {
                pieces.add(piece);
                read.countDown(); // the upstream sends the rest only now, so the first piece was not held back
            });

            assertEquals(List.of("hel", "lo"), pieces);
            assertEquals(FinishReason.STOP, response.finishReason());
            assertEquals(OptionalLong.of(7), response.usage().totalTokens());
            assertEquals(Optional.of("served-model"), response.model());
            assertEquals("portkey", response.provider());
            assertTrue(upstream.lastRequest().body().contains("\"stream\":true"));
            rig.assertWire(response.attempts(), 1, 1);
        }
    }

    @Test
    void streamWithTools_givesTheWholeCalls() {
        upstream.then(StreamReply.chunked()
                .role()
                .toolCall(
                        0,
                        "\"id\":\"call_a\",\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":\"\"}")
                .toolCall(0, "\"function\":{\"arguments\":\"{\\\"zone\\\":\"}")
                .toolCall(0, "\"function\":{\"arguments\":\"\\\"UTC\\\"}\"}")
                .toolCall(
                        1,
                        "\"id\":\"call_b\",\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":\"{}\"}")
                .finish("tool_calls")
                .done());
        ChatRequest request = ChatRequest.builder()
                .user("what time is it?")
                .tools(ToolDefinition.of("clock", "tells the time", "{\"type\":\"object\"}"))
                .build();
        try (LlmClient client = rig.client().build()) {

            ChatResponse response = client.stream(request).collect();

            assertEquals(
                    List.of("{\"zone\":\"UTC\"}", "{}"),
                    response.toolCalls().stream().map(ToolCall::arguments).toList());
            assertEquals(
                    List.of("call_a", "call_b"),
                    response.toolCalls().stream().map(ToolCall::id).toList());
            assertEquals(FinishReason.TOOL_CALLS, response.finishReason());
            assertTrue(upstream.lastRequest().body().contains("\"tools\""));
            rig.assertWire(response.attempts(), 1, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void upstreamCutInMidStream_isAnErrorAlthoughTheGatewayEndsProperly(boolean reset) {
        CountDownLatch read = new CountDownLatch(1);
        StreamReply begun = StreamReply.chunked().role().text("hel").await(read);
        upstream.then(reset ? begun.reset() : begun.cut());
        try (LlmClient client = withSecondary()) {

            LlmException error = assertThrows(
                    LlmException.class, () -> client.stream(REQUEST).forEachText(piece -> read.countDown()));

            assertEquals(ErrorKind.SERVICE, error.kind(), error.toString());
            assertEquals(Optional.of(ErrorReason.TRUNCATED), error.reason());
            assertEquals("hel", error.partial().orElseThrow().text());
            assertEquals(0, secondary.calls());
            rig.assertWire(error.attempts(), 1, 1);
        }
    }

    @Test
    void upstreamEndsWithoutFinish_isATruncatedStream() {
        upstream.then(StreamReply.chunked().role().text("hel").end());
        try (LlmClient client = withSecondary()) {

            LlmException error = assertThrows(
                    LlmServiceException.class, () -> client.stream(REQUEST).collect());

            assertEquals(Optional.of(ErrorReason.TRUNCATED), error.reason());
            assertEquals("hel", error.partial().orElseThrow().text());
            assertEquals(0, secondary.calls());
            rig.assertWire(error.attempts(), 1, 1);
        }
    }

    @Test
    void gatewayKilledInMidStream_isAConnectionErrorWithTheText() throws Exception {
        upstream.then(StreamReply.chunked().role().text("hel"));
        try (PortkeyGateway mortal = PortkeyGateway.start();
                LlmClient client = new PortkeyRig(mortal, upstream)
                        .client()
                        .provider(secondary)
                        .chain("default", "portkey", "secondary")
                        .build()) {

            LlmException error = assertThrows(
                    LlmConnectionException.class, () -> client.stream(REQUEST).forEachText(piece -> mortal.kill()));

            assertEquals("hel", error.partial().orElseThrow().text());
            assertEquals(0, secondary.calls());
            assertEquals(1, error.attempts().size());
            assertEquals(1, mortal.posts());
            assertEquals(1, upstream.posts());
        }
    }

    @Test
    void upstreamErrorBeforeTheFirstToken_nextProviderAnswers() {
        upstream.always(Reply.error(503, "busy", "busy"));
        try (LlmClient client = withSecondary()) {
            List<String> pieces = new ArrayList<>();

            ChatResponse response = client.stream(REQUEST).forEachText(pieces::add);

            assertEquals(List.of("from the secondary"), pieces);
            assertEquals("secondary", response.provider());
            rig.assertWire(response.attempts(), 2, 2);
        }
    }

    @Test
    void errorEventBeforeTheFirstToken_nextProviderAnswers() {
        upstream.always(StreamReply.chunked().role().error(502).done());
        try (LlmClient client = withSecondary()) {

            ChatResponse response = client.stream(REQUEST).collect();

            assertEquals("secondary", response.provider());
            assertEquals("from the secondary", response.text());
            assertEquals(
                    List.of(ErrorKind.SERVICE, ErrorKind.SERVICE),
                    response.attempts().stream()
                            .flatMap(attempt -> attempt.kind().stream())
                            .toList());
            rig.assertWire(response.attempts(), 2, 2);
        }
    }
}
