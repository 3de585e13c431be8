package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.HeaderRules;
import java.util.Map;
import java.util.Set;

/** Refuses fields of a request that no server accepts, or whose answer could not be returned. */
final class FieldLimits {

    /** Fields that hold labels and ids. Servers allow some hundred characters for each. */
    private static final Set<String> LABELS =
            Set.of("metadata", "user", "safety_identifier", "prompt_cache_key", "session_id", "trace");

    private FieldLimits() {}

    /** @throws RequestEncoder.FieldException if the value breaks a limit */
    static void check(String name, Object value) {
        if (name.equals("n") && isMoreThanOne(value)) {
            throw refused(name, "must be 1, because a call returns one answer");
        }
        if (LABELS.contains(name) && isTooLong(value)) {
            throw refused(name, "contains a text that is longer than " + HeaderRules.LONGEST + " characters");
        }
    }

    private static RequestEncoder.FieldException refused(String name, String rule) {
        return new RequestEncoder.FieldException(name, new IllegalArgumentException(rule));
    }

    private static boolean isMoreThanOne(Object count) {
        try {
            return Double.parseDouble(String.valueOf(count)) > 1;
        } catch (NumberFormatException e) {
            return false; // the server refuses it
        }
    }

    private static boolean isTooLong(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream().anyMatch(one -> isTooLong(one.getKey()) || isTooLong(one.getValue()));
        }
        return value instanceof CharSequence text && text.length() > HeaderRules.LONGEST;
    }
}
