package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes maps and lists as JSON, on Jackson's streams. */
final class Json {

    /**
     * Not one for each thread, as by default: a virtual thread makes one call, and the buffers would be made anew for
     * it.
     */
    static final RecyclerPool<BufferRecycler> BUFFERS = JsonRecyclerPools.sharedBoundedPool();

    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .recyclerPool(BUFFERS)
            // Characters beyond the basic plane as 4 bytes instead of two escapes of 6.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            // One generator writes the values of a request one after the other; what stands between them is no JSON.
            .rootValueSeparator((String) null)
            .build();

    private Json() {}

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
        boolean inOrder =
                map.size() < 2 || map instanceof LinkedHashMap || map instanceof SortedMap || map instanceof FewMembers;
        return inOrder ? map : new TreeMap<>(map);
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
                write(new WellFormedGenerator(json), value);
            } else {
                write(json, value);
            }
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
