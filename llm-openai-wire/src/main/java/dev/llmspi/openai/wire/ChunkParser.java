package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of one stream, chunk after chunk. One parser serves many, so that it knows the names after the first chunk;
 * it is one that is fed, which lets each event be a document of its own and checks its UTF-8. It never forgets a name,
 * and servers may invent them: after a while another takes its place.
 */
final class ChunkParser implements AutoCloseable {

    private static final int BYTES_PER_PARSER = 64 * 1024;

    private final JsonReader json;
    private JsonParser parser;
    private JsonTree tree;
    private int fed;
    private int fedBefore;
    private int eventOffset;

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
        fedBefore = fed;
        eventOffset = offset;
        fed += length;
        ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
        feeder.feedInput(bytes, offset, offset + length);
    }

    JsonParser parser() {
        return parser;
    }

    /** Where in the array of the event is what comes behind the token that was read last. */
    int position() {
        return (int) (parser.currentLocation().getByteOffset() - fedBefore) + eventOffset;
    }

    @Nullable
    Object value(JsonToken value) throws IOException {
        return tree.value(value);
    }

    /** Reads the object that has begun. */
    interface Element {
        void read(int position) throws IOException;
    }

    /** Reads the objects of an array; what else is there is passed over. */
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

    void skip(JsonToken value) throws IOException {
        if (value.isStructStart()) {
            parser.skipChildren();
        } else if (value == JsonToken.NOT_AVAILABLE) {
            throw new IOException();
        }
    }

    /** The input may end anywhere: then the token is none at all. */
    void ended(JsonToken expected) throws IOException {
        if (parser.currentToken() != expected) {
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
