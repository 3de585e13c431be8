package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.openai.wire.http.Bounds;
import dev.llmspi.openai.wire.http.OpenReply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads JSON within bounds. Safe for use by many threads. */
final class JsonReader {

    /** Not JSON, or beyond the bounds. Says nothing about the text. */
    static final class MalformedJsonException extends Exception {
        private static final long serialVersionUID = 1;

        private final boolean tooLarge;

        MalformedJsonException(IOException cause) {
            super(null, null, false, false);
            this.tooLarge = cause instanceof StreamConstraintsException;
        }

        /** Whether it is, or may be, JSON, and beyond the bounds. */
        boolean isTooLarge() {
            return tooLarge;
        }
    }

    static final JsonReader STANDARD = new JsonReader(Bounds.DEFAULTS);

    private final Bounds bounds;
    private final JsonFactory documents;
    private final JsonFactory smallDocuments;
    private final JsonFactory events;

    JsonReader(Bounds bounds) {
        this.bounds = bounds;
        // By default names of unlimited number are interned, 5.9 MB of which cost 3 s.
        this.documents = factory(bounds.jsonTokens())
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
        // Names are kept here, for they are the same again and again; there is not room for many of them.
        this.smallDocuments = factory(bounds.jsonTokens()).build();
        // Here too: they are the same in every event. Fewer tokens limit how many they are.
        this.events = factory(bounds.keptValues()).build();
    }

    private JsonFactoryBuilder factory(int tokens) {
        return new JsonFactoryBuilder()
                .recyclerPool(Json.BUFFERS)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(constraints(tokens));
    }

    private StreamReadConstraints constraints(int tokens) {
        return StreamReadConstraints.builder()
                .maxNestingDepth(bounds.jsonDepth())
                .maxNumberLength(bounds.jsonNumber())
                .maxNameLength(bounds.jsonName())
                .maxStringLength(bounds.text())
                .maxTokenCount(tokens)
                .build();
    }

    /**
     * The body of a reply, read as it comes in; null for {@code null} and for a blank body. What is large and no part
     * of an answer is left out: log probabilities, images, sound.
     *
     * @throws MalformedJsonException also if it is not UTF-8
     */
    @Nullable
    Object reply(InputStream body, long announced) throws MalformedJsonException {
        boolean small = announced >= 0 && announced <= OpenReply.SMALL;
        try (JsonParser parser = (small ? smallDocuments : documents).createParser(Utf8Validator.checked(body))) {
            JsonToken first = parser.nextToken();
            Object value = first == null ? null : tree(parser).reply(first);
            refuseMore(parser);
            return value;
        } catch (IOException e) {
            throw new MalformedJsonException(e);
        }
    }

    /**
     * Another document behind the answer may be the rest of it. Anything else is passed over: some servers add
     * {@code data: [DONE]}.
     */
    private static void refuseMore(JsonParser parser) throws IOException {
        JsonToken more;
        try {
            more = parser.nextToken();
        } catch (JsonParseException e) {
            return; // no JSON
        }
        if (more != null) {
            throw new IOException();
        }
    }

    /** Whether some bytes are one value, and no other one stands behind it. */
    boolean isOneReply(byte[] bytes) {
        try (JsonParser parser = documents.createParser(Utf8Validator.checked(new ByteArrayInputStream(bytes)))) {
            parser.nextToken();
            parser.skipChildren();
            refuseMore(parser);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The value in some bytes; null for {@code null} and for blank ones. */
    @Nullable
    Object value(byte[] bytes) throws MalformedJsonException {
        try (JsonParser parser = documents.createParser(bytes)) {
            return value(parser);
        } catch (IOException e) {
            throw new MalformedJsonException(e);
        }
    }

    /** The object in a text; an empty one if it is anything else. */
    JsonObject objectIn(String text) {
        try (JsonParser parser = documents.createParser(text)) {
            return JsonObject.from(value(parser));
        } catch (IOException e) {
            return JsonObject.from(null);
        }
    }

    /** Whether a text is one whole object and nothing else. */
    boolean isObject(String text) {
        try (JsonParser parser = documents.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a text is one whole JSON value and nothing else. */
    boolean isValue(String text) {
        try {
            value(text);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * A text, to be compared with others as JSON.
     *
     * @param dense the text without blanks around it
     * @param value the JSON value in it; the text itself if it is no JSON
     */
    record ComparedJson(String dense, @Nullable Object value) {

        /** Whether both are the same JSON value, or one is the other encoded as a JSON string. */
        boolean isSameAs(ComparedJson other) {
            return dense.equals(other.dense) || Objects.equals(value, other.value);
        }
    }

    /** A text that is a JSON string is read on, as long as there is JSON in it. */
    ComparedJson comparable(String text) {
        String dense = text.strip();
        try {
            Object value = value(dense);
            return value instanceof String inner && isValue(inner) && !inner.isBlank()
                    ? new ComparedJson(dense, comparable(inner).value())
                    : new ComparedJson(dense, normal(value));
        } catch (IOException e) {
            return new ComparedJson(dense, dense);
        }
    }

    /** Numbers of one value are equal then, however they are written. */
    private static @Nullable Object normal(@Nullable Object value) {
        if (value instanceof Number number) {
            return new BigDecimal(number.toString()).stripTrailingZeros();
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> normal = new ArrayList<>(list.size());
            list.forEach(element -> normal.add(normal(element)));
            return normal;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> normal = new HashMap<>();
            map.forEach((name, member) -> normal.put(name, normal(member)));
            return normal;
        }
        return value;
    }

    private @Nullable Object value(String text) throws IOException {
        try (JsonParser parser = documents.createParser(text)) {
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new IOException();
            }
            return value;
        }
    }

    /** How many characters one text may have, and all that a stream adds up to. */
    int longestText() {
        return bounds.text();
    }

    /** A parser that is fed event by event. */
    JsonParser eventParser() {
        try {
            return events.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new AssertionError("a parser without input does not fail", e);
        }
    }

    private @Nullable Object value(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        return first == null ? null : tree(parser).value(first);
    }

    private JsonTree tree(JsonParser parser) {
        return new JsonTree(parser, bounds.keptValues());
    }
}
