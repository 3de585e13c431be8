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

/** The ways a call can end that are neither answer nor error: Ctrl-C, a reader that has gone, the clock. */
class EndsIT {

    @Test
    void ctrlC_endsWith130AndLetsGoOfTheCall() throws Exception {
        assumeFalse(ignoresCtrlC(), "started where Ctrl-C is ignored, as in the background of a script");
        try (SilentServer server = new SilentServer()) {
            Program program = asking(server);
            Process process = program.startCommand(List.of(program.launcher().toString(), "chat", "hello"));
            assertTrue(server.asked.await(30, TimeUnit.SECONDS), "no request arrived");
            long start = System.nanoTime();
            new ProcessBuilder("/bin/sh", "-c", "kill -INT " + process.pid())
                    .start()
                    .waitFor();
            Result result = program.finish(process);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertEquals(new Result(130, "", ""), result);
            assertTrue(millis < 1_000, millis + " ms");
            assertTrue(server.left.await(1, TimeUnit.SECONDS), "the connection stayed");
        }
    }

    @Test
    void ctrlC_inMidStream_endsWith130AndKeepsWhatWasPrinted() throws Exception {
        assumeFalse(ignoresCtrlC(), "started where Ctrl-C is ignored, as in the background of a script");
        String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
        try (SilentServer server =
                new SilentServer(head + "data: " + FakeServer.delta("\"content\":\"half\"") + "\n\n")) {
            Program program = asking(server);
            Process process = program.startCommand(List.of(program.launcher().toString(), "chat", "--stream", "hello"));
            // The text is out while the answer is under way: nothing waits for more of it.
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
            assertTrue(server.left.await(1, TimeUnit.SECONDS), "the connection stayed");
        }
    }

    @Test
    void closedPipe_inMidStream_isSilentAndLetsGoOfTheCall() throws Exception {
        try (FakeServer server = new FakeServer()) {
            String[] many = new String[5_000];
            Arrays.fill(many, FakeServer.delta("\"content\":\"" + "x".repeat(100) + "\""));
            Program program = Program.against(server.cutStream(many));
            Result result = program.shell("{ \"$LLM\" chat --stream hello; echo $? >&2; } | head -c 1");
            assertEquals(new Result(0, "x", "0\n"), result);
        }
    }

    @Test
    void timeout_isTheTotalClock() throws Exception {
        try (SilentServer server = new SilentServer()) {
            Result result = asking(server).run("chat", "--json", "--timeout", "400ms", "hello");
            assertEquals(1, result.status(), result.err());
            assertTrue(result.out().contains("\"kind\":\"Timeout\""), result.out());
            assertTrue(server.left.await(1, TimeUnit.SECONDS), "the connection stayed");
        }
    }

    @Test
    void models_hangingServer_isATimeoutOfTheProvidersClock() throws Exception {
        try (SilentServer server = new SilentServer()) {
            Result result = asking(server).with("LLM_REQUEST_TIMEOUT", "400ms").run("models", "--json");
            assertEquals(1, result.status(), result.err());
            assertTrue(result.out().contains("\"kind\":\"Timeout\""), result.out());
            assertTrue(server.left.await(1, TimeUnit.SECONDS), "the connection stayed");
        }
    }

    @Test
    void closedPipe_isSilent() throws Exception {
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

    /** What a process ignores its children ignore too, and a virtual machine then leaves the signal alone. */
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
