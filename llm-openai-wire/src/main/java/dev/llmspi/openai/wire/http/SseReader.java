package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events one at a time, according to the WHATWG specification. The data of an event is returned as
 * bytes in the reader's own buffer. An event is an error if it contains {@code event: error} or, as llama.cpp sends it,
 * a field {@code error} instead of {@code data}. Comments and other fields are skipped. Each byte is examined once,
 * even if a line arrives in small pieces.
 */
public final class SseReader {

    private static final int FIRST_ROOM = 8 * 1024;

    private static final byte[] NOTHING = {};

    private final InputStream in;
    private final Bounds bounds;
    private byte[] buffer = new byte[FIRST_ROOM];
    private int limit;
    private int lineStart;
    private int scanned;
    // The data of the current event. Its lines are separated by LF.
    private int dataStart;
    private int dataEnd;
    private boolean hasData;
    private long eventBytes;
    private long streamBytes;
    private boolean afterCarriageReturn;
    private boolean begun;
    private boolean atEnd;
    private boolean whole;
    private boolean error;
    private boolean errorField;
    /** A copy of the beginning of the body, which is made before the beginning is removed from the buffer. */
    private byte @Nullable [] beginning;

    private boolean hadEvent;
    /** Whether a line before the first event does not belong to an event stream. */
    private boolean stray;
    /** The index of the first line with data. It is valid while the buffer contains the beginning of the body. */
    private int firstData;

    public SseReader(InputStream in, Bounds bounds) {
        this.in = in;
        this.bounds = bounds;
    }

    /**
     * Advances to the next event with data, and blocks until it has arrived.
     *
     * @return false at the end of the body
     * @throws IOException if reading fails, or if a line, an event or the stream exceeds its bound
     */
    public boolean next() throws IOException {
        begin();
        whole = false;
        while (true) {
            if (!readLine()) {
                if (!hasData || isComment()) {
                    return false;
                }
                eventBegins();
                return true;
            }
            boolean blank = scanned == lineStart;
            takeLine();
            if (blank) {
                eventBytes = 0;
                if (hasData && dataEnd > dataStart && !isComment()) {
                    whole = true;
                    eventBegins();
                    return true;
                }
                begin();
            }
        }
    }

    /** Whether the data is a comment. Some servers send comments as data, and JSON never starts with a colon. */
    private boolean isComment() {
        int at = dataStart;
        while (at < dataEnd && buffer[at] == ' ') {
            at++;
        }
        return at < dataEnd && buffer[at] == ':';
    }

    private void begin() {
        hasData = false;
        error = false;
        errorField = false;
    }

    /** Returns the array that contains the event's data. It is valid until the next call of {@link #next}. */
    public byte[] buffer() {
        return buffer;
    }

    /** Returns the index in the buffer at which the event's data starts. */
    public int offset() {
        return dataStart;
    }

    /** Returns the length of the event's data, in bytes. */
    public int length() {
        return dataEnd - dataStart;
    }

    /** Whether a blank line ended the event. If not, the body ended first and the event may be truncated. */
    public boolean isWhole() {
        return whole;
    }

    /** Whether the server marked the event as an error. */
    public boolean isError() {
        return error;
    }

    /**
     * Returns the beginning of the body, up to the first event, if the body is not an event stream. It may be an error,
     * a whole answer or an HTML page.
     *
     * @return the bytes; empty if all lines belong to an event stream
     */
    public byte[] unframed() {
        if (!stray) {
            return NOTHING;
        }
        byte[] kept = beginning;
        return kept != null ? kept : Arrays.copyOf(buffer, Math.min(limit, mostUnframed()));
    }

    /** Returns how many bytes to keep. More is kept of a body that starts like JSON, as it may be a whole answer. */
    private int mostUnframed() {
        int at = SseField.skipBlanks(buffer, 0, limit);
        return at < limit && buffer[at] == '{' ? Math.max(bounds.errorBody(), bounds.line()) : bounds.errorBody();
    }

    private void eventBegins() {
        if (!hadEvent && stray && beginning == null) {
            beginning = Arrays.copyOf(buffer, Math.min(firstData, mostUnframed()));
        }
        hadEvent = true;
    }

    /** Finds the end of the line and sets {@code scanned} to it; returns false at the end of the body. */
    private boolean readLine() throws IOException {
        while (true) {
            byte[] bytes = buffer;
            int at = scanned;
            while (at < limit && bytes[at] != '\n' && bytes[at] != '\r') {
                at++;
            }
            scanned = at;
            if (at < limit) {
                if (bytes[at] == '\r' || !afterCarriageReturn || at != lineStart) {
                    return true;
                }
                // This LF belongs to a CR LF whose line was already processed at the CR.
                lineStart = ++scanned;
                afterCarriageReturn = false;
                continue;
            }
            if (scanned - lineStart > bounds.line()) {
                throw new BoundedBody.TooLargeException();
            }
            if (atEnd || !fill()) {
                // The last line need not have a line ending.
                if (scanned > lineStart) {
                    takeData();
                    lineStart = scanned;
                }
                return false;
            }
        }
    }

    /** Processes the line that ends at {@code scanned} and moves on to the next one. */
    private void takeLine() throws IOException {
        eventBytes += scanned - lineStart + 1L;
        if (scanned - lineStart > bounds.line() || eventBytes > bounds.event()) {
            throw new BoundedBody.TooLargeException();
        }
        afterCarriageReturn = buffer[scanned] == '\r';
        takeData();
        lineStart = ++scanned;
    }

    private void takeData() {
        int start = lineStart;
        if (!begun) {
            begun = true;
            if (scanned - start >= 3
                    && buffer[start] == (byte) 0xEF
                    && buffer[start + 1] == (byte) 0xBB
                    && buffer[start + 2] == (byte) 0xBF) {
                start += 3;
            }
        }
        int value = SseField.DATA.valueIn(buffer, start, scanned);
        if (value < 0) {
            value = otherField(start);
        } else if (errorField) {
            return;
        }
        if (value < 0) {
            return;
        }
        if (!hasData) {
            hasData = true;
            firstData = start;
            dataStart = value;
            dataEnd = scanned;
            return;
        }
        buffer[dataEnd++] = '\n';
        System.arraycopy(buffer, value, buffer, dataEnd, scanned - value);
        dataEnd += scanned - value;
    }

    /** Processes a line without data. Returns where its error or its bare JSON starts, or a negative index. */
    private int otherField(int start) {
        int event = SseField.EVENT.valueIn(buffer, start, scanned);
        if (event >= 0) {
            error = SseField.ERROR.isNamedBy(buffer, event, scanned);
            return -1;
        }
        int value = SseField.ERROR.valueIn(buffer, start, scanned);
        if (value >= 0) {
            hasData &= errorField; // an error replaces the data of its event
            errorField = true;
            error = true;
        } else if (hadEvent) {
            boolean bare = !hasData && start < scanned && buffer[start] == '{';
            return bare ? start : value; // some servers omit the field name
        } else {
            stray |= !SseField.isStandardLine(buffer, start, scanned);
        }
        return value;
    }

    private boolean fill() throws IOException {
        if (limit == buffer.length) {
            makeRoom();
        }
        int count = in.read(buffer, limit, buffer.length - limit);
        if (count < 0) {
            atEnd = true;
            return false;
        }
        limit += count;
        streamBytes += count;
        if (streamBytes > bounds.stream()) {
            throw new BoundedBody.TooLargeException();
        }
        return true;
    }

    /**
     * Moves the current event to the front of the buffer, and doubles the buffer if that frees too little space. An
     * unframed body is kept as a whole.
     */
    private void makeRoom() {
        if (!hadEvent && stray && beginning == null) {
            if (limit < mostUnframed()) {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
                return;
            }
            beginning = Arrays.copyOf(buffer, mostUnframed());
        }
        int data = hasData ? dataEnd - dataStart : 0;
        int line = limit - lineStart;
        byte[] target = data + line > buffer.length / 2 ? new byte[buffer.length * 2] : buffer;
        System.arraycopy(buffer, dataStart, target, 0, data);
        // The next data line needs one byte for the LF, which takes the place of the line's field name.
        System.arraycopy(buffer, lineStart, target, data, line);
        buffer = target;
        scanned = data + scanned - lineStart;
        lineStart = data;
        dataStart = 0;
        dataEnd = data;
        limit = data + line;
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }
}
