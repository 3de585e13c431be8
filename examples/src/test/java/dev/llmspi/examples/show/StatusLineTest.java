package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusLineTest {

    /** Standard output and standard error, as a terminal shows them. */
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    private Terminal terminal(String terminals) {
        Map<String, String> environment = Map.of("TERM", "xterm", "COLUMNS", "20", "NO_COLOR", "1");
        return new Terminal(InputStream.nullInputStream(), screen, screen, environment, terminals, "C.UTF-8");
    }

    private String screen() {
        return screen.toString(StandardCharsets.UTF_8).replace("\r\u001b[K", "|");
    }

    @Test
    void line_disappearsBeforeAnyOutput() {
        Terminal terminal = terminal("12");
        terminal.status().show("working");
        terminal.out().print("answer\n");
        terminal.out().flush();
        terminal.status().update("still working");
        terminal.status().show("working");
        terminal.err().println("error");
        terminal.status().clear();
        assertEquals("|working|answer\n|working|error\n", screen());
    }

    @Test
    void line_isCutAndHasNoControlCharacters() {
        terminal("12").status().show("a\u001b[2J\nlong text that does not fit");
        assertEquals("|a [2J long text th\u2026", screen());
    }

    @Test
    void line_outputIsNotATerminal_isNotShown() {
        Terminal terminal = terminal("1");
        terminal.status().show("working");
        terminal.status().update("still working");
        terminal.status().clear();
        assertEquals("", screen());
    }
}
