package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.examples.show.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parses every command of the program in the documentation, without running it. */
class DocumentedCommandsTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "."), "..").normalize();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```([^\n]*)\n(.*?)^```$");
    /** The command, up to a comment or the next command of the line. */
    private static final Pattern COMMAND =
            Pattern.compile("(?m)(?:^|[|;&] *)(?:[\\w./]*/)?llm ((?:\"[^\"]*\"|'[^']*'|[^\"'\\n|;&<>])*)");

    private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|'[^']*'|[^\\s\"'])+");

    static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
            docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
            for (Path page : pages) {
                Matcher block = BLOCK.matcher(Files.readString(page));
                while (block.find()) {
                    boolean shell = List.of("", "sh").contains(block.group(1));
                    Matcher command = COMMAND.matcher(block.group(2).replace("\\\n", " "));
                    while (shell && command.find()) {
                        commands.add(command.group(1).replaceFirst("\\s#.*", "").strip());
                    }
                }
            }
        }
        return commands;
    }

    @Test
    void commands_areFound() throws IOException {
        assertTrue(commands().size() > 5, "found only " + commands());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void command_isParsed(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            words.add(word.group().replaceAll("[\"']", ""));
        }
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new ByteArrayOutputStream(),
                new ByteArrayOutputStream(),
                Map.of(),
                "",
                "en_US.UTF-8");
        assertDoesNotThrow(() -> Llm.commandLine(terminal).parseArgs(words.toArray(String[]::new)), command);
    }
}
