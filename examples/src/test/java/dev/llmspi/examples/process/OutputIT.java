package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.examples.process.Program.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that no command ends with status 0 after a part of its output was lost. */
class OutputIT {

    private static final String LOST = "llm: cannot write to standard output: ";

    @AutoClose
    private final FakeServer server = new FakeServer();

    private Program program() {
        server.reply("/api/v1/models", 200, "{\"data\":[{\"id\":\"a/b\",\"name\":\"A\"}]}")
                .reply("/api/v1/key", 200, "{\"data\":{\"label\":\"key\",\"usage\":1}}")
                .answer("ok");
        return Program.against(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "chat --help",
                "help chat",
                "providers",
                "providers --json",
                "route",
                "route --json",
                "models",
                "models --json",
                "account",
                "account --json",
                "chat hello",
                "chat --json hello",
                "chat --stream hello",
                "chat --stream --json hello"
            })
    void fullDevice_endsWithMessageAndOne(String command) throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        Result result = program().shell("\"$LLM\" " + command + " >/dev/full");
        assertEquals(1, result.status(), result.err());
        assertEquals(LOST + "No space left on device\n", result.err());
    }

    @Test
    void fullDevice_afterAnError_keepsItsStatus() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        Result result = program().shell("\"$LLM\" chat --json --timeout=soon hello >/dev/full");
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().contains(LOST), result.err());
    }

    @Test
    void closedDescriptor_endsWithMessageAndOne() throws Exception {
        Result result = program().shell("\"$LLM\" chat hello >&-");
        assertEquals(1, result.status(), result.err());
        assertTrue(result.err().startsWith(LOST), result.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "models", "chat hello", "chat --json hello"})
    void closedPipe_endsQuietly(String command) throws Exception {
        Result result = program().shell("{ \"$LLM\" " + command + "; echo $? >&2; } | true");
        assertEquals(new Result(0, "", "0\n"), result);
    }
}
