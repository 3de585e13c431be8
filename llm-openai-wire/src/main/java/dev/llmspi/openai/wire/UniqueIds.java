package dev.llmspi.openai.wire;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Gives each tool call of an answer an id of its own: some servers leave ids out, some repeat them. */
final class UniqueIds {

    private final Set<String> taken = new HashSet<>();
    /** Where to go on counting for an id that was wanted before, so that many equal ids take linear time. */
    private final Map<String, Integer> next = new HashMap<>();

    /** The wanted id, or one made of it if it is taken. */
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
