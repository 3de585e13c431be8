package dev.llmspi.openai.wire.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events from bytes, by the rules of the WHATWG, one at a time: what is not read stays in the socket.
 * It gives out data, as bytes in its own buffer, and whether the server calls the event an error: by {@code event:
 * error}, or by a field {@code error} in place of {@code data}, as llama.cpp does. Comments and other fields are passed
 * over. A byte is looked at once, however small the pieces are in which a line arrives.
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
    // Data of the event so far; the line ends between its lines are already LF.
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
    /** The beginning of the body; kept only if it is long and no event came. */
    private byte @Nullable [] beginning;

    private boolean hadEvent;
    /** Before the first event there was a line that is none of a stream. */
    private boolean stray;
    /** Where the first line with data begins, as long as the buffer holds the beginning. */
    private int firstData;

    public SseReader(InputStream in, Bounds bounds) {
        this.in = in;
        this.bounds = bounds;
    }

    /**
     * Goes on to the next event that has data; blocks until it is there.
     *
     * @return false at the end
     * @throws IOException what reading throws; also if a line, an event or the stream is larger than allowed
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

    /** Some servers send their comments as data. No JSON begins with a colon. */
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

    /** The array that holds the data of the event, until the next call of {@link #next}. */
    public byte[] buffer() {
        return buffer;
    }

    /** Where in the buffer the data begins. */
    public int offset() {
        return dataStart;
    }

    public int length() {
        return dataEnd - dataStart;
    }

    /** Whether a blank line ended the event. If not, the body ended first: the event may be half of one. */
    public boolean isWhole() {
        return whole;
    }

    /** Whether the server calls the event an error. */
    public boolean isError() {
        return error;
    }

    /**
     * The beginning of a body, up to its first event, if it is no stream there: it may be an error, a whole answer or a
     * page.
     *
     * @return empty if nothing but lines of a stream came
     */
    public byte[] unframed() {
        if (!stray) {
            return NOTHING;
        }
        byte[] kept = beginning;
        return kept != null ? kept : Arrays.copyOf(buffer, Math.min(limit, mostUnframed()));
    }

    /** A body that begins as JSON may be a whole answer. */
    private int mostUnframed() {
        int at = 0;
        while (at < limit && buffer[at] <= ' ' && buffer[at] >= 0) {
            at++;
        }
        return at < limit && buffer[at] == '{' ? Math.max(bounds.errorBody(), bounds.line()) : bounds.errorBody();
    }

    private void eventBegins() {
        if (!hadEvent && stray && beginning == null) {
            beginning = Arrays.copyOf(buffer, Math.min(firstData, mostUnframed()));
        }
        hadEvent = true;
    }

    /** Finds the end of a line and leaves {@code scanned} on it. */
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
                // The second half of CR LF: its line has been taken in already.
                lineStart = ++scanned;
                afterCarriageReturn = false;
                continue;
            }
            if (scanned - lineStart > bounds.line()) {
                throw new BoundedBody.TooLargeException();
            }
            if (atEnd || !fill()) {
                // What stands without a line end at the end of the body is the last line.
                if (scanned > lineStart) {
                    takeData();
                    lineStart = scanned;
                }
                return false;
            }
        }
    }

    /** Takes in the line that ends where {@code scanned} is, and goes on behind it. */
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

    /**
     * Where the value of a field {@code error} begins; negative for other lines. Notes an event that is called an
     * error.
     */
    private int otherField(int start) {
        int event = SseField.EVENT.valueIn(buffer, start, scanned);
        if (event >= 0) {
            error = SseField.ERROR.isNamedBy(buffer, event, scanned);
            return -1;
        }
        int value = SseField.ERROR.valueIn(buffer, start, scanned);
        if (value >= 0) {
            hasData &= errorField; // an error says more than data beside it
            errorField = true;
            error = true;
        } else if (hadEvent) {
            boolean bare = !hasData && start < scanned && buffer[start] == '{';
            return bare ? start : value; // an event without the name of its field
        } else if (!stray) {
            stray = isStray(start);
        }
        return value;
    }

    /** Whether a line is neither blank nor a comment nor one of the fields that are passed over. */
    private boolean isStray(int start) {
        int at = start;
        while (at < scanned && buffer[at] <= ' ' && buffer[at] >= 0) {
            at++;
        }
        return at < scanned
                && buffer[at] != ':'
                && SseField.ID.valueIn(buffer, start, scanned) < 0
                && SseField.RETRY.valueIn(buffer, start, scanned) < 0;
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
     * Moves what is still needed to the front; if that gains too little, doubles the buffer. Until the first event, the
     * whole buffer is kept.
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
        // Joining the next line of data needs one place for the line end; it comes out of the field's name.
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
