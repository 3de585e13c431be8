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
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Reads the block {@code tls}: who vouches for the server. A trust store stands in place of the JVM's own, as the JVM's
 * own setting does; a file of certificates adds to what is trusted otherwise. Nothing here switches a check off.
 */
final class TlsSettings {

    private static final String STORE = "trust-store";
    private static final String PASSWORD = "trust-store-password";
    private static final String CA_FILE = "ca-file";

    private final ConfigBlock block;

    private TlsSettings(ConfigBlock block) {
        this.block = block;
    }

    /** Null if nothing is set, or nothing that works. */
    static @Nullable X509TrustManager read(ProviderConfig config) {
        ConfigBlock block = config.block("tls");
        if (block.keys().isEmpty()) {
            return null; // no block tls, the usual case
        }
        TlsSettings settings = new TlsSettings(block);
        Optional<String> store = block.string(STORE);
        Optional<char[]> password = settings.password();
        Optional<String> caFile = block.string(CA_FILE);
        Blocks.refuseUnknown(block);
        if (password.isPresent() && store.isEmpty()) {
            block.fault(PASSWORD, "stands without " + STORE);
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
            block.fault(PASSWORD, "cannot be had (" + name(e) + ")");
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
                        "holds no certificate to trust" + (password == null ? "; set " + PASSWORD : "") + ": " + path);
            }
            return certificates;
        } catch (IllegalArgumentException e) {
            block.fault(STORE, "is no file: " + path);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                block.fault(PASSWORD, "does not open " + STORE);
            } else {
                block.fault(STORE, "cannot be read (" + name(e) + "): " + path);
            }
        } catch (GeneralSecurityException e) {
            block.fault(STORE, "is no trust store this JVM knows; make it PKCS12: " + path);
        }
        return List.of();
    }

    private Collection<? extends Certificate> inFile(String path) {
        try (InputStream file = Files.newInputStream(Path.of(path))) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(file);
            if (certificates.isEmpty()) {
                block.fault(CA_FILE, "holds no certificate: " + path);
            }
            return certificates;
        } catch (IOException | IllegalArgumentException e) {
            block.fault(CA_FILE, "cannot be read (" + name(e) + "): " + path);
        } catch (CertificateException e) {
            block.fault(CA_FILE, "holds no certificates in PEM: " + path);
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

    /** @param store null: whom this JVM trusts */
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
