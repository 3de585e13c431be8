package dev.llmspi.openai.wire;

import dev.llmspi.api.CallContext;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The client's certificate and key, which are loaded again before a handshake if one of their files has changed. If
 * that fails, for example because a file is half written, the last ones stay in use. A handshake asks for certificate
 * and key one after the other, so each alias begins with the number of the load that it belongs to. Thread-safe.
 */
final class ClientKeys extends X509ExtendedKeyManager {

    /** How long a handshake waits for the password of a key store that has changed. */
    private static final Duration PASSWORD_TIME = Duration.ofSeconds(1);

    /** Loads the certificate and the key from their files. */
    interface Loader {
        /** @param context limits the time to wait for a password */
        X509ExtendedKeyManager load(CallContext context) throws IOException, GeneralSecurityException;
    }

    /** @param previous for handshakes that began before the files changed */
    private record Loaded(
            int number,
            List<String> versions,
            X509ExtendedKeyManager keys,
            @Nullable Loaded previous) {

        Loaded next(List<String> newVersions, X509ExtendedKeyManager newKeys) {
            return new Loaded(number + 1, newVersions, newKeys, new Loaded(number, versions, keys, null));
        }

        @Nullable
        String alias(@Nullable String alias) {
            return alias == null ? null : number + "/" + alias;
        }
    }

    private final List<Path> files;
    private final Loader loader;
    private final ReentrantLock reload = new ReentrantLock();
    private volatile Loaded loaded;

    ClientKeys(List<Path> files, Loader loader) throws IOException, GeneralSecurityException {
        this.files = files;
        this.loader = loader;
        this.loaded = new Loaded(0, versions(), loader.load(CallContext.create()), null);
    }

    private List<String> versions() throws IOException {
        List<String> versions = new ArrayList<>();
        for (Path file : files) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            versions.add(attributes.lastModifiedTime() + " " + attributes.size());
        }
        return versions;
    }

    /** Loads changed files, unless another handshake is loading them now. */
    private Loaded current() {
        if (!reload.tryLock()) {
            return loaded;
        }
        try {
            List<String> versions = versions();
            if (!versions.equals(loaded.versions)) {
                CallContext context =
                        CallContext.builder().timeout(PASSWORD_TIME).build();
                loaded = loaded.next(versions, loader.load(context));
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // The files will be read again before the next handshake.
        } finally {
            reload.unlock();
        }
        return loaded;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        Loaded now = current();
        return now.alias(now.keys.chooseClientAlias(keyTypes, issuers, socket));
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Loaded now = current();
        return now.alias(now.keys.chooseEngineClientAlias(keyTypes, issuers, engine));
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        Loaded now = current();
        String[] aliases = now.keys.getClientAliases(keyType, issuers);
        return aliases == null ? null : Arrays.stream(aliases).map(now::alias).toArray(String[]::new);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Loaded owner = owner(alias);
        return owner == null ? null : owner.keys.getCertificateChain(inner(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Loaded owner = owner(alias);
        return owner == null ? null : owner.keys.getPrivateKey(inner(alias));
    }

    /** Returns the load that an alias belongs to; null if the files have changed twice since. */
    private @Nullable Loaded owner(String alias) {
        for (Loaded owner = loaded; owner != null; owner = owner.previous) {
            if (alias.startsWith(owner.number + "/")) {
                return owner;
            }
        }
        return null;
    }

    private static String inner(String alias) {
        return alias.substring(alias.indexOf('/') + 1);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
