package dev.llmspi.api.spi;

import java.net.IDN;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses and validates base URLs, so that an unsafe URL cannot leak an API key. */
final class BaseUrl {

    private static final Pattern PARTS = Pattern.compile("([^/?#]+://)([^/?#:]*)(:\\d+)?([^?#]*)(.*)", Pattern.DOTALL);
    private static final Pattern SHORT_ADDRESS = Pattern.compile("(\\d{1,3})\\.(?:(\\d{1,3})\\.)?(\\d{1,3})");
    /** The host of an authority that {@link URI} does not parse, such as {@code vllm_server:8000}. */
    private static final Pattern AUTHORITY = Pattern.compile("([A-Za-z0-9._-]+)(:\\d{1,5})?");

    /** Names of query parameters whose value may be a key. */
    private static final Pattern SECRET = Pattern.compile(
            ".*(key|token|secret|password|auth|authorization|signature|credentials?)|code|sig",
            Pattern.CASE_INSENSITIVE);

    private BaseUrl() {}

    /**
     * Returns the URL without trailing slashes in its path. An international host name is translated into ASCII, and a
     * short address such as {@code 127.1} is completed.
     *
     * @throws IllegalArgumentException if the text is not a URL
     */
    static URI parse(String text) {
        String url = text.strip();
        Matcher parts = PARTS.matcher(url);
        if (!parts.matches()) {
            return URI.create(url);
        }
        String port = parts.group(3) == null ? "" : parts.group(3);
        String path = parts.group(4).replaceAll("/+$", "");
        return URI.create(parts.group(1) + host(parts.group(2)) + port + path + parts.group(5));
    }

    private static String host(String host) {
        Matcher address = SHORT_ADDRESS.matcher(host);
        if (address.matches()) {
            String second = address.group(2) == null ? "0" : address.group(2);
            return address.group(1) + "." + second + ".0." + address.group(3);
        }
        boolean ascii = host.chars().allMatch(c -> c < 128);
        return ascii ? host : IDN.toASCII(host);
    }

    /**
     * Returns a description of the problem with a URL, or null if there is none. The description does not contain the
     * user info or query of the URL.
     *
     * @param queryAllowed whether a query is allowed that has no parameter for a key
     */
    static @Nullable String problem(URI uri, boolean allowInsecure, boolean queryAllowed) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return "must begin with https:// (or http:// for this machine)";
        }
        String host = host(uri);
        if (host == null) {
            return "has no host; write it as https://host/path";
        }
        String query = uri.getRawQuery();
        if (uri.getRawUserInfo() != null || uri.getRawFragment() != null || query != null && !queryAllowed) {
            return "must have no user info, query or fragment; put keys in api-key and fields in extras";
        }
        if (query != null && hasSecret(query)) {
            return "must have no key in its query; put it in api-key";
        }
        if (scheme.equals("http") && !allowInsecure && !isLoopback(host)) {
            return "would send the key unencrypted to another machine; use https://, or set allow-insecure = true";
        }
        return null;
    }

    private static boolean hasSecret(String query) {
        for (String parameter : query.split("[&;]")) {
            String name = decoded(parameter.split("=", 2)[0]);
            if (SECRET.matcher(name.strip()).matches()) {
                return true;
            }
        }
        return false;
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name; // no escapes
        }
    }

    private static @Nullable String host(URI uri) {
        if (uri.getHost() != null || uri.getRawAuthority() == null) {
            return uri.getHost();
        }
        Matcher authority = AUTHORITY.matcher(uri.getRawAuthority());
        return authority.matches() ? authority.group(1) : null;
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
}
