package dev.llmspi.core.resilience;

import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.spi.HeaderRules;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The headers listeners add to an attempt that begins, as a rule none; one that cannot stand in a request is left out. */
final class AddedHeaders implements BiConsumer<String, String> {

    private final AttemptStarted event;
    private Map<String, String> all = Map.of();

    AddedHeaders(AttemptStarted event) {
        this.event = event;
    }

    AttemptStarted event() {
        return event;
    }

    @Override
    public void accept(String name, String value) {
        String problem = HeaderRules.problem(name, value);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        if (all.isEmpty()) {
            all = new LinkedHashMap<>();
        }
        all.putIfAbsent(name, value);
    }

    Map<String, String> all() {
        return all;
    }
}
