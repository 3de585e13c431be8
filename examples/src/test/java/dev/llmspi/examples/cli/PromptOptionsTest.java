package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.show.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class PromptOptionsTest {

    private static final String TYPED = "0";
    private static final String PIPE = "";

    private static final ByteArrayOutputStream ERR = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    private String notes = "";

    /** A command that has only a prompt. */
    @Command(name = "ask")
    public static final class Ask {
        @Mixin
        public PromptOptions prompt = new PromptOptions();

        public Ask() {}
    }

    @BeforeEach
    void writeNotes() throws Exception {
        notes = Files.writeString(folder.resolve("notes.md"), "one\ntwo\n").toString();
    }

    private static String typed(String... args) {
        return prompt(TYPED, new byte[0], args);
    }

    private static String piped(String input, String... args) {
        return prompt(PIPE, input.getBytes(StandardCharsets.UTF_8), args);
    }

    private static String prompt(String terminals, byte[] input, String... args) {
        InputStream in = new ByteArrayInputStream(input);
        OutputStream nowhere = OutputStream.nullOutputStream();
        ERR.reset();
        Ask ask = new Ask();
        new CommandLine(ask).setExpandAtFiles(false).parseArgs(args);
        return ask.prompt.text(new Terminal(in, nowhere, ERR, Map.of(), terminals, "C"));
    }

    private static String refused(String terminals, String input, String... args) {
        byte[] bytes = input.getBytes(StandardCharsets.ISO_8859_1);
        return assertThrows(IllegalArgumentException.class, () -> prompt(terminals, bytes, args))
                .getMessage();
    }

    @Test
    void words_areJoinedWithSpaces() {
        assertEquals("why is the sky blue", typed("why", "is the", "sky blue"));
        assertEquals("ask a@b.example @ noon", typed("ask", "a@b.example", "@", "noon"));
    }

    @Test
    void atFile_isABlockOfItsOwn() {
        assertEquals("one\ntwo\n", typed("@" + notes));
        assertEquals("explain\n\none\ntwo\n\nin German", typed("explain", "@" + notes, "in German"));
        assertEquals("one\ntwo\n\none\ntwo\n", typed("@" + notes, "@" + notes));
    }

    @Test
    void atAt_isTheCharacter() {
        assertEquals("who is @alice and @@bob", typed("who is", "@@alice", "and", "@@@bob"));
    }

    @Test
    void afterTwoDashes_everyWordIsText() {
        assertEquals("@notes.md - -v --", typed("--", "@notes.md", "-", "-v", "--"));
        assertEquals("one\ntwo\n\n@notes.md", typed("@" + notes, "--", "@notes.md"));
    }

    @Test
    void files_followTheWords() {
        assertEquals("explain this\n\none\ntwo\n\none\ntwo\n", typed("explain", "-f", notes, "this", "--file", notes));
        assertEquals("one\ntwo\n", typed("-f", notes));
    }

    @Test
    void pipe_followsThePrompt() {
        assertEquals("a diff\n", piped("a diff\n"));
        assertEquals("Summarise:\n\na diff\n", piped("a diff\n", "Summarise:"));
        assertEquals("Summarise:\n\none\ntwo\n\na diff\n", piped("a diff\n", "Summarise:", "-f", notes));
    }

    @Test
    void dash_placesThePipe() {
        assertEquals("Before:\n\na diff\n\nin German", piped("a diff\n", "Before:", "-", "in German"));
        assertEquals("a diff\n\none\ntwo\n", piped("a diff\n", "-", "-f", notes));
        assertEquals("Summarise:\n\na diff\n\none\ntwo\n", piped("a diff\n", "Summarise:", "-f", "-", "-f", notes));
    }

    @Test
    void pipe_withoutText_isIgnoredUnlessItIsNeeded() {
        assertEquals("hello", piped("", "hello"));
        assertEquals("hello", piped("\n \n", "hello"));
        assertTrue(refused(PIPE, "").contains("standard input holds no text"));
        assertTrue(refused(PIPE, " \n", "hello", "-").contains("standard input holds no text"));
    }

    @Test
    void pipe_withoutText_isMentioned() {
        piped("", "hello");
        assertEquals("llm: standard input was empty\n", ERR.toString(StandardCharsets.UTF_8));
        piped("a diff", "hello");
        assertEquals("", ERR.toString(StandardCharsets.UTF_8));
        piped("", "--no-stdin", "hello");
        assertEquals("", ERR.toString(StandardCharsets.UTF_8));
    }

    @Test
    void noStdin_doesNotReadThePipe() {
        assertEquals("hello", piped("a diff\n", "--no-stdin", "hello"));
        assertTrue(refused(PIPE, "a diff", "--no-stdin").startsWith("no prompt: "));
        assertTrue(refused(PIPE, "a diff", "--no-stdin", "-").contains("--no-stdin"));
    }

    @Test
    void noPrompt_isRefused() {
        assertTrue(refused(TYPED, "").startsWith("no prompt: "));
        assertTrue(refused(TYPED, "", " ").contains("the prompt is empty"));
        assertTrue(refused(PIPE, "x", "5", "-", "3", "-", "1").contains("only once"));
    }

    @Test
    void notUtf8_isRefused() {
        assertTrue(refused(PIPE, "\u00ff", "hello").startsWith("standard input is not UTF-8 text"));
    }
}
