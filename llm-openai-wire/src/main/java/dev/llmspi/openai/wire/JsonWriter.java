package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes JSON with Jackson and replaces the lone surrogates in it. Raw values passed to it must be valid JSON. */
final class JsonWriter extends JsonGeneratorDelegate {

    /**
     * A buffer pool that all threads share. By default, Jackson keeps separate buffers for each thread, so each virtual
     * thread would allocate buffers for the single call that it makes.
     */
    static final RecyclerPool<BufferRecycler> BUFFERS = JsonRecyclerPools.sharedBoundedPool();

    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .recyclerPool(BUFFERS)
            // With this feature, characters outside the basic plane take 4 bytes instead of two escapes of 6 bytes.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            // One generator writes all values of a request, and no separator may appear between them.
            .rootValueSeparator((String) null)
            .build();

    private JsonWriter(JsonGenerator json) {
        super(json);
    }

    /** Returns a writer that encodes JSON in UTF-8. */
    static JsonWriter of(OutputStream output) throws IOException {
        return new JsonWriter(FACTORY.createGenerator(output, JsonEncoding.UTF8));
    }

    @Override
    public void writeFieldName(String name) throws IOException {
        delegate.writeFieldName(WellFormedText.of(name));
    }

    @Override
    public void writeString(String text) throws IOException {
        delegate.writeString(WellFormedText.of(text));
    }

    @Override
    public void writeRawValue(String json) throws IOException {
        delegate.writeRawValue(WellFormedText.ofJson(json));
    }

    /**
     * Writes a value. The members of an unordered map are sorted by name, because prompt caches compare bytes and
     * equal requests must therefore have equal bytes.
     *
     * @throws IllegalArgumentException if a value cannot be written as JSON; the message contains its type
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
            throw new IllegalArgumentException("a value of " + value.getClass() + " cannot be written as JSON");
        }
    }

    /** Returns the same map if it has an order; otherwise a copy that is sorted by name. */
    static Map<?, ?> ordered(Map<?, ?> map) {
        boolean inOrder = map.size() < 2 || map instanceof LinkedHashMap || map instanceof SortedMap;
        return inOrder ? map : new TreeMap<>(map);
    }

    /** Returns a value as JSON text. Lone surrogates are not replaced. */
    static String text(@Nullable Object value) {
        StringWriter text = new StringWriter();
        write(value, text, false);
        return text.toString();
    }

    /** Returns a value as JSON in a single line of ASCII characters, which is valid in a header. */
    static String ascii(@Nullable Object value) {
        StringWriter text = new StringWriter();
        write(value, text, true);
        return text.toString();
    }

    private static void write(@Nullable Object value, StringWriter text, boolean ascii) {
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            if (ascii) {
                json.configure(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature(), true);
                write(new JsonWriter(json), value);
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
            throw new IllegalArgumentException(number + " is not a number in JSON");
        }
    }
}
