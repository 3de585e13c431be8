package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.examples.process.Program.Result;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which prompt reaches the server: words, files and standard input. */
class PromptIT {

    @AutoClose
    private final FakeServer server = new FakeServer();

    @TempDir
    Path folder;

    private String prompt() {
        String body = server.bodies().get(server.bodies().size() - 1);
        return body.replaceFirst("(?s).*\"role\":\"user\",\"content\":\"((?:[^\"\\\\]|\\\\.)*)\".*", "$1");
    }

    @Test
    void file_isPartOfThePrompt_andItsOptionsAreText() throws Exception {
        Files.writeString(folder.resolve("notes.md"), "--model other/model\n--json\n");
        Result result = Program.against(server.answer("ok")).in(folder).run("chat", "explain", "@notes.md");
        assertEquals(new Result(0, "ok\n", ""), result);
        assertEquals("explain\\n\\n--model other/model\\n--json\\n", prompt());
        assertFalse(server.bodies().get(0).contains("\"model\":\"other/model\""));
        server.answer("ok");
        assertEquals(
                0,
                Program.against(server)
                        .in(folder)
                        .run("chat", "explain", "-f", "notes.md")
                        .status());
        assertEquals("explain\\n\\n--model other/model\\n--json\\n", prompt());
    }

    @Test
    void file_missing_exitsWithTwoAndIsNamed() throws Exception {
        Result result = Program.against(server).run("chat", "explain", "@nowhere.md");
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().contains("nowhere.md"), result.err());
        assertEquals(List.of(), server.bodies());
    }

    @Test
    void atSign_canBeSent() throws Exception {
        Program program = Program.against(server.answer("ok").answer("ok"));
        assertEquals(0, program.run("chat", "who is", "@@alice", "a@b.example").status());
        assertEquals("who is @alice a@b.example", prompt());
        assertEquals(0, program.run("chat", "--", "@alice").status());
        assertEquals("@alice", prompt());
    }

    @Test
    void pipeAndPrompt_areJoined() throws Exception {
        Program program = Program.against(server.answer("ok").answer("ok").answer("ok"));
        assertEquals(new Result(0, "ok\n", ""), program.reading("- a\n+ b\n").run("chat", "Summarise:"));
        assertEquals("Summarise:\\n\\n- a\\n+ b\\n", prompt());
        assertEquals(0, program.run("chat", "Before", "-", "after").status());
        assertEquals("Before\\n\\n- a\\n+ b\\n\\nafter", prompt());
        assertEquals(0, program.run("chat", "--no-stdin", "Summarise:").status());
        assertEquals("Summarise:", prompt());
    }

    /** Keeps standard input open, as a program does that starts {@code llm} and lets it inherit its own input. */
    @Test
    void pipeThatSendsNothing_isMentioned() throws Exception {
        Program program = Program.against(server.answer("ok").answer("ok")).reading("more");
        Process waiting = program.startCommand(List.of(program.launcher().toString(), "chat", "hello"));
        BufferedReader err =
                new BufferedReader(new InputStreamReader(waiting.getErrorStream(), StandardCharsets.UTF_8));
        String line = err.readLine();
        assertTrue(line != null && line.contains("standard input") && line.contains("--no-stdin"), line);
        assertEquals(List.of(), server.bodies());
        Result result = program.finish(waiting);
        assertEquals(new Result(0, "ok\n", ""), result);
        assertEquals("hello\\n\\nmore", prompt());

        Process alone = program.startCommand(List.of(program.launcher().toString(), "chat", "--no-stdin", "hello"));
        assertEquals("ok\n", new String(alone.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(0, alone.waitFor());
    }

    @ParameterizedTest
    @ValueSource(strings = {"</dev/null", "<&-"})
    void noInput_sendsThePromptAlone(String input) throws Exception {
        Result result = Program.against(server.answer("ok")).shell("\"$LLM\" chat hello " + input);
        assertEquals(new Result(0, "ok\n", ""), result);
        assertEquals("hello", prompt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"true | \"$LLM\" chat hello", "true >empty; \"$LLM\" chat hello <empty"})
    void emptyPipeOrFile_isMentioned(String command) throws Exception {
        Result result = Program.against(server.answer("ok")).in(folder).shell(command);
        assertEquals(new Result(0, "ok\n", "llm: standard input was empty\n"), result);
        assertEquals("hello", prompt());
    }

    @Test
    void inputWithoutEnd_exitsWithTwo() throws Exception {
        Result result = Program.against(server).shell("yes | \"$LLM\" chat hello");
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().contains("standard input: it is larger than 16 MiB"), result.err());
        assertEquals(List.of(), server.bodies());
    }

    @Test
    void inputThatIsNoText_exitsWithTwo() throws Exception {
        Result latin1 = Program.against(server).shell("printf 'Gr\\374\\337e' | \"$LLM\" chat hello");
        assertEquals(2, latin1.status(), latin1.err());
        assertTrue(latin1.err().contains("standard input is not UTF-8"), latin1.err());
        Result directory = Program.against(server).shell("\"$LLM\" chat hello </");
        assertEquals(2, directory.status(), directory.err());
        assertTrue(directory.err().contains("cannot read standard input"), directory.err());
        assertEquals(List.of(), server.bodies());
    }

    /** None of these locales exists, or only for the time. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "LC_ALL=xx_XX.UTF-8",
                "LC_ALL= LANG=xx_XX.utf8",
                "LC_ALL= LANG=xx_XX",
                "LC_ALL= LC_CTYPE=xx_XX.ISO-8859-1",
                "LC_ALL= LANG=C.UTF-8 LC_TIME=xx_XX.UTF-8",
                "LC_ALL= LANG=C"
            })
    void localeThatIsNotInstalled_damagesNothing(String locale) throws Exception {
        Path file = Files.writeString(folder.resolve("\u00fc\u4e2d.md"), "Text \u00fc\u4e2d");
        assumeTrue(Files.exists(file));
        Result result = Program.against(server.answer("\u00e9"))
                .in(folder)
                .shell(locale + " \"$LLM\" chat 'Gr\u00fc\u00dfe \u4e2d' '@\u00fc\u4e2d.md'");
        assertEquals(new Result(0, "\u00e9\n", ""), result);
        assertEquals("Gr\u00fc\u00dfe \u4e2d\\n\\nText \u00fc\u4e2d", prompt());
    }

    @Test
    void argumentThatJavaCannotDecode_isRestoredOrRefused() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/cmdline")));
        String java = "LC_ALL=C \"$JAVA_HOME/bin/java\" -p '" + Program.PACKAGED.resolve("lib") + ":"
                + Program.PACKAGED.resolve("providers") + "' -m dev.llmspi.examples/dev.llmspi.examples.cli.Llm chat ";
        Result restored = Program.against(server.answer("ok")).shell(java + "'Gr\u00fc\u00dfe \u4e2d'");
        assertEquals(new Result(0, "ok\n", ""), restored);
        assertEquals("Gr\u00fc\u00dfe \u4e2d", prompt());
        Result refused = Program.against(server).shell("\"$LLM\" chat \"$(printf 'Gr\\374\\337e')\"");
        assertEquals(2, refused.status(), refused.err());
        assertTrue(refused.err().contains("not UTF-8"), refused.err());
        assertEquals(1, server.bodies().size());
    }

    @Test
    void wrongImageOrSchema_exitsWithTwoAndIsNamed() throws Exception {
        Files.writeString(folder.resolve("photo.png"), "not an image");
        Files.writeString(folder.resolve("schema.json"), "{\"type\": }");
        Program program = Program.against(server).in(folder);
        for (String option : new String[] {"--image=photo.png", "--image=none.png", "--schema=schema.json"}) {
            Result result = program.run("chat", option, "hello");
            assertEquals(2, result.status(), result.err());
            assertTrue(result.err().contains(option.replaceFirst(".*=", "")), result.err());
        }
        assertEquals(List.of(), server.bodies());
    }

    @Test
    void shortOptionsAndNumbers_areSent() throws Exception {
        Path config = Files.writeString(folder.resolve("llm.conf"), "llm.retry.max-retries = 0\n");
        String[] options = {
            "-m",
            "a/b",
            "-s",
            "Be brief.",
            "-t",
            "30s",
            "-c",
            config.toString(),
            "--temperature",
            "0.2",
            "--max-tokens",
            "50",
            "--image",
            "https://example.com/a.png"
        };
        String[] command = new String[options.length + 2];
        command[0] = "chat";
        System.arraycopy(options, 0, command, 1, options.length);
        command[command.length - 1] = "look";
        assertEquals(
                new Result(0, "ok\n", ""), Program.against(server.answer("ok")).run(command));
        String body = server.bodies().get(0);
        for (String part : new String[] {
            "\"model\":\"a/b\"", "Be brief.", "\"temperature\":0.2", "50", "\"url\":\"https://example.com/a.png\""
        }) {
            assertTrue(body.contains(part), part + ": " + body);
        }
    }
}
