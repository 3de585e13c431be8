package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes maps and lists of what a parser reads: no binding, no databind to load. Up to a number of values. */
final class JsonTree {

    /** Large, and no part of an answer we know: passed over. */
    private static final Set<String> NOT_OF_A_CHOICE = Set.of("logprobs");

    private static final Set<String> NOT_OF_A_MESSAGE = Set.of("images", "audio");
    private static final int WEIGHT_OF_A_VALUE = 16;

    /** Reads the value of a member that has begun. */
    private interface Member {
        @Nullable
        Object read(String name, JsonToken value) throws IOException;
    }

    /** Reads an element that has begun. */
    private interface Element {
        @Nullable
        Object read(JsonToken value) throws IOException;
    }

    private final JsonParser parser;
    private int left;

    JsonTree(JsonParser parser, int values) {
        this.parser = parser;
        this.left = values;
    }

    /** The value that has begun. */
    @Nullable
    Object value(JsonToken token) throws IOException {
        if (--left < 0) {
            throw new StreamConstraintsException("too many values");
        }
        return switch (token) {
            case START_OBJECT -> object((name, value) -> value(value));
            case START_ARRAY -> array(this::value);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case NOT_AVAILABLE -> throw new IOException();
            default -> null;
        };
    }

    /** The body of a reply, without what is passed over. */
    @Nullable
    Object reply(JsonToken first) throws IOException {
        return first == JsonToken.START_OBJECT
                ? object((name, value) ->
                        name.equals("choices") && value == JsonToken.START_ARRAY ? array(this::choice) : value(value))
                : value(first);
    }

    private @Nullable Object choice(JsonToken first) throws IOException {
        return first == JsonToken.START_OBJECT
                ? object((name, value) ->
                        name.equals("message") ? message(value) : unless(NOT_OF_A_CHOICE.contains(name), value))
                : value(first);
    }

    private @Nullable Object message(JsonToken first) throws IOException {
        return first == JsonToken.START_OBJECT
                ? object((name, value) -> unless(NOT_OF_A_MESSAGE.contains(name), value))
                : value(first);
    }

    private @Nullable Object unless(boolean passedOver, JsonToken value) throws IOException {
        if (passedOver) {
            parser.skipChildren();
            return null;
        }
        return value(value);
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

    private Map<String, @Nullable Object> object(Member member) throws IOException {
        FewMembers.Builder members = new FewMembers.Builder();
        for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_OBJECT; ) {
            if (token == null) {
                throw new IOException();
            }
            String name = parser.currentName();
            members.add(name, member.read(name, parser.nextToken()));
        }
        return members.build();
    }

    private List<@Nullable Object> array(Element element) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>(2); // choices, as a rule, of which there is one
        for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_ARRAY; ) {
            if (token == null) {
                throw new IOException();
            }
            elements.add(element.read(token));
        }
        return elements;
    }
}
