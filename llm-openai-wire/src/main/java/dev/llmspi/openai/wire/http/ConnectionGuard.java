package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Stands between OkHttp and the network. Before a request is written to a pooled HTTP/1.1 connection it looks whether
 * the server has closed it: a request that dies on a stale connection may have been executed, one that was never
 * written has not. HTTP/2 connections have a reader of their own that notices.
 */
final class ConnectionGuard implements Interceptor {

    /** A pooled connection was dead; nothing of the request was written. */
    static final class StaleConnectionException extends IOException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Exchange exchange = Exchange.of(chain.request());
        Connection connection = chain.connection();
        if (exchange == null || connection == null) {
            return chain.proceed(chain.request());
        }
        if (!exchange.connected() && connection.protocol() == Protocol.HTTP_1_1 && isStale(connection.socket())) {
            throw new StaleConnectionException();
        }
        Response response = chain.proceed(chain.request());
        exchange.answered(response.code());
        Response.Builder builder = response.newBuilder().body(new UntypedBody(response.body()));
        // "Retry-After: 0" on a 503 makes OkHttp send a GET again by itself; it says nothing that we could use.
        if (response.code() == 503 && "0".equals(response.header("Retry-After"))) {
            builder.removeHeader("Retry-After");
        }
        return builder.build();
    }

    /**
     * A body without a content type. OkHttp would parse that header with regular expressions for every answer, and
     * nobody reads the result.
     */
    private static final class UntypedBody extends ResponseBody {
        private final ResponseBody body;

        UntypedBody(ResponseBody body) {
            this.body = body;
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
            return body.source();
        }

        @Override
        public void close() {
            body.close();
        }
    }

    /**
     * An idle connection has nothing to say: the end of the stream or any byte (of TLS: an alert) makes it unusable. A
     * TLS socket answers with the channel of the socket below it; where there is none, the question stays open.
     */
    private static boolean isStale(Socket socket) {
        SocketChannel channel = socket.getChannel();
        if (channel == null) {
            return false;
        }
        try {
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) != 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException e) {
            return true;
        }
    }
}
