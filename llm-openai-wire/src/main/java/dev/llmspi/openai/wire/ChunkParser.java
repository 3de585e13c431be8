package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Parses the JSON of one stream, chunk by chunk. One parser is reused for many chunks, so that each member name is
 * decoded only once. Jackson's non-blocking parser is used, because each event can be fed to it as a separate document.
 * This parser stores every name it reads and servers may keep sending new names, so it is replaced from time to time.
 *
 * <p>If the input ends in the middle of a document, every method throws an {@link IOException}, so a truncated chunk is
 * never read as a complete one.
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

    /** Creates a tree without its own limit on values, because the parser itself limits the number of tokens. */
    private JsonTree tree() {
        return new JsonTree(parser, Integer.MAX_VALUE);
    }

    /** Passes the next event to the parser. The previous event must have been read to its end. */
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

    /** Whether the event has been read to its end. */
    boolean isAtEnd() {
        return parser.getNonBlockingInputFeeder().needMoreInput();
    }

    JsonParser parser() {
        return parser;
    }

    /** Advances to the next member of an object; returns false at the end of the object. */
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

    /** Reads one array element, which is an object whose start token has already been read. */
    interface Element {
        void read(int position) throws IOException;
    }

    /** Reads the objects in an array. Skips all other elements, and skips a value that is not an array. */
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

    /** Returns a string that is not blank, or an integer as a string; null for anything else. */
    @Nullable
    String scalar(JsonToken value) throws IOException {
        String text = value == JsonToken.VALUE_NUMBER_INT ? parser.getText() : text(value);
        return text == null || text.isBlank() ? null : text;
    }

    /** Returns a non-negative integer, which may also be written as a string; -1 for anything else. */
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
            throw new AssertionError("a parser that has no input failed", e);
        }
    }
}
