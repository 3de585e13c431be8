package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes maps and lists of what a parser reads: no binding, no databind to load. Up to a number of values. */
final class JsonTree {

    /** Where a value stands in a reply. */
    private enum Place {
        REPLY,
        CHOICE,
        MESSAGE,
        ELSEWHERE;

        /** Whether a member is passed over here: it may be large, and is no part of an answer we know. */
        boolean passesOver(String member) {
            return switch (this) {
                case CHOICE -> member.equals("logprobs");
                case MESSAGE -> member.equals("images") || member.equals("audio");
                default -> false;
            };
        }

        /** The place of the value of a member here. */
        Place of(String member, JsonToken value) {
            if (this == REPLY && member.equals("choices") && value == JsonToken.START_ARRAY) {
                return CHOICE;
            }
            return this == CHOICE && member.equals("message") ? MESSAGE : ELSEWHERE;
        }
    }

    private static final int WEIGHT_OF_A_VALUE = 16;

    private final JsonParser parser;
    private int left;

    JsonTree(JsonParser parser, int values) {
        this.parser = parser;
        this.left = values;
    }

    /** The value that has begun. */
    @Nullable
    Object value(JsonToken token) throws IOException {
        return value(token, Place.ELSEWHERE);
    }

    /** The body of a reply, without what is passed over. */
    @Nullable
    Object reply(JsonToken first) throws IOException {
        return value(first, Place.REPLY);
    }

    /** @param place of an array, that of its elements */
    private @Nullable Object value(JsonToken token, Place place) throws IOException {
        if (--left < 0) {
            throw new StreamConstraintsException("too many values");
        }
        return switch (token) {
            case START_OBJECT -> object(place);
            case START_ARRAY -> array(place);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> decimal();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case NOT_AVAILABLE -> throw new IOException();
            default -> null;
        };
    }

    /**
     * A number with an impossible exponent, such as {@code 1e99999999999}, is read as null: the rest of the body still
     * counts.
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

    /** Roughly the characters a value comes to. */
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

    private Map<String, @Nullable Object> object(Place place) throws IOException {
        FewMembers.Builder members = new FewMembers.Builder();
        for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_OBJECT; ) {
            if (token == null) {
                throw new IOException();
            }
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (place.passesOver(name)) {
                parser.skipChildren();
                members.add(name, null);
            } else {
                members.add(name, value(value, place.of(name, value)));
            }
        }
        return members.build();
    }

    private List<@Nullable Object> array(Place place) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>(2); // mostly choices, of which there is one
        for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_ARRAY; ) {
            if (token == null) {
                throw new IOException();
            }
            elements.add(value(token, place));
        }
        return elements;
    }
}
