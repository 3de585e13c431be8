package dev.llmspi.openai.wire;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Assigns unique ids to the tool calls in an answer, because some servers omit or repeat ids. */
final class UniqueIds {

    private final Set<String> taken = new HashSet<>();
    /** The next suffix to try for each id. Without it, many equal ids would take quadratic time. */
    private final Map<String, Integer> next = new HashMap<>();

    /** Returns the wanted id, or a new id that is derived from it if the wanted id is already taken. */
    String of(String wanted, int index) {
        if (taken.add(wanted)) {
            return wanted;
        }
        int suffix = Math.max(index, next.getOrDefault(wanted, 0));
        String unique = wanted + "_" + suffix;
        while (!taken.add(unique)) {
            suffix++;
            unique = wanted + "_" + suffix;
        }
        next.put(wanted, suffix + 1);
        return unique;
    }
}
