package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what OkHttp does to the interceptors of a connection in rare moments. */
@Timeout(30)
class NetworkInterceptorsTest {

    private static final Request REQUEST =
            new Request.Builder().url("http://localhost/").build();

    private static <T> T fake(Class<T> type, Map<String, Supplier<?>> methods) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> methods.get(method.getName()).get()));
    }

    private static Interceptor.Chain chain(Protocol protocol, @Nullable Socket socket, Supplier<Response> proceed) {
        Connection connection = fake(Connection.class, Map.of("protocol", () -> protocol, "socket", () -> socket));
        Exchange exchange = new Exchange(Duration.ofSeconds(1));
        return fake(
                Interceptor.Chain.class,
                Map.of(
                        "connection",
                        () -> connection,
                        "getEventListener",
                        () -> exchange,
                        "request",
                        () -> REQUEST,
                        "proceed",
                        proceed));
    }

    private static Response answer(int status) {
        return new Response.Builder()
                .request(REQUEST)
                .protocol(Protocol.HTTP_1_1)
                .code(status)
                .message("OK")
                .body(ResponseBody.create("", null))
                .build();
    }

    /** OkHttp reads from a connection that was idle for 10 s, after it has asked whether the socket is closed. */
    @Tag("fault-1.16")
    @ParameterizedTest
    @ValueSource(strings = {"", "x", "\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsurplus"})
    void surplusIsReadByTheCheckOfAnIdleConnection_requestIsNotSent(String surplus) throws IOException {
        AtomicInteger sent = new AtomicInteger();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new ChannelSocketFactory(new Liveness()).createSocket()) {
            client.connect(listener.getLocalSocketAddress());
            InputStream in = client.getInputStream();
            ((AnswerSocket) client).answers().expectBody(0, false);
            try (Socket server = listener.accept()) {
                server.getOutputStream().write(surplus.getBytes(StandardCharsets.ISO_8859_1));
                if (!surplus.isEmpty()) {
                    assertEquals(0, in.read(new byte[8192], 0, 8192));
                }
                Interceptor.Chain chain = chain(Protocol.HTTP_1_1, client, () -> {
                    sent.incrementAndGet();
                    return answer(200);
                });
                ConnectionGuard guard = new ConnectionGuard(new Liveness());
                if (surplus.isEmpty()) {
                    assertEquals(200, guard.intercept(chain).code());
                } else {
                    assertThrows(ConnectionGuard.StaleConnectionException.class, () -> guard.intercept(chain));
                }
            }
        }
        assertEquals(surplus.isEmpty() ? 1 : 0, sent.get());
    }

    /** An error is often much faster than an answer. */
    @Tag("fault-1.15")
    @ParameterizedTest
    @ValueSource(ints = {400, 429, 503})
    void fastErrors_doNotChangeTheUsualTimeOfAnAnswer(int status) throws IOException {
        Liveness liveness = new Liveness();
        long usual = Duration.ofSeconds(20).toNanos();
        liveness.answered(usual, false);
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new ChannelSocketFactory(liveness).createSocket()) {
            client.connect(listener.getLocalSocketAddress());
            client.getInputStream();
            for (int i = 0; i < 100; i++) {
                new ConnectionGuard(liveness).intercept(chain(Protocol.HTTP_1_1, client, () -> answer(status)));
            }
        }
        assertFalse(liveness.isUnusual(usual / 2, false));
    }

    @Test
    void errorWhileSending_reachesTheCaller() {
        Error error = new StackOverflowError();
        Interceptor.Chain chain = chain(Protocol.HTTP_2, null, () -> {
            throw error;
        });
        Error thrown =
                assertThrows(Error.class, () -> new StreamThreads(last -> last.proceed(last.request()), Runnable::run)
                        .intercept(chain));
        assertSame(error, thrown);
    }
}
