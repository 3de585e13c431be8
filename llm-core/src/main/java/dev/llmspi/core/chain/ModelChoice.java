package dev.llmspi.core.chain;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The model of one link: the first name that is offered counts; one that is an alias stands for its entry. */
final class ModelChoice {

    private final Map<String, Map<String, String>> aliases;
    private final String provider;
    private final String type;
    private @Nullable String model;
    private @Nullable String problem;
    private String why = "left to the provider";

    ModelChoice(Map<String, Map<String, String>> aliases, String provider, String type) {
        this.aliases = aliases;
        this.provider = provider;
        this.type = type;
    }

    void offer(Optional<String> name, String source) {
        if (name.isEmpty() || model != null || problem != null) {
            return;
        }
        Map<String, String> entries = aliases.get(name.get());
        if (entries == null) {
            model = name.get();
            why = source;
            return;
        }
        model = entries.getOrDefault(provider, entries.get(type));
        why = source + ", alias " + name.get();
        if (model == null) {
            problem = "the alias \"" + name.get() + "\" has no model for it; set llm.models." + name.get() + "."
                    + provider;
        }
    }

    Optional<String> model() {
        return Optional.ofNullable(model);
    }

    String why() {
        return why;
    }

    @Nullable
    String problem() {
        return problem;
    }
}
