package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** JSON as maps and lists, on Jackson's streams: no binding, no databind to load. */
final class Json {

    /** Not JSON, or beyond the limits. Says nothing about the text. */
    static final class MalformedJsonException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedJsonException() {
            super(null, null, false, false);
        }
    }

    /**
     * Defaults allow names of unlimited number to be interned, 5.9 MB of which cost 3 s; and depth 1,000. Strings need
     * no limit of their own: the body has one.
     */
    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // Characters beyond the basic plane as 4 bytes instead of two escapes of 6.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxNumberLength(100)
                    .maxNameLength(1024)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxTokenCount(1_000_000)
                    .build())
            .build();

    private Json() {}

    /** The value in a body; null for {@code null} and for a blank body. */
    static @Nullable Object read(byte[] body) throws MalformedJsonException {
        try (JsonParser parser = FACTORY.createParser(body)) {
            return read(parser);
        } catch (IOException e) {
            throw new MalformedJsonException();
        }
    }

    /** The object in a text; an empty one if it is anything else. */
    static JsonObject objectIn(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return JsonObject.from(read(parser));
        } catch (IOException e) {
            return JsonObject.from(null);
        }
    }

    /** Whether a text is one whole object and nothing else. */
    static boolean isObject(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable Object read(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        return first == null ? null : value(parser, first);
    }

    static @Nullable Object value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case NOT_AVAILABLE -> throw new IOException();
            default -> null;
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_OBJECT; ) {
            if (token == null) {
                throw new IOException();
            }
            String name = parser.currentName();
            members.put(name, value(parser, parser.nextToken()));
        }
        return members;
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_ARRAY; ) {
            if (token == null) {
                throw new IOException();
            }
            elements.add(value(parser, token));
        }
        return elements;
    }

    /**
     * Writes a value. Maps without an order of their own are written by name, so that equal requests are equal bytes:
     * caches compare them.
     *
     * @throws IllegalArgumentException if there is a value of another type; names the type
     */
    static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Number number) {
            writeNumber(json, number);
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> member : ordered(map).entrySet()) {
                json.writeFieldName(String.valueOf(member.getKey()));
                write(json, member.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Iterable<?> elements) {
            json.writeStartArray();
            for (Object element : elements) {
                write(json, element);
            }
            json.writeEndArray();
        } else {
            throw new IllegalArgumentException("a value of " + value.getClass() + " is nothing JSON has");
        }
    }

    static Map<?, ?> ordered(Map<?, ?> map) {
        return map instanceof LinkedHashMap || map instanceof SortedMap ? map : new TreeMap<>(map);
    }

    /** The value as text. */
    static String text(@Nullable Object value) {
        StringWriter text = new StringWriter();
        write(value, text, false);
        return text.toString();
    }

    /** The value as one line of ASCII, fit for a header. */
    static String ascii(@Nullable Object value) {
        StringWriter text = new StringWriter();
        write(value, text, true);
        return text.toString();
    }

    private static void write(@Nullable Object value, StringWriter text, boolean ascii) {
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            if (ascii) {
                json.configure(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature(), true);
            }
            write(json, value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a text cannot be encoded", null);
        } catch (IOException e) {
            throw new AssertionError("a StringWriter does not fail", e);
        }
    }

    private static void writeNumber(JsonGenerator json, Number number) throws IOException {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) {
            json.writeNumber(number.longValue());
        } else if (number instanceof BigInteger whole) {
            json.writeNumber(whole);
        } else if (number instanceof BigDecimal decimal) {
            json.writeNumber(decimal);
        } else if (Double.isFinite(number.doubleValue())) {
            json.writeNumber(number.doubleValue());
        } else {
            throw new IllegalArgumentException(number + " is no number JSON has");
        }
    }
}
