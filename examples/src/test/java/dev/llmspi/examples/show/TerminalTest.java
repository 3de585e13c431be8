package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private static Style style(String terminals, String locale, Map<String, String> environment) {
        return terminal(terminals, locale, environment).outStyle();
    }

    private static Terminal terminal(String terminals, String locale, Map<String, String> environment) {
        OutputStream nowhere = OutputStream.nullOutputStream();
        return new Terminal(InputStream.nullInputStream(), nowhere, nowhere, environment, terminals, locale);
    }

    @Test
    void style_onTerminal_followsItsCapabilities() {
        Map<String, String> xterm = Map.of("TERM", "xterm");
        assertEquals(new Style(true, true), style("012", "en_US.UTF-8", xterm));
        assertEquals(new Style(true, true), style("1", "C.utf8", xterm));
        assertEquals(new Style(true, false), style("1", "C", xterm));
        assertEquals(Style.PLAIN, style("1", "C.UTF-8", Map.of("TERM", "dumb")));
        assertEquals(new Style(false, true), style("1", "C.UTF-8", Map.of("TERM", "xterm", "NO_COLOR", "1")));
        assertEquals(new Style(true, true), style("1", "C.UTF-8", Map.of("TERM", "xterm", "NO_COLOR", "")));
    }

    @Test
    void style_intoPipe_isPlain() {
        assertEquals(Style.PLAIN, style("02", "en_US.UTF-8", Map.of("TERM", "xterm")));
    }

    @Test
    void width_isColumnsVariableOrEighty() {
        assertEquals(60, terminal("1", "C", Map.of("COLUMNS", "60")).width());
        assertEquals(80, terminal("1", "C", Map.of("COLUMNS", "wide")).width());
        assertEquals(80, terminal("1", "C", Map.of()).tableWidth());
        assertEquals(60, terminal("", "C", Map.of("COLUMNS", "60")).tableWidth());
        assertEquals(Integer.MAX_VALUE, terminal("", "C", Map.of()).tableWidth());
    }

    @Test
    void out_anyLocale_isUtf8() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(InputStream.nullInputStream(), bytes, OutputStream.nullOutputStream(), Map.of(), "", "C");
        terminal.out().print("\u00fc\ud83d\ude00");
        terminal.out().flush();
        assertEquals("\u00fc\ud83d\ude00", bytes.toString(StandardCharsets.UTF_8));
    }
}
