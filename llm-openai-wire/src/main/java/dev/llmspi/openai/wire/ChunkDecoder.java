package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonToken;
import dev.llmspi.api.ChatStreamEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunks of one stream, straight from the bytes of its events: what nobody asks for is skipped, and nothing
 * is made but the pieces of the answer.
 */
final class ChunkDecoder implements AutoCloseable {

    private final Deque<ChatStreamEvent> events = new ArrayDeque<>();
    private final StreamedReply reply;
    private final ChunkParser json;
    private final ChunkTemplate template = new ChunkTemplate();
    private final DeltaDecoder deltas;
    private boolean error;
    private @Nullable FinishWord finish;

    /** @param reply gathers what is no piece of the answer */
    ChunkDecoder(StreamedReply reply, JsonReader reader) {
        this.reply = reply;
        this.json = new ChunkParser(reader);
        this.deltas = new DeltaDecoder(json, reply, events, template);
    }

    /**
     * Reads a chunk.
     *
     * @return the pieces of the answer in it; the caller takes them out
     * @throws JsonReader.MalformedJsonException if it is no whole JSON object in UTF-8; nothing more can be read then
     */
    Queue<ChatStreamEvent> decode(byte[] bytes, int offset, int length) throws JsonReader.MalformedJsonException {
        error = false;
        finish = null;
        try {
            String text = template.text(bytes, offset, length);
            if (text != null) {
                deltas.piece(text);
                return events;
            }
            template.begin(length);
            json.feed(bytes, offset, length);
            read(bytes, offset, length);
        } catch (IOException e) {
            events.clear();
            throw new JsonReader.MalformedJsonException(e);
        }
        if (error) {
            events.clear();
        } else if (finish != null) {
            reply.finish(finish);
        } else {
            template.learn(bytes, offset, length);
        }
        return events;
    }

    private void read(byte[] bytes, int offset, int length) throws IOException {
        JsonToken first = json.parser().nextToken();
        if (first == JsonToken.START_OBJECT) {
            chunk();
        } else if (first != JsonToken.NOT_AVAILABLE || !isBlank(bytes, offset, length)) {
            throw new IOException();
        }
        if (json.parser().nextToken() != JsonToken.NOT_AVAILABLE) {
            throw new IOException();
        }
    }

    /** The pieces that were read and not taken out. */
    Queue<ChatStreamEvent> events() {
        return events;
    }

    /** Whether the last chunk reports an error: it decides, whatever else is in the chunk. */
    boolean isError() {
        return error;
    }

    private static boolean isBlank(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] > ' ' || bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private void chunk() throws IOException {
        while (json.parser().nextToken() == JsonToken.FIELD_NAME) {
            String name = json.parser().currentName();
            JsonToken value = json.parser().nextToken();
            switch (name) {
                case "choices" -> json.elements(value, this::choice);
                case "error" -> error |= ResponseDecoder.isError(json.value(value));
                case "usage" -> usage(value);
                case "object", "created" -> json.skip(value);
                default -> other(name, value);
            }
        }
        json.ended(JsonToken.END_OBJECT);
    }

    private void usage(JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT) {
            template.foundMore();
            reply.usage(JsonObject.from(json.value(value)), events);
        } else {
            json.skip(value);
        }
    }

    /** Texts and numbers are said in every chunk and read in the first; an object is said once or grows. */
    private void other(String name, JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT) {
            template.foundMore(); // what was said last counts
        }
        boolean wanted = value == JsonToken.START_OBJECT || value.isScalarValue() && !reply.knows(name);
        if (wanted && value != JsonToken.VALUE_NULL) {
            Object said = json.value(value);
            // A first chunk may hold names without anything in them.
            if (said != null && !"".equals(said)) {
                reply.member(name, said);
            }
        } else {
            json.skip(value);
        }
    }

    private void choice(int position) throws IOException {
        String word = null;
        boolean ours = true;
        while (json.parser().nextToken() == JsonToken.FIELD_NAME) {
            String name = json.parser().currentName();
            JsonToken value = json.parser().nextToken();
            switch (name) {
                // Extras may have asked for several answers; this is the first one.
                case "index" ->
                    ours = value != JsonToken.VALUE_NUMBER_INT || json.parser().getLongValue() == 0;
                case "delta" -> deltas.read(value, ours);
                case "finish_reason" -> word = json.text(value);
                case "native_finish_reason" -> reply.nativeFinish(json.text(value));
                case "error" -> error |= ResponseDecoder.isError(json.value(value));
                default -> json.skip(value);
            }
        }
        json.ended(JsonToken.END_OBJECT);
        if (ours && word != null && !word.isBlank()) {
            FinishWord said = new FinishWord(word);
            error |= said.isError();
            // Counts when the chunk turns out to be whole.
            finish = said;
        }
    }

    @Override
    public void close() {
        json.close();
    }
}
