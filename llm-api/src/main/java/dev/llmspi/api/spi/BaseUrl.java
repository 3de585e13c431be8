package dev.llmspi.api.spi;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a base URL must be like, so that a key cannot leak through it. */
final class BaseUrl {

    private BaseUrl() {}

    /** What is wrong with it, without showing user info or query; null if nothing is. */
    static @Nullable String problem(URI uri, boolean allowInsecure) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return "must begin with https:// (or http:// for this machine)";
        }
        if (uri.getHost() == null) {
            return "names no host; write it as https://host/path";
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            return "must have no user info, query or fragment; keys belong into api-key, fields into extras";
        }
        if (scheme.equals("http") && !allowInsecure && !isLoopback(uri.getHost())) {
            return "would send the key unencrypted to another machine; use https://, or set allow-insecure = true";
        }
        return null;
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
}
