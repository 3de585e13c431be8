package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses documents into trees. Objects become lists of all members in order, including those with equal names. */
final class PlainJson {

    record Member(String name, @Nullable Object value) {}

    /** A number in its original spelling. */
    record Digits(String text) {}

    /** Thrown if the bytes are not exactly one object in UTF-8. */
    static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern ESCAPE = Pattern.compile("\\\\u[0-9A-Fa-f]{4}");

    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);

    Object document(byte[] data) throws BrokenException {
        try {
            return parse(utf8.reset().decode(ByteBuffer.wrap(data)).toString());
        } catch (IOException e) {
            throw new BrokenException();
        }
    }

    /** Parses exactly one object. */
    static Object parse(String json) throws BrokenException {
        checkEscapes(json);
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BrokenException();
            }
            Object object = object(parser);
            if (parser.nextToken() != null) {
                throw new BrokenException();
            }
            return object;
        } catch (IOException e) {
            throw new BrokenException();
        }
    }

    /**
     * Checks the escape sequences, because Jackson's text parser accepts some non-ASCII letters as hexadecimal digits.
     * It ignores the upper bits of a letter.
     */
    private static void checkEscapes(String json) throws BrokenException {
        for (int at = json.indexOf('\\'); at >= 0; at = json.indexOf('\\', at + 2)) {
            if (json.startsWith("u", at + 1)
                    && !ESCAPE.matcher(json).region(at, json.length()).lookingAt()) {
                throw new BrokenException();
            }
        }
    }

    private static List<Member> object(JsonParser parser) throws IOException {
        List<Member> members = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            members.add(new Member(name, value(parser, parser.nextToken())));
        }
        return members;
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                for (JsonToken next; (next = parser.nextToken()) != JsonToken.END_ARRAY; ) {
                    elements.add(value(parser, next));
                }
                yield elements.toArray();
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Digits(parser.getText());
            case VALUE_NULL -> null;
            default -> parser.getBooleanValue();
        };
    }

    /** Returns the members of an object, or an empty list for any other value. */
    @SuppressWarnings("unchecked") // only objects become lists
    static List<Member> members(@Nullable Object value) {
        return value instanceof List ? (List<Member>) value : List.of();
    }

    /** Returns the elements of an array, or an empty array for any other value. */
    static Object[] elements(@Nullable Object value) {
        return value instanceof Object[] elements ? elements : new Object[0];
    }
}
