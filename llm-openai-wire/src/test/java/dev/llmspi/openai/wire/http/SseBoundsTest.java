package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the size limits of lines, events and streams. */
class SseBoundsTest {

    private static final int MIB = 1024 * 1024;

    /** Returns an input stream that repeats the bytes the given number of times. */
    private static InputStream endless(byte[] bytes, int times) {
        return new InputStream() {
            private long left = (long) bytes.length * times;

            @Override
            public int read() {
                throw new AssertionError("bytes must be read in blocks");
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                if (left == 0) {
                    return -1;
                }
                int at = (int) (((long) bytes.length * times - left) % bytes.length);
                int count = (int) Math.min(left, Math.min(length, bytes.length - at));
                System.arraycopy(bytes, at, target, offset, count);
                left -= count;
                return count;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: endless ", ": endless comment ", "x"})
    void next_endlessLine_tooLarge(String part) {
        SseReader reader =
                new SseReader(endless(part.getBytes(StandardCharsets.UTF_8), 5 * MIB / part.length()), Bounds.DEFAULTS);

        assertThrows(BoundedBody.TooLargeException.class, reader::next);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: more\n", "id: 7\n", ": comment\n"})
    void next_endlessEvent_tooLarge(String line) {
        SseReader reader =
                new SseReader(endless(line.getBytes(StandardCharsets.UTF_8), 5 * MIB / line.length()), Bounds.DEFAULTS);

        assertThrows(BoundedBody.TooLargeException.class, reader::next);
    }

    @Test
    void next_endlessStream_tooLargeInConstantMemory() throws IOException {
        byte[] event = ("data: " + "x".repeat(1000) + "\n\n").getBytes(StandardCharsets.UTF_8);
        SseReader reader = new SseReader(endless(event, 66 * 1024), Bounds.DEFAULTS);
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();

        assertThrows(BoundedBody.TooLargeException.class, () -> {
            while (reader.next()) {
                assertEquals(1000, reader.length());
            }
            throw new AssertionError("the stream must not end");
        });

        assertTrue(memory.getCurrentThreadAllocatedBytes() - before < MIB);
    }

    private static Bounds bounds(int line, int event, int stream) {
        Bounds all = Bounds.DEFAULTS;
        return new Bounds(
                all.response(),
                all.errorBody(),
                all.request(),
                line,
                event,
                stream,
                all.text(),
                all.jsonDepth(),
                all.jsonNumber(),
                all.jsonName(),
                all.jsonTokens());
    }

    private static boolean fits(String stream, Bounds bounds) throws IOException {
        SseReader reader = new SseReader(SseReaderTest.pieces(stream.getBytes(StandardCharsets.UTF_8), 3), bounds);
        try {
            while (reader.next()) {
                // the loop only reads the stream to its end
            }
            return true;
        } catch (BoundedBody.TooLargeException e) {
            return false;
        }
    }

    @Test
    void next_atAndBeyondEachBound_isExact() throws Exception {
        String ten = "data: 6789\n\n";
        assertTrue(fits(ten, bounds(10, 100, 100)));
        assertFalse(fits(ten, bounds(9, 100, 100)));
        assertTrue(fits(ten, bounds(10, 12, 100)));
        assertFalse(fits(ten, bounds(10, 11, 100)));
        assertTrue(fits(ten, bounds(10, 12, 12)));
        assertFalse(fits(ten, bounds(10, 12, 11)));
        assertTrue(fits(ten + ten + ten, bounds(10, 12, 36)), "the bound of events applies to each event");
        assertTrue(fits("data: 6789", bounds(10, 12, 12)), "without a line end");
        assertFalse(fits("data: 67890", bounds(10, 12, 12)));
    }
}
