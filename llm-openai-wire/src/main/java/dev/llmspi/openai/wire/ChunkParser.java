package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of one stream, chunk after chunk. One parser serves many chunks, so that it knows the names after the first.
 * It is Jackson's parser for input that arrives in pieces, which lets each event be a document of its own. Such a
 * parser never forgets a name, and servers may invent names: after a while a new parser takes its place.
 *
 * <p>The input may end anywhere. Every method throws an {@link IOException} then, so that half a chunk is never read as
 * a whole one.
 */
final class ChunkParser implements AutoCloseable {

    private static final int BYTES_PER_PARSER = 64 * 1024;
    private static final int LONGEST_INDEX = 9;

    private final JsonReader json;
    private JsonParser parser;
    private JsonTree tree;
    private int fed;

    ChunkParser(JsonReader json) {
        this.json = json;
        this.parser = json.eventParser();
        this.tree = tree();
    }

    /** The parser counts its tokens itself. */
    private JsonTree tree() {
        return new JsonTree(parser, Integer.MAX_VALUE);
    }

    /** Goes on to the next event; the one before was read to its end. */
    void feed(byte[] bytes, int offset, int length) throws IOException {
        if (fed > BYTES_PER_PARSER) {
            close();
            parser = json.eventParser();
            tree = tree();
            fed = 0;
        }
        fed += length;
        ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
        feeder.feedInput(bytes, offset, offset + length);
    }

    /** Whether the event was read to its last byte. */
    boolean isAtEnd() {
        return parser.getNonBlockingInputFeeder().needMoreInput();
    }

    JsonParser parser() {
        return parser;
    }

    /** Goes to the next member of an object; false at the object's end. */
    boolean nextMember() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.FIELD_NAME) {
            return true;
        }
        if (token == JsonToken.END_OBJECT) {
            return false;
        }
        throw new IOException();
    }

    @Nullable
    Object value(JsonToken value) throws IOException {
        return tree.value(value);
    }

    /** Reads the object that has begun. */
    interface Element {
        void read(int position) throws IOException;
    }

    /** Reads the objects of an array; other elements and other values are skipped. */
    void elements(JsonToken start, Element element) throws IOException {
        if (start != JsonToken.START_ARRAY) {
            skip(start);
            return;
        }
        int position = 0;
        for (JsonToken next; (next = parser.nextToken()) != JsonToken.END_ARRAY; position++) {
            if (next == JsonToken.START_OBJECT) {
                element.read(position);
            } else {
                skip(next);
            }
        }
    }

    @Nullable
    String text(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        skip(value);
        return null;
    }

    /** A text that is not blank, or a number as text. */
    @Nullable
    String scalar(JsonToken value) throws IOException {
        String text = value == JsonToken.VALUE_NUMBER_INT ? parser.getText() : text(value);
        return text == null || text.isBlank() ? null : text;
    }

    /** A small number of at least 0, or a text that is one; -1 for anything else. */
    int index(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() == JsonParser.NumberType.INT) {
            return Math.max(-1, parser.getIntValue());
        }
        String text = scalar(value);
        if (text == null || text.length() > LONGEST_INDEX || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        return Integer.parseInt(text);
    }

    void skip(JsonToken value) throws IOException {
        if (value.isStructStart()) {
            parser.skipChildren();
        } else if (value == JsonToken.NOT_AVAILABLE) {
            throw new IOException();
        }
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new AssertionError("a parser without input does not fail", e);
        }
    }
}
