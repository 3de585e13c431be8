package dev.llmspi.examples.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.llmspi.examples.process.Program.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tests calls that end early because of Ctrl-C, a closed pipe or a timeout. */
class EndsIT {

    /** A timeout that leaves a JVM on a busy machine enough time to send its request. */
    private static final String SHORT = "2s";

    @Test
    void ctrlC_exitsWith130AndClosesTheConnection() throws Exception {
        assumeFalse(ignoresCtrlC(), "started where Ctrl-C is ignored, as in the background of a script");
        try (SilentServer server = new SilentServer()) {
            Program program = asking(server);
            Process process =
                    program.startCommand(List.of(program.launcher().toString(), "chat", "--no-stdin", "hello"));
            assertTrue(server.asked.await(30, TimeUnit.SECONDS), "no request arrived");
            long start = System.nanoTime();
            new ProcessBuilder("/bin/sh", "-c", "kill -INT " + process.pid())
                    .start()
                    .waitFor();
            Result result = program.finish(process);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertEquals(new Result(130, "", ""), result);
            assertTrue(millis < 1_000, millis + " ms");
            assertTrue(server.left.await(1, TimeUnit.SECONDS), "the connection stayed open");
        }
    }

    @Test
    void ctrlC_midStream_exitsWith130AndKeepsPrintedText() throws Exception {
        assumeFalse(ignoresCtrlC(), "started where Ctrl-C is ignored, as in the background of a script");
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
        try (SilentServer server =
                new SilentServer(head + "data: " + FakeServer.delta("\"content\":\"half\"") + "\n\n")) {
            Program program = asking(server);
            Process process = program.startCommand(
                    List.of(program.launcher().toString(), "chat", "--no-stdin", "--stream", "hello"));
            // The text is flushed while the answer is still incomplete.
            assertEquals("half", new String(process.getInputStream().readNBytes(4), StandardCharsets.UTF_8));
            long start = System.nanoTime();
            new ProcessBuilder("/bin/sh", "-c", "kill -INT " + process.pid())
                    .start()
                    .waitFor();
            Result result = program.finish(process);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertEquals(130, result.status(), result.err());
            assertEquals("", result.out().strip() + result.err());
            assertTrue(millis < 1_000, millis + " ms");
            assertTrue(server.left.await(1, TimeUnit.SECONDS), "the connection stayed open");
        }
    }

    @Test
    void closedPipe_midStream_printsNoError() throws Exception {
        try (FakeServer server = new FakeServer()) {
            String[] many = new String[5_000];
            Arrays.fill(many, FakeServer.delta("\"content\":\"" + "x".repeat(100) + "\""));
            Program program = Program.against(server.cutStream(many));
            Result result = program.shell("{ \"$LLM\" chat --stream hello; echo $? >&2; } | head -c 1");
            assertEquals(new Result(0, "x", "0\n"), result);
        }
    }

    @Test
    void timeoutOption_isTheTotalTimeout() throws Exception {
        try (SilentServer server = new SilentServer()) {
            Result result = asking(server).run("chat", "--json", "--timeout", SHORT, "hello");
            assertEquals(1, result.status(), result.err());
            assertTrue(result.out().contains("\"kind\":\"Timeout\""), result.out());
            assertTrue(server.left.await(1, TimeUnit.SECONDS), "the connection stayed open");
        }
    }

    @Test
    void models_hangingServer_failsWithTheProvidersTimeout() throws Exception {
        try (SilentServer server = new SilentServer()) {
            Result result = asking(server).with("LLM_REQUEST_TIMEOUT", SHORT).run("models", "--json");
            assertEquals(1, result.status(), result.err());
            assertTrue(result.out().contains("\"kind\":\"Timeout\""), result.out());
            assertTrue(server.left.await(1, TimeUnit.SECONDS), "the connection stayed open");
        }
    }

    @Test
    void closedPipe_printsNoError() throws Exception {
        try (FakeServer server = new FakeServer()) {
            Program program = Program.against(server.answer("x".repeat(200_000)));
            Result result = program.shell("{ \"$LLM\" chat hello; echo $? >&2; } | head -c 0");
            assertEquals(new Result(0, "", "0\n"), result);
        }
    }

    private static Program asking(SilentServer server) {
        return new Program(Program.PACKAGED)
                .with("OPENROUTER_API_KEY", "key")
                .with("OPENROUTER_BASE_URL", server.address() + "/api/v1")
                .with("OPENROUTER_DEFAULT_MODEL", "vendor/model");
    }

    /**
     * Checks whether this process ignores Ctrl-C. Child processes inherit ignored signals, and a JVM then does not
     * handle them.
     */
    private static boolean ignoresCtrlC() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String mask = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(mask.replaceFirst("SigIgn:\\s*", ""), 16) & 2) != 0;
    }
}
