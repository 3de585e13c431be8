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
 * Takes JSON text apart into texts of its values, each byte for byte as it stands: a server compares what it gets back.
 */
final class RawJson {

    /**
     * As deep as the configuration lets answers be, from which these texts come. Their length was limited there too.
     */
    private static final int DEEPEST = 1000;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .recyclerPool(Json.BUFFERS)
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

    /** Whether a text is one whole JSON value and nothing else. */
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

    /** The members of an object, the later one of two with one name; none if the text is anything else. */
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

    /** The elements of a list; none if the text is anything else. */
    static List<String> elements(String text) {
        return pieces(text, '[');
    }

    /** What stands between the outermost brackets, split at its commas. */
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
                default -> {} // part of a number or a word, or between values
            }
        }
        String rest = json.substring(start, last).strip();
        if (!rest.isEmpty()) {
            pieces.add(rest);
        }
        return pieces;
    }

    /** @param start where its first quotation mark is */
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

    /** Every string in a JSON text, except names of members; the whole text if it is no JSON. */
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
