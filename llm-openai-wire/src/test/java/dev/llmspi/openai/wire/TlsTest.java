package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.ProviderConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that trusted certificates are configurable, and that certificate checks cannot be disabled. */
@Timeout(20)
class TlsTest {

    private static final String ANSWER =
            "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"hi\"}}]}";
    private static final String PASSWORD = "c4n4ry-password";

    private final Authority authority = new Authority();
    private final MockWebServer server = new MockWebServer();
    private final List<ConfigFault> faults = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws Exception {
        server.useHttps(authority.server("localhost").sslSocketFactory());
        server.enqueue(new MockResponse.Builder().body(ANSWER).build());
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private LlmProvider provider(Map<String, ?> tls) {
        return provider(tls, Map.of());
    }

    private LlmProvider provider(Map<String, ?> tls, Map<String, ?> more) {
        Map<String, Object> values = new HashMap<>(more);
        values.put("base-url", "https://localhost:" + server.getPort() + "/v1");
        values.put("api-key", Bench.KEY);
        values.put("tls", tls);
        return OpenAiWire.provider(
                new ProviderConfig("local", "llm.providers.local", values, path -> "", faults, TimeSource.system()),
                new OpenAiDialect() {});
    }

    private void assertAnswers(Map<String, ?> tls) {
        try (LlmProvider provider = provider(tls)) {
            assertEquals(List.of(), faults);
            assertEquals("hi", provider.chat(Bench.HELLO, CallContext.create()).text());
        }
    }

    private void assertDistrusted(Map<String, ?> tls) {
        try (LlmProvider provider = provider(tls)) {
            LlmException error =
                    assertThrows(LlmException.class, () -> provider.chat(Bench.HELLO, CallContext.create()));
            assertEquals(ErrorKind.CONNECTION, error.kind());
            assertEquals(Optional.of(ErrorReason.TLS), error.reason());
            assertEquals(Optional.of(false), error.retryHere());
            assertFalse(error.requestSent());
            assertTrue(error.getMessage().contains("tls.ca-file"), error.getMessage());
        }
        assertEquals(0, server.getRequestCount());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "unset", textBlock = """
            unset, HTTP/2
            on, HTTP/2
            off, HTTP/1.1
            """)
    void chat_serverOffersHttp2_isUsedUnlessSwitchedOff(String setting, String version) throws Exception {
        Map<String, ?> tls = Map.of("ca-file", authority.pemFile(folder).toString());
        try (LlmProvider provider = provider(tls, setting == null ? Map.of() : Map.of("http2", setting))) {
            assertEquals("hi", provider.chat(Bench.HELLO, CallContext.create()).text());
        }
        assertEquals(List.of(), faults);
        assertEquals(version, server.takeRequest().getVersion());
    }

    @Test
    void chat_unknownAuthority_isDistrusted() {
        assertDistrusted(Map.of());
    }

    @Test
    void chat_authorityInPemFile_answers() throws Exception {
        assertAnswers(Map.of("ca-file", authority.pemFile(folder).toString()));
    }

    @Test
    void chat_authorityInTrustStore_answers() throws Exception {
        assertAnswers(
                Map.of("trust-store", authority.store(folder, PASSWORD).toString(), "trust-store-password", PASSWORD));
    }

    @Test
    void chat_passwordOfTrustStoreInFile_answers() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        assertAnswers(Map.of(
                "trust-store",
                authority.store(folder, PASSWORD).toString(),
                "trust-store-password",
                Map.of("file", file.toString())));
    }

    @Test
    void chat_trustedAuthorityButAnotherHost_isDistrusted() throws Exception {
        server.close();
        try (MockWebServer other = new MockWebServer()) {
            other.useHttps(authority.server("other.example").sslSocketFactory());
            other.start();
            Map<String, Object> values = Map.of(
                    "base-url",
                    "https://localhost:" + other.getPort() + "/v1",
                    "tls",
                    Map.of("ca-file", authority.pemFile(folder).toString()));
            try (LlmProvider provider =
                    OpenAiWire.provider(ProviderConfig.of("local", values), new OpenAiDialect() {})) {
                LlmException error =
                        assertThrows(LlmException.class, () -> provider.chat(Bench.HELLO, CallContext.create()));
                assertEquals(Optional.of(ErrorReason.TLS), error.reason());
            }
            assertEquals(0, other.getRequestCount());
        }
    }

    @Test
    void trust_caFileAddsToTheJvms_trustStoreReplacesThem() throws Exception {
        int jvms = issuers(trustManager());

        X509TrustManager added =
                manager(Map.of("ca-file", authority.pemFile(folder).toString()));
        X509TrustManager replaced = manager(
                Map.of("trust-store", authority.store(folder, PASSWORD).toString(), "trust-store-password", PASSWORD));

        assertEquals(jvms + 1, issuers(added));
        assertEquals(1, issuers(replaced));
    }

    @Test
    void trust_caFileBesideTrustStore_addsToThat() throws Exception {
        Path other = Files.writeString(folder.resolve("other.pem"), new Authority().pem() + new Authority().pem());

        X509TrustManager both = manager(Map.of(
                "trust-store",
                authority.store(folder, PASSWORD).toString(),
                "trust-store-password",
                PASSWORD,
                "ca-file",
                other.toString()));

        assertEquals(3, issuers(both));
    }

    private static X509TrustManager manager(Map<String, ?> tls) {
        return TlsSettings.read(ProviderConfig.of("local", Map.of("tls", tls))).trust();
    }

    private static X509TrustManager trustManager() throws Exception {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((java.security.KeyStore) null);
        return (X509TrustManager) Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    private static int issuers(X509TrustManager manager) {
        return manager.getAcceptedIssuers().length;
    }

    @Test
    void create_whatCannotBeUsed_isAFaultOfItsKey() throws Exception {
        String store = authority.store(folder, PASSWORD).toString();
        String text =
                Files.writeString(folder.resolve("text"), "no certificate").toString();
        String missing = folder.resolve("missing").toString();
        assertFault("trust-store", Map.of("trust-store", missing));
        assertFault("trust-store", Map.of("trust-store", text));
        assertFault("trust-store", Map.of("trust-store", store));
        assertFault("trust-store", Map.of("trust-store", folder.toString()));
        assertFault("trust-store-password", Map.of("trust-store", store, "trust-store-password", "c4n4ry-wrong"));
        assertFault("trust-store-password", Map.of("trust-store-password", PASSWORD));
        assertFault(
                "trust-store-password", Map.of("trust-store", store, "trust-store-password", Map.of("file", missing)));
        assertFault("ca-file", Map.of("ca-file", missing));
        assertFault("ca-file", Map.of("ca-file", text));
        assertFault("ca-file", Map.of("ca-file", "\0"));
        assertFault("ca-file", Map.of("ca-file", List.of(missing)));
    }

    private void assertFault(String key, Map<String, ?> tls) {
        faults.clear();
        provider(tls).close();
        assertTrue(
                faults.stream().anyMatch(fault -> fault.path().equals("llm.providers.local.tls." + key)),
                faults::toString);
        assertFalse(faults.toString().contains("c4n4ry"), faults::toString);
    }

    /**
     * In other programs, settings with these names disable certificate checks. None of them exists here, and only three
     * keys are accepted.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "insecure",
                "insecure-skip-verify",
                "skip-verify",
                "verify",
                "verify-peer",
                "verify-host",
                "verify-hostname",
                "hostname-verification",
                "hostname-verifier",
                "trust-all",
                "trust-all-certificates",
                "accept-any-certificate",
                "allow-self-signed",
                "reject-unauthorized",
                "enabled"
            })
    void create_switchToTrustAnybody_isNotKnown(String key) {
        for (Object value : List.of(true, false)) {
            faults.clear();
            assertDistrusted(Map.of(key, value));
            assertEquals(
                    List.of(new ConfigFault(
                            "llm.providers.local.tls." + key,
                            "",
                            "is not known; known: ca-file, client-cert, client-key, client-keystore, "
                                    + "client-keystore-password, trust-store, trust-store-password")),
                    faults);
        }
    }
}
