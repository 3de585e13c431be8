package dev.llmspi.openai.wire;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.spi.HeaderRules;
import dev.llmspi.api.spi.Secret;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts together the headers of requests that want the same kind of answer. Safe for use by many threads. */
final class RequestHeaders {

    /**
     * The headers of one request.
     *
     * @param users values of headers that callers and the configuration add
     * @param all names and values as they are sent; unmodifiable
     */
    record Made(Collection<String> users, Map<String, String> all) {

        /** Names only. */
        @Override
        public String toString() {
            return "Made" + all.keySet();
        }
    }

    /** What headers are made of. */
    private record Sources(Map<String, String> call, Map<String, String> dialect, List<Secret> secrets) {

        /** Names only. */
        @Override
        public String toString() {
            return "Sources[" + call.keySet() + ", " + dialect.keySet() + "]";
        }
    }

    private record Known(Sources sources, Made made) {}

    private final String accept;
    private final Map<String, String> block;
    private final List<WireKey> keys;
    /** As a rule two calls in a row have the same headers. */
    private volatile @Nullable Known last;

    /**
     * @param accept the media type of the answer
     * @param block what the configuration block adds
     */
    RequestHeaders(String accept, Map<String, String> block, List<WireKey> keys) {
        this.accept = accept;
        this.block = block;
        this.keys = keys;
    }

    /**
     * @param secrets the keys to send, in the order of the wire's keys
     * @param dialect what the dialect adds
     */
    Made of(CallScope scope, List<Secret> secrets, Map<String, String> dialect) {
        Map<String, String> call = scope.context().headers();
        Known known = last;
        if (known == null
                || !known.sources.call.equals(call)
                || !known.sources.dialect.equals(dialect)
                || !known.sources.secrets.equals(secrets)) {
            // In their order: of two names that differ in case only, the later one counts.
            Sources sources =
                    new Sources(new LinkedHashMap<>(call), new LinkedHashMap<>(dialect), List.copyOf(secrets));
            last = known = new Known(sources, make(sources, scope));
        }
        return known.made;
    }

    /** Keys win over the dialect's headers, those over the user's; of these the block's win over the call's. */
    private Made make(Sources sources, CallScope scope) {
        Map<String, String> users = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        put(users, sources.call, scope);
        put(users, block, scope);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Accept", accept);
        headers.put("User-Agent", "llmspi");
        headers.putAll(users);
        put(headers, sources.dialect, scope);
        for (int i = 0; i < keys.size(); i++) {
            headers.put(
                    keys.get(i).header(),
                    keys.get(i).prefix() + sources.secrets.get(i).reveal());
        }
        return new Made(List.copyOf(users.values()), Collections.unmodifiableMap(headers));
    }

    private static void put(Map<String, String> headers, Map<String, String> more, CallScope scope) {
        for (Map.Entry<String, String> header : more.entrySet()) {
            if (ReservedHeaders.contains(header.getKey())) {
                continue;
            }
            String problem = HeaderRules.problem(header.getKey(), header.getValue());
            if (problem != null) {
                throw scope.unsent(ErrorKind.INVALID_REQUEST, null, problem);
            }
            headers.put(header.getKey(), header.getValue());
        }
    }
}
