package dev.llmspi.it.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/** What a {@link TestUpstream} does with a request it has read: answers well, badly, or not at all. */
@FunctionalInterface
public interface Reply {

    /** Deals with the request. The connection is kept for the next one unless this closes it. */
    void send(Connection connection) throws IOException;

    /** Whether the request is to be read to its end first; if not, this is sent as soon as its head is there. */
    default boolean wantsBody() {
        return true;
    }

    /**
     * A whole answer.
     *
     * @param headers further header lines, such as {@code "Retry-After: 1"}
     */
    static Reply of(int status, String contentType, String body, String... headers) {
        byte[] bytes = body.getBytes(UTF_8);
        return connection -> {
            connection.write(head(status, contentType, bytes.length, headers));
            connection.write(bytes);
        };
    }

    /** A whole answer in JSON. */
    static Reply json(int status, String body, String... headers) {
        return of(status, "application/json", body, headers);
    }

    /** A chat completion of one text, as every OpenAI-compatible server writes it. */
    static Reply answer(String text) {
        return json(200, """
                {"id":"chatcmpl-1","object":"chat.completion","created":1763856000,"model":"served-model","choices":[{"index":0,\
                "message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,\
                "completion_tokens":2,"total_tokens":7}}""".formatted(text));
    }

    /** An error in the usual envelope. */
    static Reply error(int status, String code, String message, String... headers) {
        return json(
                status,
                "{\"error\":{\"message\":\"%s\",\"type\":\"test\",\"param\":null,\"code\":\"%s\"}}"
                        .formatted(message, code),
                headers);
    }

    /** Says nothing until the client goes away or the server is closed. */
    static Reply hang() {
        return Connection::awaitClientGone;
    }

    /** Closes the connection instead of answering. */
    static Reply close() {
        return Connection::close;
    }

    /** Resets the connection instead of answering. */
    static Reply reset() {
        return Connection::reset;
    }

    /** Resets the connection when the head of the request is there and its body is still on its way. */
    static Reply resetAtHead() {
        return atHead(Connection::reset);
    }

    /** Reads no more than the head of the request, and says nothing, until the server is closed. */
    static Reply hangAtHead() {
        return atHead(Connection::awaitClose);
    }

    private static Reply atHead(Reply reply) {
        return new Reply() {
            @Override
            public void send(Connection connection) throws IOException {
                reply.send(connection);
            }

            @Override
            public boolean wantsBody() {
                return false;
            }
        };
    }

    /** Announces the whole body, sends half of it and closes. */
    static Reply cutBody(int status, String contentType, String body) {
        byte[] bytes = body.getBytes(UTF_8);
        return connection -> {
            connection.write(head(status, contentType, bytes.length));
            connection.write(body.substring(0, body.length() / 2).getBytes(UTF_8));
            connection.close();
        };
    }

    /** Sends the head of an answer, then says nothing until the client goes away. */
    static Reply headThenHang(int status, String contentType) {
        return connection -> {
            connection.write(head(status, contentType, 1000));
            connection.awaitClientGone();
        };
    }

    /** Sends the bytes as they are and closes. */
    static Reply raw(String bytes) {
        return raw(bytes.getBytes(UTF_8));
    }

    /** Sends the bytes as they are and closes. */
    static Reply raw(byte[] bytes) {
        return connection -> {
            connection.write(bytes);
            connection.close();
        };
    }

    /** Sends something at once, then one thing again and again, for as long as the client is there. */
    static Reply endless(String begun, String again) {
        return connection -> {
            connection.write(begun.getBytes(UTF_8));
            while (!connection.isClosed()) {
                connection.write(again.getBytes(UTF_8));
            }
        };
    }

    /** Sends something at once, then one thing every few milliseconds, for as long as the client is there. */
    static Reply drip(String begun, String again, int millis) {
        return connection -> {
            connection.write(begun.getBytes(UTF_8));
            while (!connection.isClosed()) {
                connection.pause(millis);
                connection.write(again.getBytes(UTF_8));
            }
        };
    }

    private static byte[] head(int status, String contentType, int length, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(status)
                .append(" Test\r\nContent-Type: ")
                .append(contentType)
                .append("\r\nContent-Length: ")
                .append(length)
                .append("\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(UTF_8);
    }
}
