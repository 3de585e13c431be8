package dev.llmspi.testkit;

import dev.llmspi.api.ErrorKind;
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

/**
 * A server on this machine that speaks as OpenRouter, Portkey or any OpenAI-compatible server does, and answers by a script, one step
 * for each request: well, with errors, or as no proper server would. Give its {@link #url()} to a client as the base URL, and the real
 * provider talks to it. Safe for use by many threads; requests take their steps in the order they arrive.
 *
 * <p>The steps answer what was asked for, a whole answer or a stream. A request beyond the end of the script gets a 400 that says
 * so, unless {@link #repeat()} was called; {@link FakeLlmServers} makes a JUnit test fail then. {@code GET …/models} is always
 * answered and no part of the script.
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
    private final Map<String, FakeReply> served = new ConcurrentHashMap<>();
    private boolean repeat;
    private int taken;

    private FakeLlmServer(String name, OpenAiBodies bodies) {
        this.name = name;
        this.bodies = bodies;
        this.maker = new ReplyMaker(bodies);
        serves("/models", FakeReply.json(200, bodies.models("fake-model")));
        this.server = new LoopbackServer(this::reply).start();
    }

    /** A server that speaks as OpenRouter does, started. */
    public static FakeLlmServer openRouter() {
        return new FakeLlmServer("openrouter", new OpenRouterBodies());
    }

    /** A server that speaks as Portkey's gateway in front of OpenAI does, started. */
    public static FakeLlmServer portkey() {
        return new FakeLlmServer("portkey", new PortkeyBodies());
    }

    /** A server that speaks as OpenAI and those who are compatible do, started. */
    public static FakeLlmServer openAi() {
        return new FakeLlmServer("openai", new OpenAiBodies());
    }

    /** What to configure as the base URL: {@code http://127.0.0.1:…/v1}, and {@code …/api/v1} for OpenRouter. */
    public String url() {
        return "http://127.0.0.1:" + server.port() + bodies.path();
    }

    /** Next step: answers with the text; as a stream, in one piece. */
    public FakeLlmServer answers(String text) {
        return streams(text);
    }

    /** Next step: answers with the pieces, one event for each; asked for a whole answer, with all of them together. */
    public FakeLlmServer streams(String... pieces) {
        return replies(request -> maker.answer(request, List.of(pieces)));
    }

    /**
     * Next step: the model wants a tool called.
     *
     * @param arguments as the model writes them, as a rule a JSON object; a stream brings them in two pieces
     */
    public FakeLlmServer callsTool(String tool, String arguments) {
        OpenAiBodies.Call call = new OpenAiBodies.Call("call_1", tool, arguments);
        return replies(request -> maker.toolCall(request, call));
    }

    /** Next step: an error of the kind, with the status and words usual for it; the connection is closed for a connection error. */
    public FakeLlmServer fails(ErrorKind kind) {
        return then(maker.error(kind, Optional.empty()));
    }

    /** The same, asking for a wait in whole seconds. */
    public FakeLlmServer fails(ErrorKind kind, Duration retryAfter) {
        return then(maker.error(kind, Optional.of(retryAfter)));
    }

    /** Next step: an error with that status and code, such as 503 and {@code overloaded}. */
    public FakeLlmServer fails(int status, String code) {
        return then(maker.error(status, code, Optional.empty()));
    }

    /** Next step: streams the pieces, then an error in place of the rest; asked for a whole answer, the error alone. */
    public FakeLlmServer streamsThenFails(ErrorKind kind, String... pieces) {
        return replies(request -> maker.failing(request, kind, List.of(pieces)));
    }

    /** Next step: streams the pieces, then closes the connection; asked for a whole answer, in the middle of it. */
    public FakeLlmServer streamsThenCuts(String... pieces) {
        return replies(request -> maker.cut(request, List.of(pieces)));
    }

    /** Next step: streams the pieces, then nothing until the client goes away; asked for a whole answer, nothing at all. */
    public FakeLlmServer streamsThenHangs(String... pieces) {
        return replies(request -> maker.hanging(request, List.of(pieces)));
    }

    /** Next step: says nothing until the client goes away. */
    public FakeLlmServer hangs() {
        return then(FakeReply.silence());
    }

    /** Next step: closes the connection in place of an answer. */
    public FakeLlmServer closes() {
        return then(FakeReply.close());
    }

    /** Next step: resets the connection in place of an answer. */
    public FakeLlmServer resets() {
        return then(FakeReply.reset());
    }

    /** Next step: answers 200 with something that is no answer, as a captive portal or a wrong address does. */
    public FakeLlmServer sendsGarbage() {
        return then(FakeReply.of(200, "text/html", "<html><body>Welcome to the guest network</body></html>"));
    }

    /** Next step: that reply. */
    public FakeLlmServer then(FakeReply reply) {
        Objects.requireNonNull(reply, "reply");
        return replies(request -> reply);
    }

    /** Next step: what the function makes of the request; it runs on a thread of the server. */
    public synchronized FakeLlmServer replies(Function<FakeRequest, FakeReply> step) {
        script.add(Objects.requireNonNull(step, "step"));
        return this;
    }

    /**
     * What every {@code GET} of a path is answered with, such as an account; no part of the script.
     *
     * @param path below {@link #url()}, with a slash in front
     */
    public FakeLlmServer serves(String path, FakeReply reply) {
        served.put(bodies.path() + path, Objects.requireNonNull(reply, "reply"));
        return this;
    }

    /** The last step of the script is repeated for all further requests. */
    public synchronized FakeLlmServer repeat() {
        repeat = true;
        return this;
    }

    /** How many POSTs have been begun: counted when the head is there, whatever becomes of the rest. */
    public int posts() {
        return server.posts();
    }

    /** How many connections have been opened. */
    public int connections() {
        return server.connections();
    }

    /** The requests that have arrived whole, in that order. */
    public List<FakeRequest> requests() {
        return server.requests();
    }

    /** The last request that has arrived whole. */
    public FakeRequest lastRequest() {
        List<FakeRequest> all = server.requests();
        if (all.isEmpty()) {
            throw new AssertionError(this + " has received no request");
        }
        return all.get(all.size() - 1);
    }

    /**
     * Waits, in real time, until that many POSTs have been begun.
     *
     * @throws AssertionError if they have not within ten seconds
     */
    public void awaitPosts(int count) throws InterruptedException {
        server.awaitPosts(count);
    }

    /**
     * Waits, in real time, until that many clients have left a connection on which a reply was still open, or their own request.
     *
     * @throws AssertionError if they have not within ten seconds
     */
    public void awaitClientsGone(int count) throws InterruptedException {
        server.awaitClientsGone(count);
    }

    /** Ends all connections and frees the port: connections are refused from now on. Idempotent. */
    @Override
    public void close() {
        server.close();
    }

    /** What is wrong with the use of the script: requests beyond its end; empty if nothing is. */
    synchronized Optional<String> complaint() {
        return taken <= script.size() || repeat ? Optional.empty() : Optional.of(beyondScript());
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
