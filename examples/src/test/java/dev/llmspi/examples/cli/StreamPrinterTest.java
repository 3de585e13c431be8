package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.Finish;
import dev.llmspi.api.ChatStreamEvent.ReasoningDelta;
import dev.llmspi.api.ChatStreamEvent.TextDelta;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.examples.show.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamPrinterTest {

    private static final ChatStreamEvent END = Finish.of(FinishReason.STOP);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Terminal terminal(String terminals) {
        return new Terminal(
                new ByteArrayInputStream(new byte[0]), out, err, Map.of("TERM", "xterm"), terminals, "en_US.UTF-8");
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void print_flushesEachEventBeforeReadingTheNext() {
        List<String> printed = new ArrayList<>();
        Script script = new Script(new TextDelta("one "), new TextDelta("two"), END) {
            @Override
            public @Nullable ChatStreamEvent next() {
                printed.add(out());
                return super.next();
            }
        };
        new StreamPrinter(terminal(""), false).print(script.stream());
        assertEquals(List.of("", "one ", "one two"), printed);
        assertEquals("one two\n", out());
    }

    @Test
    void print_reasoning_goesOnlyToStandardError() {
        Script script = new Script(new ReasoningDelta("hm"), new TextDelta("yes\n"), END);
        new StreamPrinter(terminal(""), false).print(script.stream());
        assertEquals("yes\n", out());
        assertEquals("hm\n", err());
    }

    @Test
    void print_onTerminal_dimsReasoningAndRemovesControlCharacters() {
        Script script = new Script(new ReasoningDelta("h\u001b[2Jm"), new TextDelta("y\u001b]0;x\u0007es"), END);
        new StreamPrinter(terminal("012"), false).print(script.stream());
        assertEquals("y]0;xes\n", out());
        assertEquals("\u001b[2mh[2Jm\u001b[0m\n", err());
    }

    @Test
    void print_onTerminal_emojiInSeveralDeltas_areWhole() {
        String emoji = "\u2764\uFE0F \uD83D\uDC69\u200D\uD83D\uDCBB \uD83D\uDC68\u200D\uD83D\uDC69 1\uFE0F\u20E3";
        List<ChatStreamEvent> deltas = new ArrayList<>();
        for (char c : (emoji + "x\u200D").toCharArray()) {
            deltas.add(new ReasoningDelta(String.valueOf(c)));
        }
        for (char c : (emoji + "a\u200Db\u200D").toCharArray()) {
            deltas.add(new TextDelta(String.valueOf(c)));
        }
        deltas.add(END);
        Script script = new Script(deltas.toArray(new ChatStreamEvent[0]));
        new StreamPrinter(terminal("012"), false).print(script.stream());
        assertEquals(emoji + "ab\n", out());
        assertEquals(emoji + "x\n", err().replaceAll("\u001b\\[\\d+m", ""));
    }

    @Test
    void print_streamFails_endsTheLineAndThrows() {
        Script script = new Script(new TextDelta("half"));
        assertThrows(LlmServiceException.class, () -> new StreamPrinter(terminal(""), false).print(script.stream()));
        assertEquals("half\n", out());
        assertTrue(script.closed);
    }

    @Test
    void print_json_printsOneLinePerEvent() {
        new StreamPrinter(terminal(""), true).print(new Script(new TextDelta("\u00fc"), END).stream());
        assertEquals(
                List.of(
                        "{\"event\":\"text\",\"text\":\"\\u00fc\"}",
                        "{\"event\":\"finish\",\"finishReason\":\"stop\",\"rawFinishReason\":null,\"model\":null,"
                                + "\"requestId\":null}"),
                out().lines().toList());
    }

    @Test
    void print_outputClosed_closesTheStream() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), gone, err, Map.of(), "", "C");
        Script script = new Script(new TextDelta("one"), new TextDelta("two"), END);
        assertTrue(new StreamPrinter(terminal, false).print(script.stream()).isEmpty());
        assertEquals(1, script.read);
        assertTrue(script.closed);
        assertEquals("", err());
    }

    /**
     * A stream source that returns the events in order. A read after the last event fails unless that event was the
     * finish event.
     */
    private static class Script implements ChatStream.Source {

        private final Queue<ChatStreamEvent> events;
        int read;
        boolean closed;

        Script(ChatStreamEvent... events) {
            this.events = new ArrayDeque<>(List.of(events));
        }

        ChatStream stream() {
            return ChatStream.of("scripted", this);
        }

        @Override
        public @Nullable ChatStreamEvent next() {
            ChatStreamEvent event = events.poll();
            if (event == null) {
                throw LlmServiceException.builder().message("cut").build();
            }
            read++;
            return event;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
