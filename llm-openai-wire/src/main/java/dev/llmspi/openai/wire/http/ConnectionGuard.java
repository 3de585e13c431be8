package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.net.Socket;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a pooled HTTP/1.1 connection is still open before a request is written to it. A request that fails on a
 * stale connection may have been executed, whereas a request that was never written has certainly not been executed.
 * HTTP/2 connections are not checked, because their own reader notices when the server closes them.
 */
final class ConnectionGuard implements Interceptor {

    private final Liveness liveness;

    ConnectionGuard(Liveness liveness) {
        this.liveness = liveness;
    }

    /** Thrown if the server has closed a pooled connection. No part of the request was written. */
    static final class StaleConnectionException extends IOException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Connection connection = chain.connection();
        if (connection == null || !(chain.getEventListener() instanceof Exchange exchange)) {
            return chain.proceed(chain.request());
        }
        if (!exchange.connected()
                && connection.protocol() == Protocol.HTTP_1_1
                && (isStale(connection.socket()) || hasSurplus(connection.socket()))) {
            throw new StaleConnectionException();
        }
        Response response = answer(chain, connection, exchange);
        exchange.answered(response.code());
        Response.Builder builder =
                response.newBuilder().body(new UntypedBody(response.body(), exchange.limited(response)));
        // "Retry-After: 0" on a 503 would make OkHttp repeat a GET on its own. The header has no other effect here.
        if (response.code() == 503 && "0".equals(response.header("Retry-After"))) {
            builder.removeHeader("Retry-After");
        }
        return builder.build();
    }

    private Response answer(Chain chain, Connection connection, Exchange exchange) throws IOException {
        if (!(connection.socket() instanceof AnswerSocket socket)) {
            return chain.proceed(chain.request());
        }
        boolean multiplexed = connection.protocol() != Protocol.HTTP_1_1;
        String accepted = chain.request().header("Accept");
        boolean stream = accepted != null && accepted.startsWith("text/event-stream");
        PendingRequest request =
                new PendingRequest(liveness, socket.tracked(), multiplexed, !exchange.connected(), stream);
        exchange.sends(request);
        if (multiplexed) {
            try {
                return chain.proceed(request.over(chain.request()));
            } finally {
                request.sendingEnded();
            }
        }
        socket.answers().expectHead();
        Response response = chain.proceed(chain.request());
        if (response.isSuccessful()) {
            request.answered();
        }
        boolean chunked = "chunked".equalsIgnoreCase(response.header("Transfer-Encoding"));
        socket.answers().expectBody(response.body().contentLength(), chunked);
        return response;
    }

    /**
     * A body without a content type. OkHttp would parse the content type with regular expressions for every answer,
     * although this library does not use the result.
     */
    private static final class UntypedBody extends ResponseBody {
        private final ResponseBody body;
        private final BufferedSource source;

        UntypedBody(ResponseBody body, BufferedSource source) {
            this.body = body;
            this.source = source;
        }

        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public long contentLength() {
            return body.contentLength();
        }

        @Override
        public BufferedSource source() {
            return source;
        }

        @Override
        public void close() {
            body.close();
        }
    }

    /**
     * Whether a check of the idle connection by OkHttp has read bytes that belong to no answer. Such a byte may arrive
     * after OkHttp has asked the socket whether it is closed.
     */
    private static boolean hasSurplus(Socket socket) {
        return socket instanceof AnswerSocket answers && !answers.answers().isAtItsEnd();
    }

    /** Whether the server has closed an idle connection or has sent data on it. */
    private static boolean isStale(Socket socket) {
        return socket instanceof AnswerSocket answers && answers.tracked().isReadable();
    }
}
