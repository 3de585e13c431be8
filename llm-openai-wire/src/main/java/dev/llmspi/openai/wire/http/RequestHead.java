package dev.llmspi.openai.wire.http;

import java.net.URI;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The address and headers of a request. A head can be sent any number of times, each time with a different body. It is
 * translated into OkHttp's types once for each method, when it is first sent. Thread-safe.
 */
public final class RequestHead {

    private final URI uri;
    private final Map<String, String> headers;
    private volatile @Nullable Request get;
    private volatile @Nullable Request post;

    /** @param headers the names and values, which have been validated and must not be modified afterwards */
    public RequestHead(URI uri, Map<String, String> headers) {
        this.uri = uri;
        this.headers = headers;
    }

    URI uri() {
        return uri;
    }

    /**
     * Returns a POST request if there is a body, and otherwise a GET request.
     *
     * @throws IllegalArgumentException if OkHttp refuses the address or a header
     */
    Request request(@Nullable JsonBody body) {
        if (body == null) {
            Request known = get;
            if (known == null) {
                get = known = translate(Map.of());
            }
            return known;
        }
        Request known = post;
        if (known == null) {
            post = known = translate(Map.of("Content-Type", "application/json"));
        }
        return known.newBuilder().post(body).build();
    }

    private Request translate(Map<String, String> more) {
        HttpUrl url = HttpUrl.get(uri.toString());
        Request.Builder builder = new Request.Builder().url(url).header("Host", host(url));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            builder.header(header.getKey(), header.getValue());
        }
        more.forEach(builder::header);
        return builder.build();
    }

    /** Returns the value of the Host header, which OkHttp would otherwise build for every request. */
    private static String host(HttpUrl url) {
        String host = url.host().indexOf(':') >= 0 ? "[" + url.host() + "]" : url.host();
        return url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ":" + url.port();
    }

    /** Shows only the host, because the headers contain the API key. */
    @Override
    public String toString() {
        return "RequestHead[" + uri.getHost() + "]";
    }
}
