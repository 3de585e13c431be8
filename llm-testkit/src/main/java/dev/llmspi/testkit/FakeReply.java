package dev.llmspi.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llmspi.testkit.loopback.HttpText;
import java.io.IOException;

/**
 * The reply of a {@link FakeLlmServer} to a request: a normal reply, a broken one, or none. The static methods create
 * common replies; to simulate another fault, write to the {@link Connection} directly. A reply must be thread-safe,
 * because it may be sent to several requests at the same time.
 */
@FunctionalInterface
public interface FakeReply {

    /** Sends the reply. The connection is reused for the next request unless this method closes it. */
    void send(Connection connection) throws IOException;

    /** The connection on which the request arrived. */
    interface Connection {

        /** Sends the bytes immediately. */
        void write(byte[] bytes) throws IOException;

        /** Waits until the client closes or resets the connection, then closes this side. */
        void awaitClientGone() throws IOException;

        /** Closes the connection normally. */
        void close() throws IOException;

        /** Resets the connection. */
        void reset() throws IOException;
    }

    /**
     * Returns a complete reply.
     *
     * @param contentType the content type, such as {@code application/json}; {@code ""} for none
     * @param headers further header lines, such as {@code "Retry-After: 1"}
     */
    static FakeReply of(int status, String contentType, String body, String... headers) {
        byte[] response = HttpText.response(status, contentType, body, headers);
        return connection -> connection.write(response);
    }

    /** Returns a complete reply with a JSON body. */
    static FakeReply json(int status, String body, String... headers) {
        return of(status, "application/json", body, headers);
    }

    /**
     * Returns a stream of server-sent events that has no events yet. Add them with the methods of {@link FakeStream}.
     */
    static FakeStream events(String... headers) {
        return stream("text/event-stream", headers);
    }

    /** Returns a reply whose body is streamed, with the given content type. */
    static FakeStream stream(String contentType, String... headers) {
        return FakeStream.begin(contentType, headers);
    }

    /** Returns a reply that sends exactly this text, without a generated head, and closes the connection. */
    static FakeReply raw(String bytes) {
        return connection -> {
            connection.write(bytes.getBytes(UTF_8));
            connection.close();
        };
    }

    /**
     * Returns a reply that announces the length of the whole body, sends half of the body and closes the connection.
     */
    static FakeReply cut(int status, String contentType, String body) {
        byte[] response = HttpText.cut(status, contentType, body);
        return connection -> {
            connection.write(response);
            connection.close();
        };
    }

    /** Returns a reply that sends nothing until the client disconnects or the server is closed. */
    static FakeReply silence() {
        return Connection::awaitClientGone;
    }

    /** Returns a reply that closes the connection. */
    static FakeReply close() {
        return Connection::close;
    }

    /** Returns a reply that resets the connection. */
    static FakeReply reset() {
        return Connection::reset;
    }
}
