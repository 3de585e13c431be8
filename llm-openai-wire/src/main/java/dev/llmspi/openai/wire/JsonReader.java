package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.openai.wire.error.JsonText;
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

/** Reads JSON and enforces bounds on its size. Thread-safe. */
final class JsonReader implements JsonText {

    /** Thrown when a text is not JSON or exceeds the bounds. The message does not contain the text. */
    static final class MalformedJsonException extends Exception {
        private static final long serialVersionUID = 1;

        private final boolean tooLarge;

        MalformedJsonException(IOException cause) {
            super(null, null, false, false);
            this.tooLarge = cause instanceof StreamConstraintsException;
        }

        /** Whether the text exceeds the bounds. */
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
        // By default, Jackson interns all names, however many there are, which takes 3 s for 5.9 MB of names.
        this.documents = factory(bounds.jsonTokens())
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
        // Names are cached here because they are repeated and a small document cannot contain many different names.
        this.smallDocuments = factory(bounds.jsonTokens()).build();
        // Names are cached here because all events contain the same ones. The lower token limit restricts their number.
        this.events = factory(bounds.keptValues()).build();
    }

    private JsonFactoryBuilder factory(int tokens) {
        return new JsonFactoryBuilder()
                .recyclerPool(JsonWriter.BUFFERS)
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
     * Reads the body of a reply while it arrives. Log probabilities, images and audio are skipped, because they may be
     * large and are not part of the answer.
     *
     * @param announced the expected length of the body in bytes; negative if the length is unknown
     * @return the JSON value of the body; null for {@code null} and for a blank body
     * @throws MalformedJsonException if the body is not JSON in UTF-8 or exceeds the bounds
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
     * Rejects a second document after the answer, because it may belong to the answer. Other trailing text is ignored,
     * because some servers append {@code data: [DONE]}.
     */
    private static void refuseMore(JsonParser parser) throws IOException {
        JsonToken more;
        try {
            more = parser.nextToken();
        } catch (JsonParseException e) {
            return; // the trailing text is not a document
        }
        if (more != null) {
            throw new IOException();
        }
    }

    /** Whether the bytes contain exactly one JSON document in UTF-8. */
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

    /**
     * A value that may be truncated.
     *
     * @param value the JSON value; null for {@code null} and for blank bytes
     * @param isWhole whether the value is complete
     */
    record Beginning(@Nullable Object value, boolean isWhole) {}

    /** Reads a value, or its beginning if the bytes are truncated. Returns null if the bytes are not JSON. */
    @Nullable
    Beginning beginning(byte[] bytes) {
        try (JsonParser parser = documents.createParser(bytes)) {
            JsonToken first = parser.nextToken();
            return first == null ? new Beginning(null, true) : tree(parser).beginning(first);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public @Nullable Found at(String text, int start) {
        char[] characters = text.substring(start).toCharArray();
        try (JsonParser parser = documents.createParser(characters)) {
            Object value = value(parser);
            return value instanceof Map || value instanceof List
                    ? new Found(value, start + (int) parser.currentLocation().getCharOffset())
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Parses a text and returns the JSON object in it; an empty object if the text is anything else. */
    JsonObject objectIn(String text) {
        try (JsonParser parser = documents.createParser(text)) {
            return JsonObject.from(value(parser));
        } catch (IOException e) {
            return JsonObject.from(null);
        }
    }

    /** Whether a text is exactly one JSON object. */
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

    /** Whether a text is exactly one JSON value. */
    boolean isValue(String text) {
        try {
            value(text);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * A text that can be compared with other texts by its JSON value.
     *
     * @param dense the text without surrounding whitespace
     * @param value its JSON value; the text itself if it is not JSON
     */
    record ComparedJson(String dense, @Nullable Object value) {

        /** Whether both texts have the same JSON value, or one text is the other one encoded as a JSON string. */
        boolean isSameAs(ComparedJson other) {
            return dense.equals(other.dense) || Objects.equals(value, other.value);
        }
    }

    /** Parses a text for comparison. JSON inside a JSON string is parsed as well. */
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

    /** Normalises the numbers in a value, so that equal numbers are recognised however they are written. */
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

    /** Returns the maximum number of characters in one text, which also applies to a whole streamed answer. */
    int longestText() {
        return bounds.text();
    }

    /** Creates a parser to which events can be fed one by one. */
    JsonParser eventParser() {
        try {
            return events.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new AssertionError("a parser that has no input failed", e);
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
