package dev.llmspi.openai.wire.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests reading events in every form that servers send. */
class SseReaderTest {

    private static final int MIB = 1024 * 1024;

    /** Returns an input stream that delivers the bytes in pieces of the given size. */
    static InputStream pieces(byte[] bytes, int size) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, size));
            }
        };
    }

    private static List<String> events(String stream) throws IOException {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        List<String> events = events(pieces(bytes, bytes.length + 1));
        for (int size = 1; size < 8; size++) {
            assertEquals(events, events(pieces(bytes, size)), "in pieces of " + size);
        }
        return events;
    }

    private static List<String> events(InputStream in) throws IOException {
        SseReader reader = new SseReader(in, Bounds.DEFAULTS);
        List<String> events = new ArrayList<>();
        while (reader.next()) {
            byte[] data = Arrays.copyOfRange(reader.buffer(), reader.offset(), reader.offset() + reader.length());
            events.add((reader.isError() ? "error " : "")
                    + new String(data, StandardCharsets.UTF_8)
                    + (reader.isWhole() ? "" : "|"));
        }
        assertFalse(reader.next());
        return events;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void next_anyLineEnd_sameEvents(String end) throws IOException {
        String stream = "data: a\n\ndata: b\ndata: c\n\n".replace("\n", end);

        assertEquals(List.of("a", "b\nc"), events(stream));
    }

    @Test
    void next_mixedLineEnds_sameEvents() throws IOException {
        assertEquals(List.of("a", "b\nc", "d"), events("data: a\r\n\ndata: b\rdata: c\n\r\ndata: d\r\r"));
    }

    @Test
    void next_carriageReturns_returnsBeforeTheNextByte() throws IOException {
        InputStream stuck = new InputStream() {
            private int at;

            @Override
            public int read() {
                throw new AssertionError("not called");
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                assertEquals(0, at++, "an event ends with its blank line");
                byte[] event = "data: a\r\r".getBytes(StandardCharsets.UTF_8);
                System.arraycopy(event, 0, target, offset, event.length);
                return event.length;
            }
        };

        assertTrue(new SseReader(stuck, Bounds.DEFAULTS).next());
    }

    @Test
    void next_byteOrderMark_isSkippedAtTheStartOnly() throws IOException {
        assertEquals(List.of("a"), events("\uFEFFdata: a\n\n\uFEFFdata: b\n\n"));
        assertEquals(List.of("a"), events("\uFEFF\n\ndata: a\n\n"));
    }

    @Test
    void next_commentsAndOtherFields_areSkipped() throws IOException {
        assertEquals(
                List.of("a\nb"),
                events(": one\n\n:\nid: 7\nevent: message\ndata: a\n: between\nretry: 10\nother\ndata:b\n"
                        + "datax: c\n\n"));
    }

    @Test
    void next_spacesAfterTheColon_oneIsRemoved() throws IOException {
        assertEquals(List.of("a", " a", "a:b "), events("data:a\n\ndata:  a\n\ndata:a:b \n\n"));
    }

    @Test
    void next_emptyEvents_areSkipped() throws IOException {
        assertEquals(List.of("a"), events("\n\ndata\n\ndata:\n\ndata: \n\nevent: x\n\ndata: a\n\n\n"));
    }

    @Test
    void next_otherLineSeparators_areText() throws IOException {
        assertEquals(List.of("a\u2028b\u2029c\u0085d😀"), events("data: a\u2028b\u2029c\u0085d😀\n\n"));
    }

    @Test
    void next_endWithoutBlankLine_lastEventIsNotWhole() throws IOException {
        assertEquals(List.of("a", "[DONE]|"), events("data: a\n\ndata: [DONE]"));
        assertEquals(List.of("[DONE]|"), events("data: [DONE]\n"));
        assertEquals(List.of("[DONE]|"), events("data: [DONE]\r"));
        assertEquals(List.of(), events("dat"));
        assertEquals(List.of(), events(""));
    }

    @Test
    void next_lineJustBelowTheBound_isRead() throws IOException {
        String text = "x".repeat(4 * MIB - 100);

        assertEquals(
                List.of(text),
                events(new ByteArrayInputStream(("data: " + text + "\n\n").getBytes(StandardCharsets.UTF_8))));
    }

    /** A reader that scans the whole line again for each new byte would take minutes. */
    @Test
    void next_longLineByteByByte_takesLinearTime() throws IOException {
        byte[] line = ("data: " + "x".repeat(2 * MIB) + "\n\n").getBytes(StandardCharsets.UTF_8);

        assertEquals(1, events(pieces(line, 1)).size());
    }

    @Test
    void next_largeEventOfManyLines_isKeptWhenTheBufferMoves() throws Exception {
        StringBuilder stream = new StringBuilder("data: small\n\n");
        StringBuilder data = new StringBuilder();
        for (int line = 0; line < 9; line++) {
            String text = String.valueOf(line).repeat(3_000 + 977 * line);
            stream.append(line % 2 == 0 ? "data: " : "data:").append(text).append('\n');
            stream.append(": a comment in between\n");
            data.append(line == 0 ? "" : "\n").append(text);
        }
        stream.append("\ndata: small again\n\n");
        assertEquals(List.of("small", data.toString(), "small again"), events(stream.toString()));
    }

    @Test
    void next_byteOrderMarkElsewhere_isNotSkipped() throws Exception {
        assertEquals(List.of("a"), events("\uFEFFdata: a\n\n"));
        assertEquals(List.of("b"), events("\uFEFF\uFEFFdata: a\n\ndata: b\n\n"));
        assertEquals(List.of("b"), events("\n\uFEFFdata: a\n\ndata: b\n\n"));
        assertEquals(List.of("\uFEFFa"), events("data: \uFEFFa\n\n"));
        assertEquals(List.of(), events("\uFEFF"));
        assertEquals(List.of("a"), events("\uFEFFdata: a\n\n".substring(0, 9) + "\n"));
    }

    @Test
    void next_linesThatResembleData_areSkipped() throws Exception {
        assertEquals(
                List.of("yes"),
                events("d\nda\ndat\ndatb: no\ndaxa: no\ndxta: no\nxata: no\ndata1: no\nDATA: no\n data: no\n\n"
                        + "data: yes\n\n"));
        assertEquals(List.of("\nx"), events("data\ndata: x\n\n"));
        assertEquals(List.of(" x", "y", " "), events("data:  x\n\ndata:y\n\ndata:  \n\n"));
    }

    @Test
    void next_errors_areRecognisedByEventNameOrField() throws IOException {
        assertEquals(List.of("error {}", "a"), events("event: error\ndata: {}\n\ndata: a\n\n"));
        assertEquals(List.of("error {}", "a"), events("data: {}\nevent:error\n\nevent: errors\ndata: a\n\n"));
        assertEquals(List.of("error {}", "a"), events("error: {}\n\ndata: a\n\n"));
        assertEquals(List.of("error x\ny"), events("data: a\nerror: x\nerror:y\ndata: b\n\n"));
        assertEquals(List.of("a"), events("errors: {}\nerr\ndata: a\nevent: error\nevent: ping\n\n"));
    }

    private static String unframed(String body) throws IOException {
        SseReader reader =
                new SseReader(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), Bounds.DEFAULTS);
        while (reader.next()) {
            assertTrue(reader.length() > 0);
        }
        return new String(reader.unframed(), StandardCharsets.UTF_8);
    }

    @Test
    void unframed_returnsTheBodyUpToTheFirstEvent() throws IOException {
        assertEquals("{\"error\":{}}", unframed("{\"error\":{}}"));
        assertEquals("{}\n\n", unframed("{}\n\ndata: a\n\n{}\n\n"));
        assertEquals("", unframed(": note\nid: 1\n\nevent: x\ndata: a\n\n{}\n\n"));
        assertEquals("<html>\n\n", unframed("<html>\n\n"));
        String page = "<p>line</p>\n".repeat(20_000);
        assertEquals(page.substring(0, Bounds.DEFAULTS.errorBody()), unframed(page));
        String smaller = page.substring(0, Bounds.DEFAULTS.errorBody() - 1);
        assertEquals(smaller, unframed(smaller));
    }
}
