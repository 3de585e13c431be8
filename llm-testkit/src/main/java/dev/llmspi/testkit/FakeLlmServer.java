package dev.llmspi.testkit;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.testkit.loopback.LoopbackServer;
import dev.llmspi.testkit.wire.OpenAiBodies;
import dev.llmspi.testkit.wire.OpenRouterBodies;
import dev.llmspi.testkit.wire.PortkeyBodies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.net.ServerSocketFactory;

/**
 * A server on the loopback interface that follows a script with one step per request. It replies in the format of
 * OpenRouter, Portkey or any other OpenAI-compatible server. Use its {@link #url()} as the base URL of a real provider.
 * Thread-safe; requests take their steps in the order in which they arrive.
 *
 * <p>A step replies with a complete answer or with a stream, whichever the request asks for. A request beyond the end
 * of the script receives status 400 and an explanation, and {@link FakeLlmServers} then fails the JUnit test. If
 * {@link #repeat()} was called, the last step answers such a request instead. {@code GET …/models} is always answered
 * and does not count as a step.
 *
 * <pre>{@code
 * @RegisterExtension
 * final FakeLlmServers servers = FakeLlmServers.create();
 *
 * @Test
 * void primaryOutOfCredit_secondaryAnswers() {
 *     FakeLlmServer primary = servers.openRouter().fails(ErrorKind.RESOURCE_EXHAUSTED);
 *     FakeLlmServer secondary = servers.portkey().answers("hello");
 *     try (LlmClient client = LlmClient.builder()
 *             .provider("openrouter", p -> p.apiKey("k1").defaultModel("m1").baseUrl(primary.url()))
 *             .provider("portkey", p -> p.apiKey("k2").defaultModel("m2").baseUrl(secondary.url()))
 *             .build()) {
 *         assertEquals("hello", client.complete("hi"));
 *         assertEquals("m2", secondary.lastRequest().model());
 *     }
 * }
 * }</pre>
 */
public final class FakeLlmServer implements AutoCloseable {

    private final String name;
    private final OpenAiBodies bodies;
    private final ReplyMaker maker;
    private final LoopbackServer server;
    private final List<Function<FakeRequest, FakeReply>> script = new ArrayList<>();
    private final List<FakeRequest> requests = new ArrayList<>();
    private final Map<String, FakeReply> served = new ConcurrentHashMap<>();
    private boolean repeat;
    private int taken;

    private FakeLlmServer(String name, OpenAiBodies bodies) {
        this.name = name;
        this.bodies = bodies;
        this.maker = new ReplyMaker(bodies);
        serves("/models", FakeReply.json(200, bodies.models("fake-model")));
        this.server = LoopbackServer.start(
                ServerSocketFactory.getDefault(),
                0,
                Duration.ofNanos(Patience.NANOS),
                (method, path, headers, body, connection) ->
                        received(new FakeRequest(method, path, headers, body)).send(new ReplyConnection(connection)));
    }

    /** Starts a server that replies like OpenRouter. */
    public static FakeLlmServer openRouter() {
        return new FakeLlmServer("openrouter", new OpenRouterBodies());
    }

    /** Starts a server that replies like Portkey's gateway in front of OpenAI. */
    public static FakeLlmServer portkey() {
        return new FakeLlmServer("portkey", new PortkeyBodies());
    }

    /** Starts a server that replies like OpenAI and OpenAI-compatible servers. */
    public static FakeLlmServer openAi() {
        return new FakeLlmServer("openai", new OpenAiBodies());
    }

    /** Returns the base URL to configure: {@code http://127.0.0.1:…/v1}, or {@code …/api/v1} for OpenRouter. */
    public String url() {
        return "http://127.0.0.1:" + server.port() + bodies.path();
    }

    /** Adds a step that answers with the text. A stream delivers the text in one piece. */
    public FakeLlmServer answers(String text) {
        return streams(text);
    }

    /**
     * Adds a step that answers with the pieces, with one event per piece in a stream, or concatenated in a complete
     * answer.
     */
    public FakeLlmServer streams(String... pieces) {
        return replies(request -> maker.answer(request, List.of(pieces)));
    }

    /**
     * Adds a step that answers with a tool call.
     *
     * @param arguments the arguments as the model writes them, usually a JSON object. A stream delivers them in two
     *     pieces.
     */
    public FakeLlmServer callsTool(String tool, String arguments) {
        OpenAiBodies.Call call = new OpenAiBodies.Call("call_1", tool, arguments);
        return replies(request -> maker.toolCall(request, call));
    }

    /**
     * Adds a step that fails with an error of the given kind, with the status and message that are usual for this kind.
     * For a connection error, the step closes the connection.
     */
    public FakeLlmServer fails(ErrorKind kind) {
        return then(maker.error(kind, Optional.empty()));
    }

    /** Adds a step that fails with an error of the given kind and asks the client to wait, in whole seconds. */
    public FakeLlmServer fails(ErrorKind kind, Duration retryAfter) {
        return then(maker.error(kind, Optional.of(retryAfter)));
    }

    /** Adds a step that fails with the given status and code, such as 503 and {@code overloaded}. */
    public FakeLlmServer fails(int status, String code) {
        return then(maker.error(status, code, Optional.empty()));
    }

    /**
     * Adds a step that streams the pieces and then an error. If the request does not ask for a stream, it replies with
     * the error only.
     */
    public FakeLlmServer streamsThenFails(ErrorKind kind, String... pieces) {
        return replies(request -> maker.failing(request, kind, List.of(pieces)));
    }

    /**
     * Adds a step that streams the pieces and then closes the connection. If the request does not ask for a stream, it
     * sends half of the answer and then closes the connection.
     */
    public FakeLlmServer streamsThenCuts(String... pieces) {
        return replies(request -> maker.cut(request, List.of(pieces)));
    }

    /**
     * Adds a step that streams the pieces and then sends nothing until the client disconnects. If the request does not
     * ask for a stream, it only waits until the client disconnects.
     */
    public FakeLlmServer streamsThenHangs(String... pieces) {
        return replies(request -> maker.hanging(request, List.of(pieces)));
    }

    /** Adds a step that sends nothing until the client disconnects. */
    public FakeLlmServer hangs() {
        return then(FakeReply.silence());
    }

    /** Adds a step that closes the connection instead of replying. */
    public FakeLlmServer closes() {
        return then(FakeReply.close());
    }

    /** Adds a step that resets the connection instead of replying. */
    public FakeLlmServer resets() {
        return then(FakeReply.reset());
    }

    /** Adds a step that sends status 200 with a body that is not an answer, as a captive portal would. */
    public FakeLlmServer sendsGarbage() {
        return then(FakeReply.of(200, "text/html", "<html><body>Welcome to the guest network</body></html>"));
    }

    /** Adds a step that sends the given reply. */
    public FakeLlmServer then(FakeReply reply) {
        Objects.requireNonNull(reply, "reply");
        return replies(request -> reply);
    }

    /** Adds a step that computes the reply from the request, on a server thread. */
    public synchronized FakeLlmServer replies(Function<FakeRequest, FakeReply> step) {
        script.add(Objects.requireNonNull(step, "step"));
        return this;
    }

    /**
     * Sets the reply to every {@code GET} request for a path, such as an account endpoint. These requests do not count
     * as steps.
     *
     * @param path the path below {@link #url()}, with a leading slash
     */
    public FakeLlmServer serves(String path, FakeReply reply) {
        served.put(bodies.path() + path, Objects.requireNonNull(reply, "reply"));
        return this;
    }

    /** Repeats the last step of the script for all further requests. */
    public synchronized FakeLlmServer repeat() {
        repeat = true;
        return this;
    }

    /**
     * Returns the number of POST requests. A request counts as soon as its head has arrived, even if its body never
     * arrives.
     */
    public int posts() {
        return server.posts();
    }

    /** Returns the number of connections that clients have opened so far. */
    public int connections() {
        return server.connections();
    }

    /** Returns the requests that were received completely, in the order in which they were completed. */
    public synchronized List<FakeRequest> requests() {
        return List.copyOf(requests);
    }

    /** Returns the last request that was received completely. */
    public FakeRequest lastRequest() {
        List<FakeRequest> all = requests();
        if (all.isEmpty()) {
            throw new AssertionError(this + " has received no request");
        }
        return all.get(all.size() - 1);
    }

    /**
     * Waits, in real time, until at least the given number of POST requests have started.
     *
     * @throws AssertionError if that takes more than ten seconds
     */
    public void awaitPosts(int count) throws InterruptedException {
        server.awaitPosts(count);
    }

    /**
     * Waits, in real time, until at least the given number of clients have closed their connection before the request
     * or the reply was complete.
     *
     * @throws AssertionError if that takes more than ten seconds
     */
    public void awaitClientsGone(int count) throws InterruptedException {
        server.awaitClientsGone(count);
    }

    /**
     * Waits, in real time, until no client is connected.
     *
     * @throws AssertionError if that takes more than ten seconds
     */
    public void awaitNoConnections() throws InterruptedException {
        server.awaitNoConnections();
    }

    /**
     * Closes all connections and frees the port, so that further connections are refused. This method is idempotent.
     */
    @Override
    public void close() {
        server.close();
    }

    /** Returns an error message if there were requests beyond the end of the script, or empty otherwise. */
    synchronized Optional<String> complaint() {
        return taken <= script.size() || repeat ? Optional.empty() : Optional.of(beyondScript());
    }

    private FakeReply received(FakeRequest request) {
        synchronized (this) {
            requests.add(request);
        }
        return reply(request); // without the lock, because a step may block
    }

    private FakeReply reply(FakeRequest request) {
        if (!request.method().equals("POST")) {
            FakeReply reply = served.get(request.path());
            return reply != null
                    ? reply
                    : FakeReply.json(404, bodies.error(404, "not_found", this + " has no such path"));
        }
        Optional<Function<FakeRequest, FakeReply>> step = nextStep();
        return step.isPresent()
                ? step.get().apply(request)
                : FakeReply.json(400, bodies.error(400, "invalid_request_error", beyondScript()));
    }

    private synchronized Optional<Function<FakeRequest, FakeReply>> nextStep() {
        int index = taken++;
        if (index >= script.size() && repeat) {
            index = script.size() - 1;
        }
        return index < 0 || index >= script.size() ? Optional.empty() : Optional.of(script.get(index));
    }

    private synchronized String beyondScript() {
        return this + ": request " + taken + ", but the script has " + script.size()
                + " steps; add a step, or end it with repeat()";
    }

    @Override
    public String toString() {
        return "FakeLlmServer \"" + name + "\"";
    }
}
