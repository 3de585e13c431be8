package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.Credential;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Reads the client's certificate and key from the configuration block {@code tls}: two PEM files or a key store.
 * Without them, the key store of the JVM applies ({@code javax.net.ssl.keyStore}), as it does for the JDK's own HTTP
 * client.
 */
final class ClientKeySettings {

    private static final String CERT = "client-cert";
    private static final String KEY = "client-key";
    private static final String STORE = "client-keystore";
    private static final String PASSWORD = "client-keystore-password";

    private static final Pattern PEM_KEY =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----([^-]*)-----END [A-Z0-9 ]*PRIVATE KEY-----");
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");
    private static final char[] IN_MEMORY = {};

    private ClientKeySettings() {}

    /** Returns the keys; null if nothing is set or a setting is invalid. */
    static @Nullable X509ExtendedKeyManager read(ConfigBlock block) {
        Optional<String> cert = block.string(CERT);
        Optional<String> key = block.string(KEY);
        Optional<String> store = block.string(STORE);
        Optional<Credential> password = block.credential(PASSWORD);
        if (cert.isPresent() != key.isPresent()) {
            block.fault(cert.isPresent() ? CERT : KEY, "is set without " + (cert.isPresent() ? KEY : CERT));
        } else if (cert.isPresent() && store.isPresent()) {
            block.fault(STORE, "is set beside " + CERT + "; set only one of them");
        } else if (password.isPresent() && store.isEmpty()) {
            block.fault(PASSWORD, "is set without " + STORE);
        } else if (cert.isPresent()) {
            return load(block, CERT, List.of(cert.get(), key.get()), context -> inFiles(cert.get(), key.get()));
        } else if (store.isPresent()) {
            return load(
                    block,
                    STORE,
                    List.of(store.get()),
                    context -> inStore(store.get(), null, chars(password, context)));
        }
        return ofJvm(block);
    }

    private static char @Nullable [] chars(Optional<Credential> password, CallContext context) {
        return password.map(value -> value.secret(context).reveal().toCharArray())
                .orElse(null);
    }

    private static @Nullable X509ExtendedKeyManager ofJvm(ConfigBlock block) {
        String store = System.getProperty("javax.net.ssl.keyStore", "");
        if (store.isEmpty() || store.equals("NONE")) {
            return null;
        }
        String type = System.getProperty("javax.net.ssl.keyStoreType");
        char[] password =
                System.getProperty("javax.net.ssl.keyStorePassword", "").toCharArray();
        return load(
                block,
                STORE,
                "is not set, and the store of the JVM's property javax.net.ssl.keyStore ",
                List.of(store),
                context -> inStore(store, type, password));
    }

    private static @Nullable X509ExtendedKeyManager load(
            ConfigBlock block, String setting, List<String> files, ClientKeys.Loader loader) {
        return load(block, setting, "", files, loader);
    }

    /** @param source names the files in a fault if they are not those of the setting; otherwise empty */
    private static @Nullable X509ExtendedKeyManager load(
            ConfigBlock block, String setting, String source, List<String> files, ClientKeys.Loader loader) {
        try {
            return new ClientKeys(files.stream().map(Path::of).toList(), loader);
        } catch (InvalidKeySpecException e) {
            block.fault(KEY, String.valueOf(e.getMessage()));
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            block.fault(
                    setting,
                    source + "cannot be read as a certificate with its private key ("
                            + e.getClass().getSimpleName() + "): " + files.get(0));
        }
        return null;
    }

    private static X509ExtendedKeyManager inStore(String path, @Nullable String type, char @Nullable [] password)
            throws IOException, GeneralSecurityException {
        KeyStore store;
        if (type == null) {
            store = KeyStore.getInstance(new File(path), password);
        } else {
            store = KeyStore.getInstance(type);
            try (InputStream in = Files.newInputStream(Path.of(path))) {
                store.load(in, password);
            }
        }
        return manager(store, password == null ? IN_MEMORY : password);
    }

    private static X509ExtendedKeyManager inFiles(String certFile, String keyFile)
            throws IOException, GeneralSecurityException {
        Certificate[] chain;
        try (InputStream in = Files.newInputStream(Path.of(certFile))) {
            chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(Certificate[]::new);
        }
        if (chain.length == 0) {
            throw new GeneralSecurityException("no certificate");
        }
        PrivateKey key = key(Files.readString(Path.of(keyFile)));
        if (!belongTogether(key, chain[0])) {
            throw new InvalidKeySpecException("is not the key of " + CERT);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("client", key, IN_MEMORY, chain);
        return manager(store, IN_MEMORY);
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        Matcher key = PEM_KEY.matcher(pem);
        if (!key.find()) {
            throw new InvalidKeySpecException("contains no private key in PEM format");
        }
        if (key.group(1).startsWith("ENCRYPTED") || key.group(2).contains("ENCRYPTED")) {
            throw new InvalidKeySpecException(
                    "is encrypted; decrypt it with 'openssl pkcs8', or use " + STORE + " with a password");
        }
        if (!key.group(1).isEmpty()) {
            throw new InvalidKeySpecException(
                    "is not in PKCS#8 format; convert it with 'openssl pkcs8 -topk8 -nocrypt'");
        }
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(2)));
        for (String algorithm : SIGNATURES.keySet()) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // another algorithm
            }
        }
        throw new InvalidKeySpecException("is neither an RSA nor an EC nor an EdDSA key");
    }

    private static boolean belongTogether(PrivateKey key, Certificate certificate) throws GeneralSecurityException {
        String algorithm = SIGNATURES.get(certificate.getPublicKey().getAlgorithm());
        if (algorithm == null || !algorithm.equals(SIGNATURES.get(key.getAlgorithm()))) {
            return false;
        }
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update((byte) 1);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update((byte) 1);
        return signature.verify(signed);
    }

    private static X509ExtendedKeyManager manager(KeyStore store, char[] password) throws GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        X509ExtendedKeyManager manager = Arrays.stream(factory.getKeyManagers())
                .filter(X509ExtendedKeyManager.class::isInstance)
                .map(X509ExtendedKeyManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new KeyStoreException("no X.509 key manager"));
        if (store.size() == 0) {
            throw new KeyStoreException("the key store is empty");
        }
        return manager;
    }
}
