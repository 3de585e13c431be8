package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.ConfigBlock;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.openai.wire.http.ProxyServer;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the configuration block {@code proxy}, which describes an HTTP proxy that opens tunnels to https servers. */
final class ProxySettings {

    private static final int LAST_PORT = 65535;

    private ProxySettings() {}

    /** Returns the proxy; null if there is no such block or a setting is invalid. */
    static @Nullable ProxyServer read(ProviderConfig config, URI baseUrl) {
        if (!config.has("proxy")) {
            return null;
        }
        int faults = config.faults().size();
        ConfigBlock block = config.block("proxy");
        String host = block.string("host", "").strip();
        int port = block.integer("port", 0, 1);
        Optional<String> user = block.string("user");
        Optional<Credential> password = block.credential("password");
        block.refuseUnread();
        if (!host.matches("[A-Za-z0-9._-]+|\\[?(?=.*:.*:)[0-9A-Fa-f:.]+]?")) {
            block.fault("host", "must be the name or address of a host, without scheme and port");
        }
        if (port > LAST_PORT || !block.has("port")) {
            block.fault("port", "must be a port from 1 to " + LAST_PORT);
        }
        if (user.isPresent() != password.isPresent()) {
            block.fault(
                    user.isPresent() ? "user" : "password",
                    "is set without " + (user.isPresent() ? "password" : "user") + "; set both or neither");
        }
        if (user.isPresent() && !user.get().matches("[^:\\p{Cntrl}]+")) {
            block.fault("user", "must be a name without a colon or control characters");
        }
        if (!baseUrl.getScheme().equalsIgnoreCase("https")) {
            config.fault(
                    "proxy", "could read the key on its way to an http:// base-url; use https:// or remove the proxy");
        }
        return config.faults().size() > faults
                ? null
                : new ProxyServer(host, port, user.orElse(null), password.orElse(null));
    }
}
