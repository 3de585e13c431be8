package dev.llmspi.openai.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the content of a message or delta if it is not a plain string but a list of parts or a single part. Some models
 * send their reasoning in such parts. Mistral's models send it as
 * {@code {"type":"thinking","thinking":[{"type":"text","text":"…"}]}}.
 */
final class ContentReader {

    /** A piece of text in the content. */
    record Piece(String text, boolean isReasoning) {}

    private static final List<String> THOUGHTS = List.of("thinking", "reasoning", "text", "summary", "content");
    private static final List<String> TEXTS = List.of("text", "content", "refusal", "value");

    private final List<Piece> pieces = new ArrayList<>();
    private final List<Map<String, Object>> reasoningParts = new ArrayList<>();

    /** Reads content of any form. Parts without text are skipped. */
    ContentReader(@Nullable Object content) {
        read(content);
    }

    boolean isEmpty() {
        return pieces.isEmpty() && reasoningParts.isEmpty();
    }

    /** Returns the pieces of text in order. No piece has an empty text. */
    List<Piece> pieces() {
        return pieces;
    }

    /** Returns the unmodified parts that contain reasoning, so that they can be sent back to their server. */
    List<Map<String, Object>> reasoningParts() {
        return reasoningParts;
    }

    /** Returns all reasoning, or all other text, as one string. */
    String joined(boolean reasoning) {
        StringBuilder all = new StringBuilder();
        for (Piece piece : pieces) {
            if (piece.isReasoning == reasoning) {
                all.append(piece.text);
            }
        }
        return all.toString();
    }

    /** Returns all text, including reasoning, as one string. */
    String all() {
        StringBuilder all = new StringBuilder();
        pieces.forEach(piece -> all.append(piece.text));
        return all.toString();
    }

    private void read(@Nullable Object content) {
        if (content instanceof String text) {
            if (!text.isEmpty()) {
                pieces.add(new Piece(text, false));
            }
        } else if (content instanceof List<?> parts) {
            parts.forEach(this::read);
        } else if (content instanceof Map<?, ?>) {
            JsonObject part = JsonObject.from(content);
            boolean reasoning = isReasoning(part.text("type").orElse(""));
            texts(part, reasoning ? THOUGHTS : TEXTS, text -> pieces.add(new Piece(text, reasoning)));
            if (reasoning) {
                reasoningParts.add(part.members());
            }
        }
    }

    private static boolean isReasoning(String type) {
        return type.contains("thinking") || type.contains("reasoning") || type.equals("thought");
    }

    /** Passes the texts in the first member that contains any text to the sink. */
    private static void texts(JsonObject part, List<String> names, Consumer<String> sink) {
        for (String name : names) {
            if (texts(part.value(name), names, sink)) {
                return;
            }
        }
    }

    /**
     * Passes all texts in a value to the sink.
     *
     * @return whether the value contains a text
     */
    private static boolean texts(@Nullable Object value, List<String> names, Consumer<String> sink) {
        if (value instanceof String text) {
            if (!text.isEmpty()) {
                sink.accept(text);
            }
            return !text.isEmpty();
        }
        boolean found = false;
        if (value instanceof List<?> list) {
            for (Object element : list) {
                found |= texts(element, names, sink);
            }
        } else if (value instanceof Map<?, ?>) {
            JsonObject inner = JsonObject.from(value);
            for (int i = 0; i < names.size() && !found; i++) {
                found = texts(inner.value(names.get(i)), names, sink);
            }
        }
        return found;
    }
}
