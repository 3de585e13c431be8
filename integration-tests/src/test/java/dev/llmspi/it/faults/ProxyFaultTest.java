package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.FakeRequest;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests proxies that refuse a connection. */
@Timeout(60)
class ProxyFaultTest {

    private static final URI BEHIND = URI.create("https://llm.example/v1");

    @Tag("fault-1.13")
    @ParameterizedTest
    @EnumSource
    void asksForCredentials_goesToTheNext_neverSeesAKey(Mode mode) {
        Expected refused = Expected.error(ErrorKind.CONNECTION)
                .reason(ErrorReason.PROXY_AUTHENTICATION)
                .fallsBack();
        try (TestUpstream proxy = TestUpstream.start().always(Reply.of(407, "text/plain", "who are you?"))) {
            refused.checkLasting("openrouter", mode, bench -> through(proxy, bench, "openrouter", Map.of()));
            refused.checkLasting("portkey", mode, bench -> through(proxy, bench, "portkey", Map.of()));
            assertEquals(4, proxy.requests().size());
            refused.checkLasting(
                    "openrouter",
                    mode,
                    bench -> through(proxy, bench, "openrouter", Map.of("user", "ada", "password", "wrong")));
            assertEquals(6, proxy.requests().size(), "a password that was refused is not tried again");
            proxy.requests().forEach(ProxyFaultTest::assertNothingOfTheProvider);
        }
    }

    private static void through(TestUpstream proxy, FaultBench bench, String provider, Map<String, String> login) {
        Map<String, Object> block = new HashMap<>(login);
        block.put("host", "127.0.0.1");
        block.put("port", proxy.port());
        bench.baseUrl(provider, BEHIND).set("llm.providers." + provider + ".proxy", block);
    }

    private static void assertNothingOfTheProvider(FakeRequest request) {
        assertEquals("CONNECT", request.method());
        assertEquals("llm.example:443", request.path());
        assertEquals("", request.body());
        assertFalse(request.headers().toString().contains("-key"), () -> request.headers()
                .toString());
        assertTrue(
                request.headers().keySet().stream().allMatch(name -> name.matches("host|user-agent|proxy-.*")),
                () -> request.headers().toString());
    }
}
