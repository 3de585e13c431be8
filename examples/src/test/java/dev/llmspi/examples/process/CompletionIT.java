package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.examples.process.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the script of {@code llm completion} in a shell, and the manual page. */
class CompletionIT {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"llm ch, chat", "llm pro, providers", "llm chat --rea, --reasoning", "llm completion z, zsh"})
    void bash_completesCommandsAndOptions(String typed, String word) throws Exception {
        assumeInstalled("bash");
        Path script = script("bash");
        String line = "source '" + script + "'; read -ra COMP_WORDS <<<'" + typed + "'; "
                + "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE='" + typed + "'; _complete_llm; "
                + "printf '%s\\n' \"${COMPREPLY[@]}\"";
        Result result = run("bash", "-c", line);
        assertTrue(result.out().lines().map(String::strip).anyMatch(word::equals), result.toString());
    }

    @Test
    void zsh_readsTheScript() throws Exception {
        assumeInstalled("zsh");
        Result result = run("zsh", "-f", "-c", "source '" + script("zsh") + "' && whence -w _complete_llm");
        assertEquals("_complete_llm: function\n", result.out(), result.toString());
    }

    @Test
    void unknownShell_isAUsageError() throws Exception {
        Result result = new Program(Program.PACKAGED).run("completion", "fish");
        assertEquals(2, result.status());
        assertTrue(result.err().contains("bash, zsh"), result.err());
    }

    @Test
    void manualPage_isFoundNextToTheProgram() throws Exception {
        assumeInstalled("man");
        String man = Program.PACKAGED.resolve("share/man").toString();
        Result result = new Program(Program.PACKAGED).with("MANPATH", man).shell("man --warnings llm | cat");
        assertEquals("", result.err());
        assertTrue(result.out().contains("llm chat"), result.out());
    }

    private Path script(String shell) throws Exception {
        Result result = new Program(Program.PACKAGED).run("completion", shell);
        assertEquals(0, result.status(), result.err());
        return Files.writeString(folder.resolve("completion"), result.out());
    }

    private static Result run(String... command) throws Exception {
        Program program = new Program(Program.PACKAGED);
        return program.finish(program.startCommand(List.of(command)));
    }

    private static void assumeInstalled(String program) throws InterruptedException {
        boolean installed;
        try {
            installed = new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            installed = false;
        }
        assumeTrue(installed, program + " is not installed");
    }
}
