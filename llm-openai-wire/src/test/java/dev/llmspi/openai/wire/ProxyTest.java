package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.Cancellation;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.ModelCatalog;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.api.spi.Secret;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.QueueDispatcher;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests calls through a proxy. The test's server acts as the proxy and, inside the tunnel, as the provider. */
@Timeout(20)
class ProxyTest {

    private static final String ANSWER =
            "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"hi\"}}]}";
    private static final String PASSWORD = "c4n4ry-password";
    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString(("ada:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    private final Authority authority = new Authority();
    private final MockWebServer server = new MockWebServer();
    private final List<ConfigFault> faults = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws Exception {
        ((QueueDispatcher) server.getDispatcher()).setFailFast(true);
        server.useHttps(authority.server("llm.example").sslSocketFactory());
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private ProxyTest tunnel() {
        server.enqueue(new MockResponse.Builder().inTunnel().build());
        return this;
    }

    private ProxyTest refusal(int status) {
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .addHeader("Proxy-Authenticate", "Basic realm=\"proxy\"")
                .inTunnel()
                .build());
        return this;
    }

    private ProxyTest answer(int status) {
        server.enqueue(new MockResponse.Builder().code(status).body(ANSWER).build());
        return this;
    }

    private Map<String, Object> proxy(Object... more) {
        Map<String, Object> proxy = new HashMap<>(Map.of("host", "localhost", "port", server.getPort()));
        for (int i = 0; i < more.length; i += 2) {
            proxy.put((String) more[i], more[i + 1]);
        }
        return proxy;
    }

    private LlmProvider provider(String baseUrl, Object proxy) throws IOException {
        Map<String, Object> values = new HashMap<>();
        values.put("base-url", baseUrl);
        values.put("api-key", Bench.KEY);
        values.put("headers", Map.of("X-Own", "c4n4ry-header"));
        values.put("tls", Map.of("ca-file", authority.pemFile(folder).toString()));
        if (proxy != null) {
            values.put("proxy", proxy);
        }
        return OpenAiWire.provider(
                new ProviderConfig("local", "llm.providers.local", values, path -> "", faults, TimeSource.system()),
                new OpenAiDialect() {});
    }

    private LlmProvider provider(Object proxy) throws IOException {
        return provider("https://llm.example/v1", proxy);
    }

    /** Checks the head of a CONNECT request, which must contain nothing for the provider. */
    private RecordedRequest assertConnect() throws InterruptedException {
        RecordedRequest connect = server.takeRequest();
        assertEquals("CONNECT", connect.getMethod());
        assertEquals("llm.example:443", connect.getHeaders().get("Host"));
        Set<String> names = new TreeSet<>(connect.getHeaders().names());
        names.removeAll(Set.of("Host", "Proxy-Connection", "User-Agent", "Proxy-Authorization"));
        assertEquals(Set.of(), names);
        String head = connect.getRequestLine() + "\n" + connect.getHeaders();
        assertFalse(head.contains(Bench.KEY) || head.contains("c4n4ry-header"), head);
        return connect;
    }

    private void assertPostInTunnel() throws InterruptedException {
        RecordedRequest post = server.takeRequest();
        assertEquals("POST", post.getMethod());
        assertEquals("Bearer " + Bench.KEY, post.getHeaders().get("Authorization"));
        assertNull(post.getHeaders().get("Proxy-Authorization"));
    }

    private LlmException failure(LlmProvider provider) {
        return assertThrows(LlmException.class, () -> provider.chat(Bench.HELLO, CallContext.create()));
    }

    @Test
    void chat_proxy_opensATunnelAndSeesNoKey() throws Exception {
        tunnel().answer(200);
        try (LlmProvider provider = provider(proxy())) {
            assertEquals(List.of(), faults);
            assertEquals("hi", provider.chat(Bench.HELLO, CallContext.create()).text());
        }
        assertNull(assertConnect().getHeaders().get("Proxy-Authorization"));
        assertPostInTunnel();
    }

    @Test
    void chat_proxyWithPassword_isToldItAndTheProviderIsNot() throws Exception {
        tunnel().answer(200);
        try (LlmProvider provider = provider(proxy("user", "ada", "password", PASSWORD))) {
            assertEquals("hi", provider.chat(Bench.HELLO, CallContext.create()).text());
        }
        assertEquals(BASIC, assertConnect().getHeaders().get("Proxy-Authorization"));
        assertPostInTunnel();
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void chat_proxyAsksForCredentials_connectionErrorUnsent(boolean wrongPassword) throws Exception {
        refusal(407).refusal(407);
        Object proxy = wrongPassword ? proxy("user", "ada", "password", PASSWORD) : proxy();
        try (LlmProvider provider = provider(proxy)) {
            LlmException error = failure(provider);

            assertEquals(ErrorKind.CONNECTION, error.kind());
            assertEquals(Optional.of(ErrorReason.PROXY_AUTHENTICATION), error.reason());
            assertEquals(Optional.of(false), error.retryHere());
            assertEquals(Optional.empty(), error.tryNext());
            assertFalse(error.requestSent());
            assertTrue(error.getMessage().contains("proxy.user and proxy.password"), error.getMessage());
            assertFalse(error.toString().contains("c4n4ry"));
        }
        assertConnect();
        assertEquals(1, server.getRequestCount(), "the same password is not tried again");
    }

    @Test
    void chat_proxyRefuses_connectFailedUnsent() throws Exception {
        refusal(503);
        try (LlmProvider provider = provider(proxy())) {
            LlmException error = failure(provider);

            assertEquals(Optional.of(ErrorReason.CONNECT_FAILED), error.reason());
            assertEquals(Optional.empty(), error.retryHere());
            assertFalse(error.requestSent());
            assertTrue(error.getMessage().contains("a proxy refused to open a tunnel (503)"));
        }
        assertConnect();
    }

    @Test
    void providerBehindTheProxyAsksFor407_isNotToldThePassword() throws Exception {
        tunnel().answer(407).answer(407);
        try (LlmProvider provider = provider(proxy("user", "ada", "password", PASSWORD))) {
            assertEquals(
                    Optional.of(ErrorReason.PROXY_AUTHENTICATION),
                    failure(provider).reason());
            ModelCatalog catalog = provider.as(ModelCatalog.class).orElseThrow();
            assertThrows(LlmException.class, () -> catalog.models(CallContext.create()));
        }
        assertConnect();
        assertPostInTunnel();
        assertNull(server.takeRequest().getHeaders().get("Proxy-Authorization"));
        assertEquals(3, server.getRequestCount());
    }

    @Test
    void create_http_noProxyMayStandBesideIt() throws Exception {
        provider("http://127.0.0.1:1/v1", proxy()).close();
        assertEquals("llm.providers.local.proxy", faults.get(0).path());
        assertTrue(faults.get(0).text().contains("http://"), faults::toString);
    }

    @Test
    void http_jvmWideProxy_isPassedBy() throws Exception {
        ProxySelector before = ProxySelector.getDefault();
        List<URI> asked = new ArrayList<>();
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                asked.add(uri);
                return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("localhost", server.getPort())));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException cause) {
                // ignored, because the call's own error shows the failure
            }
        });
        tunnel().answer(200);
        try (Bench plain = new Bench();
                LlmProvider tunnelled = provider(null)) {
            plain.reply(ANSWER);
            assertEquals(List.of(), asked);
            assertEquals("hi", tunnelled.chat(Bench.HELLO, CallContext.create()).text());
            assertEquals(1, asked.size());
        } finally {
            ProxySelector.setDefault(before);
        }
        assertConnect();
        assertPostInTunnel();
    }

    @Test
    void chat_proxyPasswordHangs_endsWithTheCallAndIsAskedOncePerTunnel() throws Exception {
        refusal(407).refusal(407);
        AtomicInteger asked = new AtomicInteger();
        Cancellation stop = Cancellation.create();
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Credential hanging = context -> {
            asked.incrementAndGet();
            hangs.countDown();
            while (over.getCount() > 0) { // ignores interrupts
                LockSupport.parkNanos(1_000_000);
            }
            return Secret.of(PASSWORD);
        };
        try (LlmProvider provider = provider(proxy("user", "ada", "password", hanging))) {
            CallContext context = CallContext.builder().cancellation(stop).build();
            CompletableFuture<LlmException> call = CompletableFuture.supplyAsync(
                    () -> assertThrows(LlmException.class, () -> provider.chat(Bench.HELLO, context)));
            hangs.await();
            stop.cancel();
            LlmException error = call.get(10, TimeUnit.SECONDS);
            assertEquals(Optional.of(ErrorReason.PROXY_AUTHENTICATION), error.reason());
            assertFalse(error.requestSent());
            assertTrue(error.getMessage().contains("llm.providers.local.proxy.password"), error.getMessage());
            assertEquals(1, asked.get());
        } finally {
            over.countDown();
        }
    }

    @Test
    void chat_proxyPasswordFails_unsentErrorWithoutTheMessageOfItsSource() throws Exception {
        refusal(407);
        Credential failing = context -> {
            throw new IllegalStateException(PASSWORD);
        };
        try (LlmProvider provider = provider(proxy("user", "ada", "password", failing))) {
            LlmException error = failure(provider);
            assertEquals(Optional.of(ErrorReason.PROXY_AUTHENTICATION), error.reason());
            assertFalse(error.requestSent());
            assertTrue(error.getMessage().contains("could not obtain the password of its proxy"), error.getMessage());
            assertFalse(error.getMessage().contains(PASSWORD), error.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "host, ''",
        "host, http://proxy",
        "host, proxy:80",
        "host, a@b",
        "port, 0",
        "port, 65536",
        "port, web",
        "user, a:b",
        "proxy-host, h"
    })
    void create_wrongProxy_isAFaultOfItsKey(String key, String value) throws Exception {
        Map<String, Object> proxy = proxy("user", "ada", "password", PASSWORD);
        if (value == null) {
            proxy.remove(key);
        } else {
            proxy.put(key, value);
        }
        provider(proxy).close();
        assertEquals(
                List.of("llm.providers.local.proxy." + key),
                faults.stream().map(ConfigFault::path).toList());
        assertFalse(faults.toString().contains(PASSWORD));
    }

    @Test
    void create_emptyOrIncompleteProxy_isAFault() throws Exception {
        provider(Map.of()).close();
        provider(Map.of("host", "h", "port", 1, "password", PASSWORD)).close();
        provider(Map.of("host", "h", "port", 1, "user", "ada")).close();
        assertEquals(
                List.of(
                        "llm.providers.local.proxy.host",
                        "llm.providers.local.proxy.port",
                        "llm.providers.local.proxy.password",
                        "llm.providers.local.proxy.user"),
                faults.stream().map(ConfigFault::path).toList());
    }
}
