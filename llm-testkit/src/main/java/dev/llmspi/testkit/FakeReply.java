package dev.llmspi.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Locale;

/**
 * What a {@link FakeLlmServer} does with a request it has read: answers well, badly, or not at all. The ready-made ones are below; a
 * test with a fault of its own writes to the {@link Connection} itself. Used by many requests at once.
 */
@FunctionalInterface
public interface FakeReply {

    /** Deals with the request. The connection is kept for the next one unless this closes it. */
    void send(Connection connection) throws IOException;

    /** The connection a request came on. */
    interface Connection {

        /** Sends the bytes at once. */
        void write(byte[] bytes) throws IOException;

        /** Waits until the client closes or resets the connection, and closes this side. */
        void awaitClientGone() throws IOException;

        /** Closes in good order. */
        void close() throws IOException;

        /** Closes with a reset. */
        void reset() throws IOException;
    }

    /**
     * A whole reply.
     *
     * @param contentType such as {@code application/json}
     * @param headers further header lines, such as {@code "Retry-After: 1"}
     */
    static FakeReply of(int status, String contentType, String body, String... headers) {
        byte[] bytes = body.getBytes(UTF_8);
        byte[] head = head(status, contentType, "Content-Length: " + bytes.length, headers);
        return connection -> {
            connection.write(head);
            connection.write(bytes);
        };
    }

    /** A whole reply in JSON. */
    static FakeReply json(int status, String body, String... headers) {
        return of(status, "application/json", body, headers);
    }

    /** A stream of server-sent events; see {@link FakeStream} for what may come. */
    static FakeStream events(String... headers) {
        return stream("text/event-stream", headers);
    }

    /** A body of any type that comes in pieces. */
    static FakeStream stream(String contentType, String... headers) {
        return FakeStream.begin(contentType, headers);
    }

    /** The bytes as they are, then the end of the connection. */
    static FakeReply raw(String bytes) {
        return connection -> {
            connection.write(bytes.getBytes(UTF_8));
            connection.close();
        };
    }

    /** Announces the whole body, sends half of it and closes. */
    static FakeReply cut(int status, String contentType, String body) {
        byte[] head = head(status, contentType, "Content-Length: " + body.getBytes(UTF_8).length);
        byte[] half = body.substring(0, body.length() / 2).getBytes(UTF_8);
        return connection -> {
            connection.write(head);
            connection.write(half);
            connection.close();
        };
    }

    /** Says nothing until the client goes away or the server is closed. */
    static FakeReply silence() {
        return Connection::awaitClientGone;
    }

    /** Closes the connection instead of answering. */
    static FakeReply close() {
        return Connection::close;
    }

    /** Resets the connection instead of answering. */
    static FakeReply reset() {
        return Connection::reset;
    }

    /** The head of a reply; a content type of {@code ""} is left out. */
    private static byte[] head(int status, String contentType, String framing, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 %d Fake\r\n".formatted(status));
        if (!contentType.isEmpty()) {
            head.append("Content-Type: ").append(contentType).append("\r\n");
        }
        head.append(framing).append("\r\n");
        for (String header : headers) {
            if (!header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                head.append(header).append("\r\n");
            }
        }
        return head.append("\r\n").toString().getBytes(UTF_8);
    }
}
