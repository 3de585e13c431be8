package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.StreamReply;
import dev.llmspi.it.server.TestUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Makes calls in a process that cannot have another thread, and again when it can, as under {@code ulimit -u}. */
@Timeout(300)
class ThreadLimitTest {

    private static final String THREADS = "150";

    @TempDir
    Path folder;

    /** The system does not limit the threads of root, so the process runs as another user that can read all files. */
    private static List<String> launcher() throws Exception {
        String user = String.valueOf(61_000 + ProcessHandle.current().pid() % 4_000);
        List<String> launcher = List.of(
                "prlimit",
                "--nproc=" + THREADS,
                "setpriv",
                "--reuid=" + user,
                "--regid=" + user,
                "--clear-groups",
                "--inh-caps=-all,+dac_read_search",
                "--ambient-caps=-all,+dac_read_search");
        assumeTrue(starts(launcher), "this test needs Linux, root, and the programs prlimit and setpriv");
        return launcher;
    }

    private static boolean starts(List<String> launcher) throws Exception {
        List<String> command = new ArrayList<>(launcher);
        command.add("true");
        try {
            Process process = new ProcessBuilder(command).start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Tag("once")
    @Tag("fault-9.14")
    @Test
    void calls_noThreadForAMoment_failClearlyOrAreAnsweredAndRecoverAfterwards() throws Exception {
        List<String> launcher = launcher();
        try (TestUpstream server = TestUpstream.start()) {
            server.answering(request -> request.path().startsWith("/streams")
                    ? StreamReply.chunked().role().text("a")
                    : Reply.answer("hello"));
            List<String> lines =
                    ForkedJvm.run(
                                    folder,
                                    launcher,
                                    List.of(),
                                    ThreadLimitClient.class,
                                    server.url("").toString())
                            .stream()
                            .filter(line -> line.matches("(without|with|shutdown): .*")) // the others are warnings
                            .toList();
            assertEquals(6 + 7 + 5, lines.size(), () -> String.join("\n", lines));
            for (String line : lines) {
                String[] words = line.split(": ", 3);
                Set<String> allowed =
                        switch (words[0]) {
                            case "without" -> Set.of("no thread", "hello", "key1");
                            case "with" -> Set.of("hello", "true", "key1");
                            default -> Set.of("true");
                        };
                assertTrue(allowed.contains(words[2]), () -> String.join("\n", lines));
            }
        }
    }
}
