package dev.llmspi.provider.openrouter;

import dev.llmspi.openai.wire.JsonObject;
import dev.llmspi.openai.wire.WireError;
import java.util.List;
import java.util.Optional;

/** Finds the upstream's error message if OpenRouter's own message only says "Provider returned error". */
final class UpstreamText {

    private static final List<String> NAMES = List.of("message", "error", "detail", "details", "msg");
    private static final int DEEPEST = 5;

    private UpstreamText() {}

    static Optional<String> find(WireError error) {
        String own = error.error().text("message").orElse("");
        JsonObject metadata = error.error().object("metadata");
        boolean says = !own.isEmpty() && !own.equalsIgnoreCase("Provider returned error");
        if (says || metadata.value("raw") == null) {
            return Optional.empty();
        }
        JsonObject raw = metadata.object("raw");
        return raw.isEmpty() ? metadata.text("raw").flatMap(text -> unfolded(text, DEEPEST)) : search(raw, DEEPEST);
    }

    /** Extracts the message from the raw text, which may be plain text, JSON, or a JSON string that contains JSON. */
    private static Optional<String> unfolded(String text, int depth) {
        JsonObject json = JsonObject.parse(text);
        return json.isEmpty() || depth == 0
                ? Optional.of(text)
                : search(json, depth).or(() -> Optional.of(text));
    }

    private static Optional<String> search(JsonObject json, int depth) {
        if (depth == 0) {
            return Optional.empty();
        }
        for (String name : NAMES) {
            Optional<String> found = json.object(name).isEmpty()
                    ? json.text(name).flatMap(text -> unfolded(text, depth - 1))
                    : search(json.object(name), depth - 1);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
