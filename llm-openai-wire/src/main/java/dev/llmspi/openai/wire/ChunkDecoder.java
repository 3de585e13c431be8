package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the chunks of one stream from the bytes of each event. Members that are not used are skipped. If a chunk
 * contains several choices, one of them is selected.
 */
final class ChunkDecoder implements AutoCloseable {

    private static final int NOT_CHOSEN = -1;
    private static final String ERROR = "error";
    /** The first byte of a UTF-8 byte order mark. */
    private static final byte BYTE_ORDER_MARK = (byte) 0xEF;

    private final ChunkParser json;
    private final Predicate<String> isKnown;
    private final DeltaDecoder deltas;
    private final Chunk chunk = new Chunk();
    private final ChunkParser.Element choice = this::choice;
    /** The index of the selected choice; {@code NOT_CHOSEN} until one is selected. */
    private int selectedIndex = NOT_CHOSEN;
    /** The position of the selected choice if choices have no index; {@code NOT_CHOSEN} until one is selected. */
    private int selectedPosition = NOT_CHOSEN;

    /** @param isKnown whether a scalar member outside the choices has already been read, so that it can be skipped */
    ChunkDecoder(JsonReader reader, Predicate<String> isKnown) {
        this.json = new ChunkParser(reader);
        this.isKnown = isKnown;
        this.deltas = new DeltaDecoder(json);
    }

    /**
     * Decodes a chunk.
     *
     * @return the chunk, which is the same object for every call; it is empty for a blank event
     * @throws JsonReader.MalformedJsonException if the bytes are not exactly one JSON object in UTF-8; the decoder
     *     cannot be used afterwards
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
        // A byte order mark is rejected here, because the parser would accept one in its first event.
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

    /** Returns the end of the bytes, excluding trailing whitespace. */
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
        selectForRest();
    }

    /**
     * Whether the value is the word "error". Some servers report an error only by {@code "object": "error"}. The length
     * is compared first, so that no string is allocated for other values.
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
            chunk.outside.add(new Chunk.UsageMember(JsonObject.from(json.value(value))));
        } else {
            json.skip(value);
        }
    }

    /**
     * Reads any other member outside the choices. Scalars are repeated in every chunk, so only the first value is kept.
     * Objects may grow, so each of them is read.
     */
    private void other(String name, JsonToken value) throws IOException {
        boolean wanted = value == JsonToken.START_OBJECT || value.isScalarValue() && !isKnown.test(name);
        if (!wanted || value == JsonToken.VALUE_NULL) {
            json.skip(value);
            return;
        }
        Object content = json.value(value);
        // An empty value, which the first chunk may contain, is not stored, because it would hide a later one.
        if (content != null && !"".equals(content)) {
            chunk.outside.add(new Chunk.TopMember(name, content));
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
                    if (message instanceof String text) {
                        choice.pieces.add(new Chunk.WholeMessage(JsonObject.of(Map.of("content", text))));
                    } else if (message instanceof Map) {
                        choice.pieces.add(new Chunk.WholeMessage(JsonObject.from(message)));
                    }
                }
                // The legacy completions endpoint sends the text in this member.
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
        if (reason.isPresent()) {
            choice.pieces.add(new Chunk.FinishMember(reason));
        }
    }

    /**
     * Keeps the choice if it is the selected one. A single choice in a chunk is accepted with any index, because the
     * request asks for one answer and some servers use the index to count chunks. If one chunk contains several
     * choices, the choice with the lowest index is selected for the rest of the stream. If choices have no index, their
     * position is compared instead.
     */
    private void choose(Chunk.Choice choice) {
        Chunk.Choice best = chunk.choice();
        boolean other = choice.hasIndex
                ? selectedIndex != NOT_CHOSEN && choice.index != selectedIndex
                : selectedPosition != NOT_CHOSEN && choice.index != selectedPosition && best != null;
        if (other) {
            return;
        }
        boolean found = !choice.hasIndex
                && (choice.index == selectedPosition
                        || selectedPosition == NOT_CHOSEN && best != null && best.isEmpty());
        if (best == null || choice.index < best.index || found) {
            chunk.keep();
        } else if (choice.index == best.index) {
            best.append(choice);
        }
    }

    /** Selects one choice for the rest of the stream when a chunk contains several choices for the first time. */
    private void selectForRest() {
        Chunk.Choice chosen = chunk.choice();
        if (chosen == null || chunk.choices < 2) {
            return;
        }
        if (chosen.hasIndex) {
            selectedIndex = selectedIndex == NOT_CHOSEN ? chosen.index : selectedIndex;
        } else if (selectedPosition == NOT_CHOSEN) {
            selectedPosition = chosen.index;
        } else if (chosen.index != selectedPosition) {
            chunk.drop();
        }
    }

    @Override
    public void close() {
        json.close();
    }
}
