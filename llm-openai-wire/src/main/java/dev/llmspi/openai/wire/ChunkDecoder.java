package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chunks of one stream, straight from the bytes of its events. It skips what has no meaning here, and chooses
 * the answer we read where a chunk has several.
 */
final class ChunkDecoder implements AutoCloseable {

    private static final int NOT_CHOSEN = -1;
    private static final String ERROR = "error";
    /** Its first byte; no JSON begins with it. */
    private static final byte BYTE_ORDER_MARK = (byte) 0xEF;

    private final ChunkParser json;
    private final Predicate<String> isKnown;
    private final DeltaDecoder deltas;
    private final Chunk chunk = new Chunk();
    private final ChunkParser.Element choice = this::choice;
    /** The index of the answer we read; not chosen as long as the server has sent one choice in each chunk. */
    private int ours;
    /** The same where choices have no index. */
    private int place = NOT_CHOSEN;

    /**
     * @param isKnown whether the value of a member beside the choices needs no second reading
     * @param several whether the request asked for several answers; then the first is read
     */
    ChunkDecoder(JsonReader reader, Predicate<String> isKnown, boolean several) {
        this.json = new ChunkParser(reader);
        this.isKnown = isKnown;
        this.deltas = new DeltaDecoder(json);
        this.ours = several ? 0 : NOT_CHOSEN;
    }

    /**
     * Reads a chunk.
     *
     * @return the same object each time, empty for a blank event
     * @throws JsonReader.MalformedJsonException if it is not one whole JSON object in UTF-8; nothing more can be
     *     read then
     */
    Chunk decode(byte[] bytes, int offset, int length) throws JsonReader.MalformedJsonException {
        chunk.clear();
        try {
            int end = endOfText(bytes, offset, offset + length);
            if (end > offset) {
                read(bytes, offset, end - offset);
            }
            return chunk;
        } catch (IOException e) {
            throw new JsonReader.MalformedJsonException(e);
        }
    }

    private void read(byte[] bytes, int offset, int length) throws IOException {
        // The parser would pass over a byte order mark, but only in front of its first event.
        if (bytes[offset] == BYTE_ORDER_MARK || !Utf8Validator.isValid(bytes, offset, length)) {
            throw new IOException();
        }
        json.feed(bytes, offset, length);
        if (json.parser().nextToken() != JsonToken.START_OBJECT) {
            throw new IOException();
        }
        members();
        if (!json.isAtEnd()) {
            throw new IOException();
        }
    }

    /** Where the blanks at the end begin. */
    private static int endOfText(byte[] bytes, int start, int end) {
        int last = end;
        while (last > start && isBlank(bytes[last - 1])) {
            last--;
        }
        return last;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\t' || b == '\r';
    }

    private void members() throws IOException {
        while (json.nextMember()) {
            String name = json.parser().currentName();
            JsonToken value = json.parser().nextToken();
            switch (name) {
                case "choices" -> json.elements(value, choice);
                case ERROR -> chunk.error |= ResponseDecoder.isError(json.value(value));
                case "usage" -> usage(value);
                case "object" -> chunk.error |= isErrorWord(value);
                case "created" -> json.skip(value);
                default -> other(name, value);
            }
        }
        chooseForGood();
    }

    /**
     * Some servers mark an error by {@code "object": "error"} alone. The length is looked at first: it makes no text.
     */
    private boolean isErrorWord(JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_STRING) {
            json.skip(value);
            return false;
        }
        return json.parser().getTextLength() == ERROR.length()
                && ERROR.equals(json.parser().getText());
    }

    private void usage(JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT) {
            chunk.beside.add(new Chunk.UsageMember(JsonObject.from(json.value(value))));
        } else {
            json.skip(value);
        }
    }

    /** Texts and numbers stand in every chunk and are read in the first; an object stands once, or grows. */
    private void other(String name, JsonToken value) throws IOException {
        boolean wanted = value == JsonToken.START_OBJECT || value.isScalarValue() && !isKnown.test(name);
        if (!wanted || value == JsonToken.VALUE_NULL) {
            json.skip(value);
            return;
        }
        Object said = json.value(value);
        // A first chunk may hold names without anything in them.
        if (said != null && !"".equals(said)) {
            chunk.beside.add(new Chunk.TopMember(name, said));
        }
    }

    private void choice(int position) throws IOException {
        Chunk.Choice choice = chunk.nextChoice(position);
        String legacyText = null;
        while (json.nextMember()) {
            String name = json.parser().currentName();
            JsonToken value = json.parser().nextToken();
            switch (name) {
                case "index" -> {
                    int index = json.index(value);
                    choice.hasIndex = index >= 0;
                    choice.index = choice.hasIndex ? index : position;
                }
                case "delta" -> deltas.read(value, choice);
                case "message" -> {
                    Object message = json.value(value);
                    if (message instanceof String said) {
                        choice.pieces.add(new Chunk.WholeMessage(JsonObject.of(Map.of("content", said))));
                    } else if (message instanceof Map) {
                        choice.pieces.add(new Chunk.WholeMessage(JsonObject.from(message)));
                    }
                }
                // Where the older completions endpoint has its text.
                case "text" -> legacyText = json.text(value);
                case "finish_reason" -> finish(json.text(value), choice);
                case "native_finish_reason" -> {
                    String word = json.text(value);
                    if (word != null) {
                        choice.pieces.add(new Chunk.NativeFinish(word));
                    }
                }
                case "usage" -> {
                    if (value == JsonToken.START_OBJECT) {
                        choice.pieces.add(new Chunk.UsageMember(JsonObject.from(json.value(value))));
                    } else {
                        json.skip(value);
                    }
                }
                case ERROR -> choice.error |= ResponseDecoder.isError(json.value(value));
                default -> json.skip(value);
            }
        }
        if (legacyText != null && !legacyText.isEmpty() && !choice.hasContent()) {
            choice.text = legacyText;
        }
        chunk.error |= choice.error;
        choose(choice);
    }

    private static void finish(@Nullable String word, Chunk.Choice choice) {
        WireFinishReason reason = WireFinishReason.of(word);
        if (reason.isSaid()) {
            choice.pieces.add(new Chunk.FinishMember(reason));
        }
    }

    /**
     * Keeps the choice if it is ours. A single choice in a chunk is ours whatever its index: we ask for one answer, and
     * there are servers that count chunks there. Of several in one chunk the lowest is ours, and stays it. Without
     * indexes the place counts.
     */
    private void choose(Chunk.Choice choice) {
        Chunk.Choice best = chunk.choice();
        boolean other = choice.hasIndex
                ? ours != NOT_CHOSEN && choice.index != ours
                : place != NOT_CHOSEN && choice.index != place && best != null;
        if (other) {
            return;
        }
        boolean found =
                !choice.hasIndex && (choice.index == place || place == NOT_CHOSEN && best != null && best.isEmpty());
        if (best == null || choice.index < best.index || found) {
            chunk.keep();
        } else if (choice.index == best.index) {
            best.append(choice);
        }
    }

    /** A chunk with several choices decides which of them is ours from now on. */
    private void chooseForGood() {
        Chunk.Choice chosen = chunk.choice();
        if (chosen == null || chunk.choices < 2) {
            return;
        }
        if (chosen.hasIndex) {
            ours = ours == NOT_CHOSEN ? chosen.index : ours;
        } else if (place == NOT_CHOSEN) {
            place = chosen.index;
        } else if (chosen.index != place) {
            chunk.drop();
        }
    }

    @Override
    public void close() {
        json.close();
    }
}
