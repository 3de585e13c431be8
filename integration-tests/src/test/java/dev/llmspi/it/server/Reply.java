package dev.llmspi.it.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llmspi.testkit.loopback.HttpText;
import dev.llmspi.testkit.loopback.LoopbackConnection;
import java.io.IOException;

/** The reaction of a {@link TestUpstream} to a request, which can be a correct answer, a broken one, or none at all. */
@FunctionalInterface
public interface Reply {

    /** Replies to the request. The connection is kept open for the next request unless this method closes it. */
    void send(LoopbackConnection connection) throws IOException;

    /**
     * Returns whether the server reads the whole request before it replies. If not, it replies after reading the
     * request head.
     */
    default boolean wantsBody() {
        return true;
    }

    /**
     * Returns a complete response.
     *
     * @param headers additional header lines, such as {@code "Retry-After: 1"}
     */
    static Reply of(int status, String contentType, String body, String... headers) {
        byte[] response = HttpText.response(status, contentType, body, headers);
        return connection -> connection.write(response);
    }

    /** Returns a complete response with a JSON body. */
    static Reply json(int status, String body, String... headers) {
        return of(status, "application/json", body, headers);
    }

    /** Returns a chat completion with the given text, in the form that all OpenAI-compatible servers use. */
    static Reply answer(String text) {
        return json(200, """
                {"id":"chatcmpl-1","object":"chat.completion","created":1763856000,"model":"served-model","choices":[{"index":0,\
                "message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,\
                "completion_tokens":2,"total_tokens":7}}""".formatted(text));
    }

    /** Returns an error response in the usual JSON format. */
    static Reply error(int status, String code, String message, String... headers) {
        return json(
                status,
                "{\"error\":{\"message\":\"%s\",\"type\":\"test\",\"param\":null,\"code\":\"%s\"}}"
                        .formatted(message, code),
                headers);
    }

    /** Sends nothing until the client disconnects or the server is closed. */
    static Reply hang() {
        return LoopbackConnection::awaitClientGone;
    }

    /** Closes the connection instead of answering. */
    static Reply close() {
        return LoopbackConnection::close;
    }

    /** Resets the connection instead of answering. */
    static Reply reset() {
        return LoopbackConnection::reset;
    }

    /** Resets the connection after reading the request head, while the request body is still being sent. */
    static Reply resetAtHead() {
        return atHead(LoopbackConnection::reset);
    }

    /** Reads only the request head and sends nothing until the server is closed. */
    static Reply hangAtHead() {
        return atHead(LoopbackConnection::awaitClose);
    }

    private static Reply atHead(Reply reply) {
        return new Reply() {
            @Override
            public void send(LoopbackConnection connection) throws IOException {
                reply.send(connection);
            }

            @Override
            public boolean wantsBody() {
                return false;
            }
        };
    }

    /** Announces the length of the whole body, but sends only half of the body and closes the connection. */
    static Reply cutBody(int status, String contentType, String body) {
        return raw(HttpText.cut(status, contentType, body));
    }

    /** Sends a response head and then nothing until the client disconnects. */
    static Reply headThenHang(int status, String contentType) {
        return connection -> {
            connection.write(HttpText.head(status, contentType, 1000));
            connection.awaitClientGone();
        };
    }

    /** Sends the text unchanged and closes the connection. */
    static Reply raw(String bytes) {
        return raw(bytes.getBytes(UTF_8));
    }

    /** Sends the bytes unchanged and closes the connection. */
    static Reply raw(byte[] bytes) {
        return connection -> {
            connection.write(bytes);
            connection.close();
        };
    }

    /** Sends the first text once, and then repeats the second text until the client disconnects. */
    static Reply endless(String begun, String again) {
        return connection -> {
            connection.write(begun.getBytes(UTF_8));
            while (!connection.isClosed()) {
                connection.write(again.getBytes(UTF_8));
            }
        };
    }

    /**
     * Sends the first text once, and then repeats the second text at the given interval until the client disconnects.
     */
    static Reply drip(String begun, String again, int millis) {
        return connection -> {
            connection.write(begun.getBytes(UTF_8));
            while (!connection.isClosed()) {
                connection.pause(millis);
                connection.write(again.getBytes(UTF_8));
            }
        };
    }
}
