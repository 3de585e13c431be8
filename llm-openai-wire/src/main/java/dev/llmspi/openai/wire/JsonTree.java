package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds maps and lists from the tokens of a parser, up to a maximum number of values. Jackson's databind module is
 * therefore not needed.
 */
final class JsonTree {

    /** The location of a value in a reply. */
    private enum Location {
        REPLY,
        CHOICE,
        MESSAGE,
        ELSEWHERE;

        /** Whether a member is skipped at this location, because it may be large and is not part of the answer. */
        boolean skips(String member) {
            return switch (this) {
                case CHOICE -> member.equals("logprobs");
                case MESSAGE -> member.equals("images") || member.equals("audio");
                default -> false;
            };
        }

        /** Returns the location of a member's value. */
        Location of(String member, JsonToken value) {
            if (this == REPLY && member.equals("choices") && value == JsonToken.START_ARRAY) {
                return CHOICE;
            }
            return this == CHOICE && member.equals("message") ? MESSAGE : ELSEWHERE;
        }
    }

    private static final int WEIGHT_OF_A_VALUE = 16;

    /** The initial capacity of a map. Most objects in a reply have at most six members and need no larger table. */
    private static final int INITIAL_MEMBERS = 8;

    private static final int INITIAL_MEMBERS_OF_REPLY = 16;

    private final JsonParser parser;
    private int left;
    /** Whether a truncated value is accepted. */
    private boolean lenient;
    /** Whether the input ended inside a value. */
    private boolean cut;

    JsonTree(JsonParser parser, int values) {
        this.parser = parser;
        this.left = values;
    }

    /** Reads the value whose first token is given. */
    @Nullable
    Object value(JsonToken token) throws IOException {
        return value(token, Location.ELSEWHERE);
    }

    /** Reads the body of a reply, but skips its large members. */
    @Nullable
    Object reply(JsonToken first) throws IOException {
        return value(first, Location.REPLY);
    }

    /** Reads a value that may be truncated. */
    JsonReader.Beginning beginning(JsonToken first) throws IOException {
        lenient = true;
        Object value = value(first, Location.ELSEWHERE);
        return new JsonReader.Beginning(value, !cut);
    }

    /** Returns the next token; null at the end of the input if a truncated value is accepted. */
    private @Nullable JsonToken next() throws IOException {
        if (cut) {
            return null;
        }
        JsonToken token;
        try {
            token = parser.nextToken();
        } catch (JsonEOFException e) {
            if (!lenient) {
                throw e;
            }
            token = null;
        }
        if (token == null && !lenient) {
            throw new IOException();
        }
        cut = token == null;
        return token;
    }

    /** @param location the location of the value; for an array, the location of its elements */
    private @Nullable Object value(JsonToken token, Location location) throws IOException {
        if (--left < 0) {
            throw new StreamConstraintsException("too many values");
        }
        return switch (token) {
            case START_OBJECT -> object(location);
            case START_ARRAY -> array(location);
            case VALUE_STRING -> text();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> decimal();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case NOT_AVAILABLE -> throw new IOException();
            default -> null;
        };
    }

    private @Nullable String text() throws IOException {
        try {
            return parser.getText();
        } catch (JsonEOFException e) {
            if (!lenient) {
                throw e;
            }
            cut = true;
            return null;
        }
    }

    /**
     * Reads a decimal. A number with an impossible exponent, such as {@code 1e99999999999}, becomes null, so that the
     * rest of the body can be used.
     */
    private @Nullable BigDecimal decimal() throws IOException {
        try {
            return parser.getDecimalValue();
        } catch (NumberFormatException | ArithmeticException e) {
            return null;
        } catch (JsonParseException e) {
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
                return null;
            }
            throw e;
        }
    }

    /** Returns the approximate size of a value in characters. */
    static long weight(@Nullable Object value) {
        if (value instanceof String text) {
            return text.length();
        }
        long weight = WEIGHT_OF_A_VALUE;
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                weight += weight(member.getKey()) + weight(member.getValue());
            }
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                weight += weight(element);
            }
        }
        return weight;
    }

    /** Reads an object. Null members of a reply, its choices and its message are left out, because there are many. */
    private Map<String, @Nullable Object> object(Location location) throws IOException {
        Map<String, @Nullable Object> members =
                new LinkedHashMap<>(location == Location.REPLY ? INITIAL_MEMBERS_OF_REPLY : INITIAL_MEMBERS);
        for (JsonToken token; (token = next()) != JsonToken.END_OBJECT && token != null; ) {
            String name = parser.currentName();
            JsonToken value = next();
            if (value == null) {
                break;
            }
            if (location.skips(name)) {
                parser.skipChildren();
            } else if (value != JsonToken.VALUE_NULL || location == Location.ELSEWHERE) {
                members.put(name, value(value, location.of(name, value)));
            }
        }
        return members;
    }

    private List<@Nullable Object> array(Location location) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>(2); // most arrays contain the only choice of a reply
        for (JsonToken token; (token = next()) != JsonToken.END_ARRAY && token != null; ) {
            elements.add(value(token, location));
        }
        return elements;
    }
}
