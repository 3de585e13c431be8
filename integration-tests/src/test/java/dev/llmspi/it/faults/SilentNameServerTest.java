package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.it.server.TestUpstream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls a host whose name is never resolved. A separate JVM reads its host names from a named pipe. Nothing is ever
 * written to this pipe, so each look-up blocks until the JVM ends.
 */
@Timeout(180)
@EnabledOnOs(OS.LINUX)
class SilentNameServerTest {

    @TempDir
    Path folder;

    @Tag("once")
    @Tag("fault-1.14")
    @Test
    void noAnswerFromTheNameServer_everyTimeoutExpires() throws Exception {
        Path names = folder.resolve("names");
        assertEquals(0, new ProcessBuilder("mkfifo", names.toString()).start().waitFor());
        try (TestUpstream backup = TestUpstream.start()) {
            backup.answering(
                    request -> (request.body().contains("\"stream\":true") ? Mode.STREAM : Mode.CHAT).answer("hello"));

            List<String> lines = ForkedJvm.run(
                    folder,
                    List.of(),
                    List.of("-Djdk.net.hosts.file=" + names),
                    SilentNameServerClient.class,
                    backup.url("/v1").toString());

            assertTrue(lines.contains("done"), lines::toString);
            assertTrue(backup.posts() >= Mode.values().length, () -> backup.posts() + " POSTs at the backup");
        }
    }
}
