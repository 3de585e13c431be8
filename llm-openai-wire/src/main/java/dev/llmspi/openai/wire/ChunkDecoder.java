package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import dev.llmspi.api.ChatStreamEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunks of one stream, straight from the bytes of its events: what nobody asks for is skipped, and nothing
 * is made but the pieces of the answer. One parser serves the whole stream, so that it knows the names after the first
 * chunk; it is one that is fed, which lets each event be a document of its own.
 */
final class ChunkDecoder implements AutoCloseable {

    /** As in {@link Json}; names are kept here, tokens are as many as the length of the stream allows. */
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxNumberLength(100)
                    .maxNameLength(1024)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonParser parser;
    private final ByteArrayFeeder feeder;
    private final Queue<ChatStreamEvent> events = new ArrayDeque<>();
    private final StreamedReply reply;
    private boolean error;
    private @Nullable FinishWord finish;

    /** @param reply gathers what is no piece of the answer */
    ChunkDecoder(StreamedReply reply) {
        this.reply = reply;
        try {
            this.parser = FACTORY.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new AssertionError("a parser without input does not fail", e);
        }
        this.feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
    }

    /**
     * Reads a chunk.
     *
     * @return the pieces of the answer in it; the caller takes them out
     * @throws Json.MalformedJsonException if it is no whole JSON object in UTF-8; nothing more can be read then
     */
    Queue<ChatStreamEvent> decode(byte[] bytes, int offset, int length) throws Json.MalformedJsonException {
        error = false;
        finish = null;
        try {
            feeder.feedInput(bytes, offset, offset + length);
            read(bytes, offset, length);
        } catch (IOException e) {
            events.clear();
            throw new Json.MalformedJsonException();
        }
        if (error) {
            events.clear();
        } else if (finish != null) {
            reply.finish(finish);
        }
        return events;
    }

    private void read(byte[] bytes, int offset, int length) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_OBJECT) {
            chunk();
        } else if (first != JsonToken.NOT_AVAILABLE || !isBlank(bytes, offset, length)) {
            throw new IOException();
        }
        if (parser.nextToken() != JsonToken.NOT_AVAILABLE) {
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
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "choices" -> elements(value, this::choice);
                case "error" -> error |= ResponseDecoder.isError(Json.value(parser, value));
                case "usage" -> usage(value);
                case "object", "created" -> skip(value);
                default -> other(name, value);
            }
        }
        ended(JsonToken.END_OBJECT);
    }

    private void usage(JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT) {
            reply.usage(JsonObject.from(Json.value(parser, value)), events);
        } else {
            skip(value);
        }
    }

    /** Texts and numbers are said in every chunk and read in the first; an object is said once or grows. */
    private void other(String name, JsonToken value) throws IOException {
        boolean wanted = value == JsonToken.START_OBJECT || value.isScalarValue() && !reply.knows(name);
        if (wanted && value != JsonToken.VALUE_NULL) {
            reply.member(name, Json.value(parser, value));
        } else {
            skip(value);
        }
    }

    private void choice(int position) throws IOException {
        String word = null;
        boolean ours = true;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                // Extras may have asked for several answers; this is the first one.
                case "index" -> ours = value != JsonToken.VALUE_NUMBER_INT || parser.getLongValue() == 0;
                case "delta" -> delta(value, ours);
                case "finish_reason" -> word = text(value);
                case "native_finish_reason" -> reply.nativeFinish(text(value));
                case "error" -> error |= ResponseDecoder.isError(Json.value(parser, value));
                default -> skip(value);
            }
        }
        ended(JsonToken.END_OBJECT);
        if (ours && word != null && !word.isBlank()) {
            FinishWord said = new FinishWord(word);
            error |= said.isError();
            // Counts when the chunk turns out to be whole.
            finish = said;
        }
    }

    private void delta(JsonToken start, boolean ours) throws IOException {
        if (start != JsonToken.START_OBJECT || !ours) {
            skip(start);
            return;
        }
        String reasoning = "";
        String shown = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "content" -> content(value);
                case "reasoning", "reasoning_content" -> {
                    String text = text(value);
                    reasoning = reasoning.isEmpty() && text != null ? text : reasoning;
                }
                case "reasoning_details" -> shown = reasoningDetails(value);
                case "tool_calls" -> elements(value, this::toolCall);
                case "refusal" -> reply.refusal(text(value));
                default -> skip(value);
            }
        }
        ended(JsonToken.END_OBJECT);
        // The same text stands in both; some servers send the details alone.
        String thought = reasoning.isEmpty() ? shown : reasoning;
        if (!thought.isEmpty()) {
            events.add(new ChatStreamEvent.ReasoningDelta(thought));
        }
    }

    private void content(JsonToken value) throws IOException {
        if (value == JsonToken.START_ARRAY) {
            for (Object part : JsonObject.listIn(Json.value(parser, value))) {
                Object text = part instanceof String ? part : JsonObject.from(part).value("text");
                piece(text instanceof String piece ? piece : "");
            }
        } else if (value == JsonToken.VALUE_STRING) {
            piece(parser.getText());
        } else if (value == JsonToken.VALUE_NULL) {
            return;
        } else {
            throw new IOException();
        }
    }

    private void piece(String text) {
        if (!text.isEmpty()) {
            events.add(new ChatStreamEvent.TextDelta(text));
        }
    }

    private String reasoningDetails(JsonToken value) throws IOException {
        StringBuilder shown = new StringBuilder();
        for (Object element : JsonObject.listIn(Json.value(parser, value))) {
            JsonObject detail = JsonObject.from(element);
            if (!detail.isEmpty()) {
                reply.reasoning().add(detail.members());
                shown.append(ReasoningFragments.textOf(detail.members()));
            }
        }
        return shown.toString();
    }

    private void toolCall(int position) throws IOException {
        int index = -1;
        String id = null;
        Function function = new Function(null, "");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "index" -> index = value == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : -1;
                case "id" -> id = scalar(value);
                case "function" -> function = function(value);
                default -> skip(value);
            }
        }
        ended(JsonToken.END_OBJECT);
        reply.toolCalls().add(index, position, id, function.name, function.arguments, events);
    }

    private record Function(@Nullable String name, String arguments) {}

    private Function function(JsonToken start) throws IOException {
        String tool = null;
        String arguments = "";
        if (start != JsonToken.START_OBJECT) {
            skip(start);
            return new Function(null, "");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "name" -> tool = scalar(value);
                case "arguments" -> {
                    Object given = Json.value(parser, value);
                    arguments = given == null ? "" : given instanceof String text ? text : Json.text(given);
                }
                default -> skip(value);
            }
        }
        ended(JsonToken.END_OBJECT);
        return new Function(tool, arguments);
    }

    private interface Element {
        void read(int position) throws IOException;
    }

    /** Reads the objects of an array; what else is there is passed over. */
    private void elements(JsonToken start, Element element) throws IOException {
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

    private @Nullable String text(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        skip(value);
        return null;
    }

    /** A text that is not blank, or a number as text. */
    private @Nullable String scalar(JsonToken value) throws IOException {
        String text = value == JsonToken.VALUE_NUMBER_INT ? parser.getText() : text(value);
        return text == null || text.isBlank() ? null : text;
    }

    private void skip(JsonToken value) throws IOException {
        if (value.isStructStart()) {
            parser.skipChildren();
        } else if (value == JsonToken.NOT_AVAILABLE) {
            throw new IOException();
        }
    }

    /** The input may end anywhere: then the token is none at all. */
    private void ended(JsonToken expected) throws IOException {
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
