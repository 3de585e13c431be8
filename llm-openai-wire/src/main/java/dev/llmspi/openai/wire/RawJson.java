package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Splits JSON text into the unmodified texts of its values. These texts must not be reformatted, because some servers
 * compare the values that they get back with those they sent.
 */
final class RawJson {

    /** The limit is generous, because the texts come from answers, whose depth and length the configuration limits. */
    private static final int DEEPEST = 1000;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .recyclerPool(JsonWriter.BUFFERS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private RawJson() {}

    /** Whether a text consists of exactly one JSON value. */
    static boolean isValue(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Returns the members of a JSON object; empty if the text is not an object. If several members have the same name,
     * the last one is used.
     */
    static Map<String, String> members(String text) {
        Map<String, String> members = new LinkedHashMap<>();
        for (String member : pieces(text, '{')) {
            int end = endOfString(member, 0);
            members.put(
                    string(member.substring(0, end)),
                    member.substring(member.indexOf(':', end) + 1).strip());
        }
        return members;
    }

    /** Returns the elements of a JSON array; empty if the text is not an array. */
    static List<String> elements(String text) {
        return pieces(text, '[');
    }

    /** Splits the text between the outermost brackets at the commas that are not nested. */
    private static List<String> pieces(String text, char bracket) {
        String json = text.strip();
        if (json.isEmpty() || json.charAt(0) != bracket || !isValue(json)) {
            return List.of();
        }
        List<String> pieces = new ArrayList<>();
        int depth = 0;
        int start = 1;
        int last = json.length() - 1;
        for (int i = 1; i < last; i++) {
            switch (json.charAt(i)) {
                case '"' -> i = endOfString(json, i) - 1;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        pieces.add(json.substring(start, i).strip());
                        start = i + 1;
                    }
                }
                default -> {} // a character within a number or literal, or between values
            }
        }
        String rest = json.substring(start, last).strip();
        if (!rest.isEmpty()) {
            pieces.add(rest);
        }
        return pieces;
    }

    /** @param start the index of the opening quotation mark */
    private static int endOfString(String json, int start) {
        int i = start + 1;
        while (json.charAt(i) != '"') {
            i += json.charAt(i) == '\\' ? 2 : 1;
        }
        return i + 1;
    }

    private static String string(String literal) {
        List<String> texts = new ArrayList<>(1);
        forEachText(literal, texts::add);
        return texts.get(0);
    }

    /**
     * Passes each string value in a JSON text to the action, but no member names. A text that is not JSON is passed as
     * a whole.
     */
    static void forEachText(String text, Consumer<String> action) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    action.accept(parser.getText());
                }
            }
        } catch (IOException e) {
            action.accept(text);
        }
    }
}
