package dev.llmspi.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.it.server.Connection;
import dev.llmspi.it.server.TestUpstream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every hostile body, four at once, in a JVM with a heap of 128 MB. */
@Timeout(180)
class SmallHeapTest {

    private static final long MIB = 1 << 20;

    private final Map<HostileBody, AtomicLong> read = new EnumMap<>(HostileBody.class);

    @TempDir
    Path folder;

    @Tag("once")
    @Tag("fault-7.1")
    @Tag("fault-7.2")
    @Tag("fault-7.3")
    @Tag("fault-7.4")
    @Tag("fault-7.5")
    @Test
    void hostileBodies_fourAtOnceIn128MB_areClassifiedWithin5SecondsAndReadNoFurtherThanTheirBound() throws Exception {
        for (HostileBody body : HostileBody.values()) {
            read.put(body, new AtomicLong());
        }
        try (TestUpstream server = TestUpstream.start()) {
            server.answering(request -> {
                HostileBody body = HostileBody.valueOf(request.path().split("/")[1]);
                return connection -> body.send(connection, read.get(body));
            });

            List<String> lines = run(server.url("").toString());

            for (HostileBody body : HostileBody.values()) {
                List<String> calls = lines.stream()
                        .filter(line -> line.startsWith(body + " "))
                        .toList();
                assertEquals(SmallHeapClient.AT_ONCE, calls.size(), () -> body + ": " + lines);
                for (String call : calls) {
                    String[] words = call.split(" ", 3);
                    assertEquals(body.kind().name(), words[2], call);
                    assertTrue(Integer.parseInt(words[1]) < 5000, call);
                }
                long bytes = read.get(body).get();
                assertTrue(
                        !Connection.tellsWhatIsRead() || bytes <= body.limit() + MIB,
                        () -> body + ": " + bytes + " bytes were read");
            }
        }
    }

    private List<String> run(String url) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+ExitOnOutOfMemoryError",
                // Inflating gzip keeps the collector of JDK 17 waiting; by default it gives up after two waits though
                // there is room.
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:GCLockerRetryAllocationCount=1000",
                "-cp",
                classPath(),
                SmallHeapClient.class.getName(),
                url));
        Arrays.stream(HostileBody.values()).map(HostileBody::name).forEach(command::add);
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(150, TimeUnit.SECONDS), () -> "did not end: " + said(output));
            assertEquals(0, process.exitValue(), () -> said(output));
        } finally {
            process.destroyForcibly();
        }
        return said(output).lines().toList();
    }

    private static String said(Path output) {
        try {
            return Files.readString(output, UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** All that this JVM has, whichever of its two paths it is on. */
    private static String classPath() throws URISyntaxException {
        Path tests = Path.of(SmallHeapClient.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return String.join(
                File.pathSeparator,
                Stream.of(
                                tests.toString(),
                                System.getProperty("jdk.module.path"),
                                System.getProperty("java.class.path"))
                        .filter(path -> path != null && !path.isEmpty())
                        .toList());
    }
}
