package dev.llmspi.api;

import java.util.List;
import java.util.Objects;

/** A part of a message that consists of text. */
public record TextPart(String text) implements ContentPart {

    public TextPart {
        Objects.requireNonNull(text, "text");
    }

    static List<ContentPart> listOf(String text) {
        return List.of(new TextPart(text));
    }

    /** Returns whether the content consists only of blank text parts. */
    static boolean isBlank(List<ContentPart> parts) {
        for (ContentPart part : parts) {
            if (!(part instanceof TextPart piece) || !piece.text().isBlank()) {
                return false;
            }
        }
        return true;
    }

    static String join(List<ContentPart> parts) {
        if (parts.size() == 1 && parts.get(0) instanceof TextPart only) {
            return only.text();
        }
        StringBuilder text = new StringBuilder();
        for (ContentPart part : parts) {
            if (part instanceof TextPart piece) {
                text.append(piece.text());
            }
        }
        return text.toString();
    }

    /** Returns a description that omits the text, because it may be a prompt. */
    @Override
    public String toString() {
        return "TextPart[" + text.length() + " chars]";
    }
}
