package dev.llmspi.it.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llmspi.testkit.loopback.HttpText;
import dev.llmspi.testkit.loopback.LoopbackConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A reply that sends a stream of server-sent events one by one, and can break it off in several ways. It is immutable:
 * each method returns a new reply with one more step. If no step ends the stream, it stays open until the client
 * disconnects.
 *
 * <pre>{@code
 * upstream.then(StreamReply.chunked().text("hel").text("lo").finish("stop").done());
 * upstream.then(StreamReply.chunked().text("hel").reset());
 * }</pre>
 */
public final class StreamReply implements Reply {

    private static final String CHUNK = """
            {"id":"gen-1","object":"chat.completion.chunk","created":1763856000,"model":"served-model",\
            "choices":[{"index":0,"delta":%s,"finish_reason":%s}]}""";

    @FunctionalInterface
    private interface Step {
        void perform(LoopbackConnection connection) throws IOException;
    }

    private final boolean chunked;
    private final List<Step> steps;
    private final boolean ends;

    private StreamReply(boolean chunked, List<Step> steps, boolean ends) {
        this.chunked = chunked;
        this.steps = steps;
        this.ends = ends;
    }

    /**
     * Starts a body with chunked encoding and one chunk per event. The client can tell its end from a broken
     * connection.
     */
    public static StreamReply chunked() {
        return begin(true);
    }

    /** Starts a body that ends when the connection closes. The client cannot tell its end from a broken connection. */
    public static StreamReply untilClose() {
        return begin(false);
    }

    /** Starts the continuation of a {@link #chunked} reply, without a response head. */
    public static StreamReply further() {
        return new StreamReply(true, List.of(), false);
    }

    private static StreamReply begin(boolean chunked) {
        String framing = chunked ? "Transfer-Encoding: chunked" : "Connection: close";
        byte[] head = HttpText.head(200, "text/event-stream", framing);
        return new StreamReply(chunked, List.of(connection -> connection.write(head)), false);
    }

    private StreamReply and(Step step, boolean last) {
        List<Step> all = new ArrayList<>(steps);
        all.add(step);
        return new StreamReply(chunked, List.copyOf(all), last);
    }

    /** Sends a text as part of the body, in one piece. */
    public StreamReply body(String text) {
        return body(text.getBytes(UTF_8));
    }

    /** Sends bytes as part of the body, in one piece. */
    public StreamReply body(byte[] bytes) {
        byte[] piece = chunked ? HttpText.chunk(bytes) : bytes;
        return and(connection -> connection.write(piece), false);
    }

    /** Sends an event with the given data. */
    public StreamReply event(String data) {
        return body("data: " + data + "\n\n");
    }

    /** Sends a keep-alive comment. */
    public StreamReply comment() {
        return body(": OPENROUTER PROCESSING\n\n");
    }

    /** Sends an event with a role but no content, as many servers do first. */
    public StreamReply role() {
        return event(CHUNK.formatted("{\"role\":\"assistant\",\"content\":\"\"}", "null"));
    }

    /** Sends a piece of text. The text must not contain characters that need escaping in JSON. */
    public StreamReply text(String text) {
        return event(CHUNK.formatted("{\"content\":\"" + text + "\"}", "null"));
    }

    /**
     * Sends a piece of a tool call.
     *
     * @param fields the members of the tool call, as JSON
     */
    public StreamReply toolCall(int index, String fields) {
        return event(CHUNK.formatted("{\"tool_calls\":[{\"index\":" + index + "," + fields + "}]}", "null"));
    }

    /** Sends the finish reason. */
    public StreamReply finish(String reason) {
        return event(CHUNK.formatted("{}", "\"" + reason + "\""));
    }

    /** Sends the token usage in a chunk without choices. */
    public StreamReply usage(int input, int output) {
        return event("{\"id\":\"gen-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":" + input
                + ",\"completion_tokens\":" + output + ",\"total_tokens\":" + (input + output) + "}}");
    }

    /** Sends an error in OpenRouter's format. */
    public StreamReply error(int code) {
        return event("{\"id\":\"gen-1\",\"error\":{\"code\":" + code + ",\"message\":\"upstream broke\"},"
                + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}");
    }

    /** Runs an action of the test between two events. The action can count down a latch, for example. */
    public StreamReply then(Runnable action) {
        return and(connection -> action.run(), false);
    }

    /** Waits for the given time. */
    public StreamReply pause(int millis) {
        return and(connection -> connection.pause(millis), false);
    }

    /** Waits for the latch. The test opens it when the client has read the earlier events. */
    public StreamReply await(CountDownLatch latch) {
        return and(connection -> awaitOpen(latch), false);
    }

    /** Sends {@code [DONE]} and ends the body. */
    public StreamReply done() {
        return event("[DONE]").end();
    }

    /** Ends the body properly. */
    public StreamReply end() {
        return and(
                connection -> {
                    if (chunked) {
                        connection.write(HttpText.lastChunk());
                    } else {
                        connection.close();
                    }
                },
                true);
    }

    /** Closes the connection without ending a chunked body. */
    public StreamReply cut() {
        return and(LoopbackConnection::close, true);
    }

    /** Resets the connection. */
    public StreamReply reset() {
        return and(LoopbackConnection::reset, true);
    }

    /** Performs the steps added so far and returns, so that another reply can continue the stream. */
    public void perform(LoopbackConnection connection) throws IOException {
        for (Step step : steps) {
            step.perform(connection);
        }
    }

    @Override
    public void send(LoopbackConnection connection) throws IOException {
        perform(connection);
        if (!ends) {
            connection.awaitClientGone();
        }
    }

    private static void awaitOpen(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(15, TimeUnit.SECONDS)) {
                throw new IOException("the test did not let this reply go on");
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
