package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.ProviderConfig;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration block {@code tls}, which sets the certificates to trust. A trust store replaces that of the
 * JVM, as the JVM's own setting does. The certificates in a file are trusted in addition. No setting disables a check.
 */
final class TlsSettings {

    private static final String STORE = "trust-store";
    private static final String PASSWORD = "trust-store-password";
    private static final String CA_FILE = "ca-file";

    private final ConfigBlock block;

    private TlsSettings(ConfigBlock block) {
        this.block = block;
    }

    /**
     * What to trust and what to show.
     *
     * @param trust null for the default of the JVM; never null if there are keys
     * @param keys the client's certificate and key; null if there is none
     */
    record Tls(@Nullable X509TrustManager trust, @Nullable X509ExtendedKeyManager keys) {}

    /** Reads the block. Both are null if nothing is set or a setting is invalid. */
    static Tls read(ProviderConfig config) {
        ConfigBlock block = config.block("tls");
        X509ExtendedKeyManager keys = ClientKeySettings.read(block);
        X509TrustManager trust = trust(block);
        try {
            return new Tls(trust == null && keys != null ? manager(null) : trust, keys);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JVM has a trust manager", e);
        }
    }

    /** Returns the trust manager; null if nothing is set or a setting is invalid. */
    private static @Nullable X509TrustManager trust(ConfigBlock block) {
        if (block.keys().isEmpty()) {
            return null; // usually there is no block tls
        }
        TlsSettings settings = new TlsSettings(block);
        Optional<String> store = block.string(STORE);
        Optional<char[]> password = settings.password();
        Optional<String> caFile = block.string(CA_FILE);
        block.refuseUnread();
        if (password.isPresent() && store.isEmpty()) {
            block.fault(PASSWORD, "is set without " + STORE);
        }
        List<Certificate> trusted = new ArrayList<>();
        store.ifPresent(path -> trusted.addAll(settings.inStore(path, password.orElse(null))));
        caFile.ifPresent(path -> trusted.addAll(settings.inFile(path)));
        try {
            if (trusted.isEmpty()) {
                return null;
            }
            if (store.isEmpty()) {
                trusted.addAll(Arrays.asList(manager(null).getAcceptedIssuers()));
            }
            return manager(storeOf(trusted));
        } catch (GeneralSecurityException | IOException e) {
            block.fault(store.isPresent() ? STORE : CA_FILE, "cannot be used by this JVM (" + name(e) + ")");
            return null;
        }
    }

    private Optional<char[]> password() {
        try {
            return block.credential(PASSWORD)
                    .map(password ->
                            password.secret(CallContext.create()).reveal().toCharArray());
        } catch (RuntimeException e) {
            block.fault(PASSWORD, "could not be obtained (" + name(e) + ")");
            return Optional.empty();
        }
    }

    private List<Certificate> inStore(String path, char @Nullable [] password) {
        try {
            KeyStore store = KeyStore.getInstance(new File(path), password);
            List<Certificate> certificates = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isCertificateEntry(alias)) {
                    certificates.add(store.getCertificate(alias));
                }
            }
            if (certificates.isEmpty()) {
                block.fault(
                        STORE,
                        "contains no certificate to trust" + (password == null ? "; set " + PASSWORD : "") + ": "
                                + path);
            }
            return certificates;
        } catch (IllegalArgumentException e) {
            block.fault(STORE, "is not a file: " + path);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                block.fault(PASSWORD, "is not the password of " + STORE);
            } else {
                block.fault(STORE, "cannot be read (" + name(e) + "): " + path);
            }
        } catch (GeneralSecurityException e) {
            block.fault(STORE, "is not a trust store that this JVM can read; use PKCS12: " + path);
        }
        return List.of();
    }

    private Collection<? extends Certificate> inFile(String path) {
        try (InputStream file = Files.newInputStream(Path.of(path))) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(file);
            if (certificates.isEmpty()) {
                block.fault(CA_FILE, "contains no certificate: " + path);
            }
            return certificates;
        } catch (IOException | IllegalArgumentException e) {
            block.fault(CA_FILE, "cannot be read (" + name(e) + "): " + path);
        } catch (CertificateException e) {
            block.fault(CA_FILE, "contains no certificates in PEM format: " + path);
        }
        return List.of();
    }

    private static KeyStore storeOf(List<Certificate> certificates) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("ca-" + i, certificates.get(i));
        }
        return store;
    }

    /** @param store the trust store; null for the trust store of this JVM */
    private static X509TrustManager manager(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new KeyStoreException("no X.509 trust manager"));
    }

    private static String name(Exception e) {
        return e.getClass().getSimpleName();
    }
}
