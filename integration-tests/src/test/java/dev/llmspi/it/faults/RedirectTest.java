package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that no redirect sends a key or a prompt to an address other than the configured one. */
@Timeout(60)
class RedirectTest {

    private static final Expected REDIRECT =
            Expected.error(ErrorKind.SERVICE).reason(ErrorReason.REDIRECT).fallsBack();

    private final TestUpstream target = TestUpstream.start();

    @AfterEach
    void stop() {
        target.close();
    }

    /** Returns redirect targets in each notation: absolute URLs of another server, and paths that name no server. */
    private List<String> targets() {
        String query = "/v1/chat/completions?canary=1";
        return List.of(
                target.url(query).toString(),
                target.url(query).toString().replace("127.0.0.1", "localhost"),
                "//127.0.0.1:" + target.port() + query,
                "https://127.0.0.1:" + target.port() + query,
                "/other" + query,
                query.substring(1));
    }

    @Tag("fault-1.12")
    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirect_anyTarget_isNotFollowed(int status) {
        target.always(Reply.answer("from the target"));
        for (String location : targets()) {
            for (Mode mode : Mode.values()) {
                REDIRECT.check("openrouter", mode, Reply.of(status, "text/html", location, "Location: " + location));
            }
        }
        assertEquals(List.of(), target.requests());
        assertEquals(0, target.connections());
    }

    @Tag("fault-1.12")
    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 304, 305, 306, 307, 308, 399})
    void redirect_message_namesTheStatusAndNotTheTarget(int status) {
        String location = target.url("/v1?canary=1").toString();
        for (Mode mode : Mode.values()) {
            try (FaultBench bench = FaultBench.alone("portkey")) {
                bench.portkey.always(
                        status == 304
                                ? Reply.raw("HTTP/1.1 304 Test\r\nLocation: " + location + "\r\n\r\n")
                                : Reply.of(status, "text/plain", "gone to " + location, "Location: " + location));
                String message = bench.call(mode).error().toString();
                assertTrue(message.contains(String.valueOf(status)), message);
                assertFalse(message.contains("canary") || message.contains("" + target.port()), message);
                assertEquals(1, bench.portkey.requests().size());
            }
        }
        assertEquals(0, target.connections());
    }
}
