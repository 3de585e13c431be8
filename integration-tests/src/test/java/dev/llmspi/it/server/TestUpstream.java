package dev.llmspi.it.server;

import dev.llmspi.testkit.FakeRequest;
import dev.llmspi.testkit.loopback.LoopbackConnection;
import dev.llmspi.testkit.loopback.LoopbackHandler;
import dev.llmspi.testkit.loopback.LoopbackServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A loopback server whose replies follow a script. They can be correct or have faults, such as a closed connection, a
 * hang or a cut body. The server counts POST requests when their heads arrive, which shows the number of attempts.
 *
 * <pre>{@code
 * try (TestUpstream upstream = TestUpstream.start().then(Reply.close()).then(Reply.answer("hello"))) {
 *     // … a call to upstream.url("/v1") …
 *     assertEquals(2, upstream.posts());
 * }
 * }</pre>
 */
public final class TestUpstream implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final LoopbackServer server;
    private final String scheme;
    private final Deque<Reply> script = new ArrayDeque<>();
    private final List<FakeRequest> requests = new ArrayList<>();
    private @Nullable Function<FakeRequest, Reply> always;
    private boolean alwaysWantsBody = true;
    private boolean keepsRequests = true;

    private TestUpstream(ServerSocketFactory sockets, int port, String scheme) {
        this.scheme = scheme;
        this.server = LoopbackServer.start(sockets, port, PATIENCE, new Script());
    }

    /** Starts a server on a free port of 127.0.0.1. */
    public static TestUpstream start() {
        return startAt(0);
    }

    /** Starts a server on the given port of 127.0.0.1, which can be the port of a server that was closed. */
    public static TestUpstream startAt(int port) {
        return new TestUpstream(ServerSocketFactory.getDefault(), port, "http");
    }

    /** Starts a TLS server. The socket factory provides the server's certificate. */
    public static TestUpstream startTls(SSLServerSocketFactory sockets) {
        return new TestUpstream(sockets, 0, "https");
    }

    /** Adds a reply for one request to the script. */
    public synchronized TestUpstream then(Reply reply) {
        script.add(reply);
        return this;
    }

    /** Sets the reply to all requests after the script. Without this reply, they are answered with status 599. */
    public synchronized TestUpstream always(Reply reply) {
        always = request -> reply;
        alwaysWantsBody = reply.wantsBody();
        return this;
    }

    /** Sets a function that provides the replies to all requests after the script. */
    public synchronized TestUpstream answering(Function<FakeRequest, Reply> reply) {
        always = reply;
        alwaysWantsBody = true;
        return this;
    }

    /** Makes the server forget its requests, which saves memory in long runs. */
    public synchronized TestUpstream keepingNoRequests() {
        keepsRequests = false;
        return this;
    }

    public int port() {
        return server.port();
    }

    /** Returns the URL of a path on this server. */
    public URI url(String path) {
        return URI.create(scheme + "://127.0.0.1:" + port() + path);
    }

    /** Returns the number of POST requests whose heads have arrived. */
    public int posts() {
        return server.posts();
    }

    /** Returns the number of connections opened so far. */
    public int connections() {
        return server.connections();
    }

    /** Returns the requests that have arrived completely, in the order of their arrival. */
    public synchronized List<FakeRequest> requests() {
        return List.copyOf(requests);
    }

    /** Returns the last request that has arrived completely. */
    public synchronized FakeRequest lastRequest() {
        return requests.get(requests.size() - 1);
    }

    /** Waits until the given number of POST requests have arrived. */
    public void awaitPosts(int count) throws InterruptedException {
        server.awaitPosts(count);
    }

    /** Waits until the given number of clients have disconnected before a request or a reply was complete. */
    public void awaitClientsGone(int count) throws InterruptedException {
        server.awaitClientsGone(count);
    }

    /** Waits until all connections are closed. */
    public void awaitNoConnections() throws InterruptedException {
        server.awaitNoConnections();
    }

    /** Closes all connections and the port. From then on, the port refuses connections. */
    @Override
    public void close() {
        server.close();
    }

    private synchronized Function<FakeRequest, Reply> next(FakeRequest request) {
        if (keepsRequests) {
            requests.add(request);
        }
        Reply scripted = script.poll();
        return scripted != null ? any -> scripted : beyondScript();
    }

    private Function<FakeRequest, Reply> beyondScript() {
        return always != null
                ? always
                : any -> Reply.error(599, "script_ended", "the script of this test server is at its end");
    }

    /** Replies to each request as the script says. */
    private final class Script implements LoopbackHandler {

        @Override
        public boolean readsBody() {
            synchronized (TestUpstream.this) {
                Reply next = script.peek();
                return next == null ? alwaysWantsBody : next.wantsBody();
            }
        }

        @Override
        public void handle(
                String method, String path, Map<String, String> headers, String body, LoopbackConnection connection)
                throws IOException {
            FakeRequest request = new FakeRequest(method, path, headers, body);
            next(request).apply(request).send(connection); // without the lock, because a reply may block
        }
    }
}
