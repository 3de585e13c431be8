package dev.llmspi.it.field;

import dev.llmspi.testkit.FakeRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A check of a request that a server received. It is one line below {@code --- sent}, in one of these forms:
 *
 * <pre>
 * messages[1].tool_calls[0].id = "call_1"
 * messages[1].content is absent
 * messages[1].tool_calls[0].id matches [A-Za-z0-9]{9}
 * messages[2].tool_call_id equals messages[1].tool_calls[0].id
 * messages[1].tool_calls[0].id differs from messages[1].tool_calls[1].id
 * messages[1].tool_calls[0].id as in turn 2
 * body has "thought_signature":"AB=="
 * body lacks thought_signature
 * </pre>
 */
record SentCheck(String line, String path, Kind kind, String operand) {

    /** The comparison to apply to the value at the path. */
    enum Kind {
        EQUAL(" = "),
        PRESENT(" is present"),
        ABSENT(" is absent"),
        MATCHES(" matches "),
        SAME_AS(" equals "),
        DIFFERS(" differs from "),
        AS_IN_TURN(" as in turn "),
        HAS(" has "),
        LACKS(" lacks ");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    private static final Pattern STEP = Pattern.compile("\\.?([^.\\[\\]]+)|\\[(-?\\d+)]");

    /** @throws IllegalArgumentException if the line is not a valid check */
    static SentCheck parse(String line) {
        SentCheck first = null;
        int earliest = line.length();
        for (Kind kind : Kind.values()) {
            int at = line.indexOf(kind.words);
            if (at > 0 && at < earliest) {
                earliest = at;
                first = new SentCheck(line, line.substring(0, at), kind, line.substring(at + kind.words.length()));
            }
        }
        if (first == null) {
            throw new IllegalArgumentException("no check of a request: " + line);
        }
        if ((first.kind == Kind.HAS || first.kind == Kind.LACKS) != first.path.equals("body")) {
            throw new IllegalArgumentException("has and lacks go with body, and nothing else does: " + line);
        }
        if (first.kind == Kind.EQUAL) {
            JsonText.read(first.operand);
        }
        return first;
    }

    /**
     * Returns a description of how the request differs from the expectation, or empty if it does not differ.
     *
     * @param requests the requests of all turns so far, of which the last one is checked
     */
    Optional<String> complaint(List<FakeRequest> requests) {
        String body = requests.get(requests.size() - 1).body();
        boolean right =
                switch (kind) {
                    case HAS -> body.contains(operand);
                    case LACKS -> !body.contains(operand);
                    case PRESENT -> at(body, path).isPresent();
                    case ABSENT -> at(body, path).isEmpty();
                    case EQUAL -> at(body, path).equals(Optional.of(new Found(JsonText.read(operand))));
                    case MATCHES ->
                        at(body, path)
                                .filter(found -> found.value instanceof String text && text.matches(operand))
                                .isPresent();
                    case DIFFERS ->
                        at(body, path).isPresent() && !at(body, path).equals(at(body, operand));
                    case SAME_AS -> at(body, path).isPresent() && at(body, path).equals(at(body, operand));
                    case AS_IN_TURN -> {
                        Optional<Found> now = at(body, path);
                        yield now.isPresent()
                                && now.equals(at(
                                        requests.get(Integer.parseInt(operand) - 1)
                                                .body(),
                                        path));
                    }
                };
        return right ? Optional.empty() : Optional.of("sent: not so: " + line + "\n      the request: " + body);
    }

    /** A value that is present in the request, even if it is a JSON null. */
    private record Found(@Nullable Object value) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Found found && Objects.equals(value, found.value);
        }

        @Override
        public int hashCode() {
            return Objects.hashCode(value);
        }
    }

    private static Optional<Found> at(String body, String path) {
        Object value = JsonText.read(body);
        Matcher step = STEP.matcher(path);
        int end = 0;
        while (step.find() && step.start() == end) {
            end = step.end();
            if (step.group(1) != null) {
                if (!(value instanceof Map<?, ?> object) || !object.containsKey(step.group(1))) {
                    return Optional.empty();
                }
                value = object.get(step.group(1));
            } else {
                int place = Integer.parseInt(step.group(2));
                if (!(value instanceof List<?> list)) {
                    return Optional.empty();
                }
                int index = place < 0 ? list.size() + place : place;
                if (index < 0 || index >= list.size()) {
                    return Optional.empty();
                }
                value = list.get(index);
            }
        }
        if (end != path.length()) {
            throw new IllegalArgumentException("no path: " + path);
        }
        return Optional.of(new Found(value));
    }
}
