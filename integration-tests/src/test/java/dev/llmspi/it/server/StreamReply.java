package dev.llmspi.it.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An answer as server-sent events, written and flushed one by one, and the ways for it to break off. Each method gives a new
 * reply with one thing more to do; one that names no ending just stays open until the client goes away.
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
        void perform(Connection connection) throws IOException;
    }

    private final boolean chunked;
    private final List<Step> steps;
    private final boolean ends;

    private StreamReply(boolean chunked, List<Step> steps, boolean ends) {
        this.chunked = chunked;
        this.steps = steps;
        this.ends = ends;
    }

    /** A body in chunks, one for each event: its end can be told from a cut. */
    public static StreamReply chunked() {
        return begin(true);
    }

    /** A body that goes on until the connection closes: its end looks like any other. */
    public static StreamReply untilClose() {
        return begin(false);
    }

    /** What follows a {@link #chunked} reply that has begun: no head, to be performed after it. */
    public static StreamReply further() {
        return new StreamReply(true, List.of(), false);
    }

    private static StreamReply begin(boolean chunked) {
        String framing = chunked ? "Transfer-Encoding: chunked" : "Connection: close";
        byte[] head =
                ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + framing + "\r\n\r\n").getBytes(US_ASCII);
        return new StreamReply(chunked, List.of(connection -> connection.write(head)), false);
    }

    private StreamReply and(Step step, boolean last) {
        List<Step> all = new ArrayList<>(steps);
        all.add(step);
        return new StreamReply(chunked, List.copyOf(all), last);
    }

    /** Bytes of the body as they are, in one piece. */
    public StreamReply body(String text) {
        return body(text.getBytes(UTF_8));
    }

    /** Bytes of the body as they are, in one piece. */
    public StreamReply body(byte[] bytes) {
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        if (chunked) {
            framed.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(US_ASCII));
        }
        framed.writeBytes(bytes);
        if (chunked) {
            framed.writeBytes("\r\n".getBytes(US_ASCII));
        }
        byte[] piece = framed.toByteArray();
        return and(connection -> connection.write(piece), false);
    }

    /** An event with that data. */
    public StreamReply event(String data) {
        return body("data: " + data + "\n\n");
    }

    /** A keep-alive comment. */
    public StreamReply comment() {
        return body(": OPENROUTER PROCESSING\n\n");
    }

    /** The event many servers begin with: it holds no content. */
    public StreamReply role() {
        return event(CHUNK.formatted("{\"role\":\"assistant\",\"content\":\"\"}", "null"));
    }

    /** A piece of text; nothing in it may need escaping. */
    public StreamReply text(String text) {
        return event(CHUNK.formatted("{\"content\":\"" + text + "\"}", "null"));
    }

    /** A piece of a tool call, as the fields of the function stand in JSON. */
    public StreamReply toolCall(int index, String fields) {
        return event(CHUNK.formatted("{\"tool_calls\":[{\"index\":" + index + "," + fields + "}]}", "null"));
    }

    /** Why the model stopped. */
    public StreamReply finish(String reason) {
        return event(CHUNK.formatted("{}", "\"" + reason + "\""));
    }

    /** What it used, in a chunk without choices. */
    public StreamReply usage(int input, int output) {
        return event("{\"id\":\"gen-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":" + input
                + ",\"completion_tokens\":" + output + ",\"total_tokens\":" + (input + output) + "}}");
    }

    /** An error as OpenRouter puts it into a stream. */
    public StreamReply error(int code) {
        return event("{\"id\":\"gen-1\",\"error\":{\"code\":" + code + ",\"message\":\"upstream broke\"},"
                + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}");
    }

    /** Does something of the test's own between two events, such as counting a latch down. */
    public StreamReply then(Runnable action) {
        return and(connection -> action.run(), false);
    }

    /** Does nothing for a while. */
    public StreamReply pause(int millis) {
        return and(connection -> connection.pause(millis), false);
    }

    /** Goes on only when the latch is open: what was sent before has then been read. */
    public StreamReply await(CountDownLatch latch) {
        return and(connection -> awaitOpen(latch), false);
    }

    /** The whole of it: {@code [DONE]}, then the end of the body. */
    public StreamReply done() {
        return event("[DONE]").end();
    }

    /** Ends the body in good order. */
    public StreamReply end() {
        return and(
                connection -> {
                    if (chunked) {
                        connection.write("0\r\n\r\n".getBytes(US_ASCII));
                    } else {
                        connection.close();
                    }
                },
                true);
    }

    /** Closes the connection where it stands. */
    public StreamReply cut() {
        return and(Connection::close, true);
    }

    /** Resets the connection where it stands. */
    public StreamReply reset() {
        return and(Connection::reset, true);
    }

    /** Sends what there is and stops there, for another reply to go on. */
    public void perform(Connection connection) throws IOException {
        for (Step step : steps) {
            step.perform(connection);
        }
    }

    @Override
    public void send(Connection connection) throws IOException {
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
