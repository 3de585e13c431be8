package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.TimeSource;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.api.spi.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.X509ExtendedKeyManager;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Protocol;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests servers that require a certificate from the client. */
@Timeout(20)
class ClientCertificateTest {

    private static final String PASSWORD = "c4n4ry-password";

    private final Authority authority = new Authority();
    private final MockWebServer server = new MockWebServer();
    private final List<ConfigFault> faults = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws Exception {
        server.useHttps(authority.server("localhost").sslSocketFactory());
        server.requireClientAuth();
        server.setProtocols(List.of(Protocol.HTTP_1_1)); // each connection ends after its answer
        for (int i = 0; i < 3; i++) {
            // The connection is not kept, so that each call needs a handshake.
            server.enqueue(new MockResponse.Builder()
                    .addHeader("Connection", "close")
                    .body("{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"hi\"}}]}")
                    .build());
        }
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private LlmProvider provider(Map<String, ?> tls) throws IOException {
        Map<String, Object> all = new HashMap<>(tls);
        all.put("ca-file", authority.pemFile(folder).toString());
        Map<String, Object> values =
                Map.of("base-url", "https://localhost:" + server.getPort() + "/v1", "api-key", Bench.KEY, "tls", all);
        return OpenAiWire.provider(config(values), new OpenAiDialect() {});
    }

    private ProviderConfig config(Map<String, Object> values) {
        return new ProviderConfig("local", "llm.providers.local", values, path -> "", faults, TimeSource.system());
    }

    private Map<String, String> files(HeldCertificate client) throws IOException {
        return Map.of(
                "client-cert",
                Files.writeString(folder.resolve("client.pem"), client.certificatePem())
                        .toString(),
                "client-key",
                Files.writeString(folder.resolve("client.key"), client.privateKeyPkcs8Pem())
                        .toString());
    }

    private Path store(HeldCertificate client) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "me", client.keyPair().getPrivate(), PASSWORD.toCharArray(), new Certificate[] {client.certificate()});
        Path file = folder.resolve("client.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private String nameSeenByServer(LlmProvider provider) throws InterruptedException {
        assertEquals(List.of(), faults);
        assertEquals("hi", provider.chat(Bench.HELLO, CallContext.create()).text());
        return String.valueOf(server.takeRequest().getHandshake().peerPrincipal());
    }

    @Test
    void chat_certificateInPemFiles_isReadAgainWhenItChanges() throws Exception {
        try (LlmProvider provider = provider(files(authority.client("first")))) {
            assertEquals("CN=first", nameSeenByServer(provider));
            files(authority.client("the-second"));
            assertEquals("CN=the-second", nameSeenByServer(provider));
            Files.writeString(folder.resolve("client.key"), "half written");
            assertEquals("CN=the-second", nameSeenByServer(provider));
        }
    }

    @Test
    void chat_certificateInKeyStore_answers() throws Exception {
        String store = store(authority.client("stored")).toString();
        try (LlmProvider provider = provider(Map.of("client-keystore", store, "client-keystore-password", PASSWORD))) {
            assertEquals("CN=stored", nameSeenByServer(provider));
        }
    }

    /** The password hangs, and then its source fails; the certificate that was loaded before stays in use. */
    @Test
    void chat_keyStoreChangedWithoutItsPassword_usesTheLastCertificate() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Secret> hanging = new CompletableFuture<>();
        Credential password = context -> switch (asked.incrementAndGet()) {
            case 1 -> Secret.of(PASSWORD);
            case 2 -> hanging.join();
            default -> throw new IllegalStateException("down");
        };
        String store = store(authority.client("stored")).toString();
        try (LlmProvider provider = provider(Map.of("client-keystore", store, "client-keystore-password", password))) {
            assertEquals("CN=stored", nameSeenByServer(provider));
            store(authority.client("the-second"));
            assertEquals("CN=stored", nameSeenByServer(provider));
            assertEquals("CN=stored", nameSeenByServer(provider));
            assertEquals(3, asked.get());
        } finally {
            hanging.complete(Secret.of(PASSWORD));
        }
    }

    @Test
    void alias_filesChangeDuringAHandshake_keepsItsCertificateAndKey() throws Exception {
        HeldCertificate first = authority.client("first");
        X509ExtendedKeyManager keys = Objects.requireNonNull(
                ClientKeySettings.read(config(Map.of("tls", files(first))).block("tls")));
        String[] types = {"EC", "RSA"};
        String alias = keys.chooseClientAlias(types, null, null);
        HeldCertificate second = authority.client("the-second");
        files(second);
        String later = keys.chooseClientAlias(types, null, null);
        assertEquals(first.certificate(), keys.getCertificateChain(alias)[0]);
        assertEquals(first.keyPair().getPrivate(), keys.getPrivateKey(alias));
        assertEquals(second.certificate(), keys.getCertificateChain(later)[0]);
        assertEquals(second.keyPair().getPrivate(), keys.getPrivateKey(later));
        files(authority.client("the-very-last"));
        assertEquals(1, keys.getClientAliases(second.keyPair().getPrivate().getAlgorithm(), null).length);
        assertNull(keys.getPrivateKey(alias));
        assertEquals(second.certificate(), keys.getCertificateChain(later)[0]);
    }

    @Test
    void create_keyStoreOfTheJvmUnreadable_faultNamesTheProperty() throws Exception {
        System.setProperty("javax.net.ssl.keyStore", folder.resolve("none.p12").toString());
        try {
            provider(Map.of()).close();
        } finally {
            System.clearProperty("javax.net.ssl.keyStore");
        }
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).text().contains("javax.net.ssl.keyStore"), faults::toString);
    }

    @Test
    void chat_certificateInKeyStoreOfTheJvm_answers() throws Exception {
        System.setProperty(
                "javax.net.ssl.keyStore", store(authority.client("of-jvm")).toString());
        System.setProperty("javax.net.ssl.keyStorePassword", PASSWORD);
        try (LlmProvider provider = provider(Map.of())) {
            assertEquals("CN=of-jvm", nameSeenByServer(provider));
        } finally {
            System.clearProperty("javax.net.ssl.keyStore");
            System.clearProperty("javax.net.ssl.keyStorePassword");
        }
    }

    /** With TLS 1.3, the server refuses a certificate only after the client has finished its handshake. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chat_certificateRefused_isATlsErrorWithoutRetry(boolean shown) throws Exception {
        Map<String, String> files = shown ? files(new Authority().client("stranger")) : Map.of();
        try (LlmProvider provider = provider(files)) {
            LlmException error =
                    assertThrows(LlmException.class, () -> provider.chat(Bench.HELLO, CallContext.create()));
            assertEquals(List.of(), faults);
            assertEquals(Optional.of(ErrorReason.TLS), error.reason(), error::toString);
            assertEquals(Optional.of(false), error.retryHere());
            assertFalse(error.requestSent());
            assertTrue(error.getMessage().contains("tls.client-cert"), error.getMessage());
        }
        assertEquals(0, server.getRequestCount());
    }

    @ParameterizedTest
    @CsvSource({
        "ENCRYPTED PRIVATE KEY, is encrypted",
        "RSA PRIVATE KEY, is not in PKCS#8 format",
        "PRIVATE KEY, is neither an RSA",
        "PUBLIC KEY, contains no private key"
    })
    void create_keyInAnotherFormat_faultSaysWhatToDo(String type, String problem) throws Exception {
        Map<String, String> files = files(authority.client("me"));
        Files.writeString(
                folder.resolve("client.key"), "-----BEGIN " + type + "-----\nAAAA\n-----END " + type + "-----\n");
        provider(files).close();
        assertEquals(1, faults.size(), faults::toString);
        assertEquals("llm.providers.local.tls.client-key", faults.get(0).path());
        assertTrue(faults.get(0).text().startsWith(problem), faults::toString);
    }

    @Test
    void create_keyOfAnotherCertificate_isAFault() throws Exception {
        Map<String, String> files = files(authority.client("me"));
        Files.writeString(folder.resolve("client.key"), authority.client("you").privateKeyPkcs8Pem());
        provider(files).close();
        assertEquals("is not the key of client-cert", faults.get(0).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"client-cert", "client-key", "client-keystore-password"})
    void create_settingWithoutItsPartner_isAFault(String key) throws Exception {
        provider(Map.of(key, "x")).close();
        assertEquals("llm.providers.local.tls." + key, faults.get(0).path());
    }

    @Test
    void create_wrongPassword_isAFaultThatDoesNotShowIt() throws Exception {
        String store = store(authority.client("me")).toString();
        provider(Map.of("client-keystore", store, "client-keystore-password", "c4n4ry-wrong"))
                .close();
        assertEquals("llm.providers.local.tls.client-keystore", faults.get(0).path());
        assertFalse(faults.toString().contains("c4n4ry"));
    }
}
