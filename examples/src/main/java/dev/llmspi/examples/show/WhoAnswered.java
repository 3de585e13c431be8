package dev.llmspi.examples.show;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in one line which provider answered after a fallback, and why the providers before it did not. */
public final class WhoAnswered {

    private WhoAnswered() {}

    /** Returns the line; empty if there was no fallback. */
    public static Optional<String> line(ChatResponse answer) {
        Map<String, String> others = new LinkedHashMap<>();
        for (Attempt attempt : answer.attempts()) {
            if (!attempt.provider().equals(answer.provider())) {
                others.put(attempt.provider(), Timeline.what(attempt)); // the last attempt decided
            }
        }
        if (others.isEmpty()) {
            return Optional.empty();
        }
        String why = others.entrySet().stream()
                .map(other -> other.getKey() + ": " + other.getValue())
                .collect(Collectors.joining("; "));
        String model = answer.model().map(name -> " (" + name + ")").orElse("");
        return Optional.of(answer.provider() + model + " answered after a fallback. " + why);
    }
}
