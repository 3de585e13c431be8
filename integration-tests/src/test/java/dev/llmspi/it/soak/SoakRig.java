package dev.llmspi.it.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.HealthStatus;
import dev.llmspi.core.LlmClient;
import dev.llmspi.core.settings.TimeoutSettings;
import dev.llmspi.it.faults.HttpVersion;
import dev.llmspi.it.faults.Mode;
import dev.llmspi.it.server.ForgetfulProxy;
import dev.llmspi.it.server.Http2Front;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.it.soak.SoakCall.Prediction;
import dev.llmspi.testkit.FakeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One client, its two providers, and a proxy in front of each that can forget its connections. A request header
 * contains the number of the call, so that the servers know which fault to produce.
 */
final class SoakRig implements AutoCloseable {

    private static final int CALLERS = 8;
    private static final int WARM_CALLS = 5;
    private static final String NUMBER = "X-Call-Number";
    /** Short timeouts, so that the few calls that end with a timeout do not take long. */
    private static final TimeoutSettings SHORT_TIMEOUTS = TimeoutSettings.builder()
            .attempt(Duration.ofSeconds(1))
            .firstToken(Duration.ofSeconds(1))
            .idle(Duration.ofSeconds(1))
            .build();

    /** A call that the servers expect, and the number of requests that each server has received for it. */
    private record Running(SoakCall call, Cancellation stop, Thread caller, Map<String, AtomicInteger> asked) {

        Reply reply(String provider) {
            int attempt = asked.get(provider).getAndIncrement();
            SoakFault fault = call.fault(provider, attempt);
            if (fault == null) {
                return call.mode().answer(call.answer(provider));
            }
            Reply reply = fault.reply(call.mode());
            return connection -> {
                if (fault == SoakFault.CANCELLED) {
                    stop.cancel();
                } else if (fault == SoakFault.INTERRUPTED) {
                    caller.interrupt();
                }
                reply.send(connection);
            };
        }
    }

    private final long seed;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final SoakCounts counts = new SoakCounts();
    private final SoakTotals expected = new SoakTotals();
    private final AtomicInteger numbers = new AtomicInteger();
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final TestUpstream openrouter;
    private final TestUpstream portkey;
    private final List<Http2Front> fronts = new ArrayList<>();
    private final List<ForgetfulProxy> proxies = new ArrayList<>();
    private final LlmClient client;

    SoakRig(HttpVersion version, long seed) {
        this.seed = seed;
        this.openrouter = server("openrouter");
        this.portkey = server("portkey");
        this.client = client(version);
    }

    private TestUpstream server(String provider) {
        return TestUpstream.start().keepingNoRequests().answering(request -> reply(request, provider));
    }

    private Reply reply(FakeRequest request, String provider) {
        Running call = running.get(request.header(NUMBER).orElse(""));
        return call == null ? Reply.error(599, "599", "unexpected call") : call.reply(provider);
    }

    /**
     * Returns a client without cooldowns and without a limiting retry budget, so that calls do not affect each other.
     */
    private LlmClient client(HttpVersion version) {
        return LlmClient.builder()
                .listener(counts)
                .provider("openrouter", block -> block.apiKey("or-key")
                        .baseUrl(address(openrouter, version) + "/api/v1")
                        .defaultModel("m"))
                .provider("portkey", block -> block.apiKey("pk-key")
                        .baseUrl(address(portkey, version) + "/v1")
                        .defaultModel("m")
                        .set("provider", "openai"))
                .set("llm.providers.openrouter.tls.trust-store", Http2Front.trustStore())
                .set("llm.providers.portkey.tls.trust-store", Http2Front.trustStore())
                .chain("default", "openrouter", "portkey")
                .set("llm.cooldown.after-failures", 0)
                .set("llm.cooldown.max", "0s")
                .set("llm.retry.budget", 1_000_000_000)
                .set("llm.retry.max-retries", SoakCall.MAX_RETRIES)
                .set("llm.retry.delay", "1ms")
                .set("llm.retry.max-delay", "3ms")
                .build();
    }

    /** Starts a proxy for the server and returns the proxy's address. */
    private String address(TestUpstream server, HttpVersion version) {
        int port = server.port();
        if (version == HttpVersion.HTTP_2) {
            Http2Front front = Http2Front.before(server);
            fronts.add(front);
            port = front.url("/").getPort();
        }
        ForgetfulProxy proxy = ForgetfulProxy.before(port);
        proxies.add(proxy);
        return (version == HttpVersion.HTTP_2 ? "https" : "http") + "://127.0.0.1:" + proxy.port();
    }

    /** Makes calls without faults, which load the classes. */
    void warmUp() throws Exception {
        fromAllCallers(() -> {
            for (int i = 0; i < WARM_CALLS; i++) {
                expected.add(call(SoakCall.withoutFaults(seed, numbers.incrementAndGet(), "openrouter")));
                expected.add(call(SoakCall.withoutFaults(seed, numbers.incrementAndGet(), "portkey")));
            }
            return null;
        });
    }

    /** Makes calls with random faults, and checks the result of each. */
    void calls(int count) throws Exception {
        AtomicInteger left = new AtomicInteger(count);
        fromAllCallers(() -> {
            while (left.getAndDecrement() > 0) {
                expected.add(call(SoakCall.draw(seed, numbers.incrementAndGet())));
            }
            return null;
        });
    }

    /**
     * Lets all connections die silently. Then each caller makes one call to each provider, which must answer in its
     * second attempt at the latest.
     */
    void connectionsDie() throws Exception {
        proxies.forEach(ForgetfulProxy::forget);
        fromAllCallers(() -> {
            callOverDeadConnection("openrouter");
            callOverDeadConnection("portkey");
            return null;
        });
    }

    private void callOverDeadConnection(String provider) {
        SoakCall call = SoakCall.withoutFaults(seed, numbers.incrementAndGet(), provider);
        AtomicReference<CallFinished> finished = new AtomicReference<>();
        String end = end(call, SHORT_TIMEOUTS, finished);
        assertEquals(call.answer(provider), end, () -> where(call) + ", " + finished);
        List<String> attempts = shown(finished.get().attempts());
        boolean timedOut = attempts.size() == 2;
        List<String> possible = timedOut
                ? List.of(provider + " " + ErrorKind.TIMEOUT, provider + " SUCCESS")
                : List.of(provider + " SUCCESS");
        assertEquals(possible, attempts, () -> where(call));
        expected.add(call.predicted());
        expected.addLost(timedOut ? 1 : 0);
    }

    private void fromAllCallers(Callable<Void> work) throws Exception {
        List<Future<Void>> all = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            all.add(callers.submit(work));
        }
        for (Future<Void> caller : all) {
            caller.get();
        }
    }

    private Prediction call(SoakCall call) {
        AtomicReference<CallFinished> finished = new AtomicReference<>();
        String end = end(call, call.waitsForATimeout() ? SHORT_TIMEOUTS : TimeoutSettings.none(), finished);
        Prediction predicted = call.predicted();
        assertEquals(predicted, new Prediction(end, shown(finished.get().attempts())), () -> where(call));
        return predicted;
    }

    private String end(SoakCall call, TimeoutSettings timeouts, AtomicReference<CallFinished> finished) {
        String number = String.valueOf(call.number());
        Cancellation stop = Cancellation.create();
        running.put(
                number,
                new Running(
                        call,
                        stop,
                        Thread.currentThread(),
                        Map.of("openrouter", new AtomicInteger(), "portkey", new AtomicInteger())));
        CallOptions options = CallOptions.builder()
                .startWith(call.links().get(0))
                .header(NUMBER, number)
                .cancellation(stop)
                .timeouts(timeouts)
                .listener(new LlmListener() {
                    @Override
                    public void callFinished(CallFinished event) {
                        assertTrue(finished.compareAndSet(null, event), "the call ended twice");
                    }
                })
                .build();
        try {
            Mode mode = call.mode();
            return mode.call(client, ChatRequest.of("hi"), options, text -> {}).text();
        } catch (CancellationException e) {
            return Thread.interrupted() ? "interrupted" : "cancelled";
        } catch (LlmException e) {
            return e.kind()
                    + e.partial().map(partial -> " after " + partial.text()).orElse("");
        } finally {
            running.remove(number);
        }
    }

    private String where(SoakCall call) {
        return "seed " + seed + ", " + call;
    }

    private static List<String> shown(List<Attempt> attempts) {
        return attempts.stream()
                .map(attempt -> attempt.provider() + " "
                        + attempt.kind()
                                .map(Enum::name)
                                .orElse(attempt.outcome().name()))
                .toList();
    }

    /** Closes the client, compares the counts of the client and the servers, and closes the servers. */
    @Override
    public void close() {
        try (client;
                openrouter;
                portkey) {
            checkCounts();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            proxies.forEach(ForgetfulProxy::close);
            fronts.forEach(Http2Front::close);
            callers.shutdownNow();
        }
    }

    private void checkCounts() throws InterruptedException {
        String where = "seed " + seed;
        assertTrue(
                client.health().stream().allMatch(status -> status.state() == HealthStatus.State.AVAILABLE),
                () -> where + ": " + client.health());
        assertTrue(client.shutdown(Duration.ofSeconds(10)), where + ": every call has ended");
        client.close();
        openrouter.awaitNoConnections();
        portkey.awaitNoConnections();
        assertEquals(
                expected.shown(numbers.get()),
                counts + ", at openrouter " + openrouter.posts() + ", at portkey " + portkey.posts(),
                where);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
