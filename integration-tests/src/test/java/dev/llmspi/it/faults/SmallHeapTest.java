package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.it.server.SocketQueues;
import dev.llmspi.it.server.TestUpstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests each hostile body four times at once in a JVM with a heap of 128 MB. */
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
    @Tag("fault-7.8")
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
                        !SocketQueues.areKnown() || bytes <= body.limit() + MIB,
                        () -> body + ": " + bytes + " bytes were read");
            }
        }
    }

    private List<String> run(String url) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(url));
        Arrays.stream(HostileBody.values()).map(HostileBody::name).forEach(arguments::add);
        return ForkedJvm.run(
                folder,
                List.of(),
                List.of(
                        "-Xmx128m",
                        "-XX:+ExitOnOutOfMemoryError",
                        // Decompressing gzip can block the garbage collector of JDK 17. By default, the JVM then gives
                        // up after two attempts to allocate memory, although enough memory could be freed.
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:GCLockerRetryAllocationCount=1000"),
                SmallHeapClient.class,
                arguments.toArray(new String[0]));
    }
}
