package dev.llmspi.examples.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlashCommandTest {

    private static SlashCommand.Typed typed(String line) {
        return SlashCommand.in(line).orElseThrow();
    }

    @Test
    void command_hasItsArgument() {
        assertEquals(
                new SlashCommand.Typed(Optional.of(SlashCommand.SAVE), "/save", "my talk.json"),
                typed("/save  my talk.json "));
        assertEquals("two\nlines", typed("/system two\nlines").argument());
        assertEquals(Optional.of(SlashCommand.HELP), typed("/Help").command());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/exit", "/quit", "/bye", "exit", "quit "})
    void end_hasManyNames(String line) {
        assertEquals(Optional.of(SlashCommand.EXIT), typed(line).command());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hello", " /help", "/etc/hosts: what is it?", "// a comment", "/** doc */", "exit the loop", "/2"
            })
    void otherLines_areQuestions(String line) {
        assertTrue(SlashCommand.in(line).isEmpty(), line);
    }

    @Test
    void usage_namesTheOptions() {
        assertEquals("/save [--replace] [FILE]", SlashCommand.SAVE.usage());
    }

    @Test
    void unknownCommand_getsASuggestion() {
        assertTrue(typed("/hlep").unknown().startsWith("there is no command /hlep; did you mean /help?"));
        assertTrue(typed("/").unknown().startsWith("there is no command /. /help lists"));
    }
}
