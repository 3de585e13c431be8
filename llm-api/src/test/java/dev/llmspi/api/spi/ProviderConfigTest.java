package dev.llmspi.api.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderConfigTest {

    private static final URI FALLBACK = URI.create("https://fallback.example/v1");

    private static ProviderConfig config(String key, Object value) {
        return ProviderConfig.of("p", Map.of(key, value));
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, 500",
        "1.5s, 1500",
        "2m, 120000",
        "1 hour, 3600000",
        "0s, 0",
        "1d, 86400000",
        "5min, 300000",
        "250 millis, 250"
    })
    void duration_withItsUnit_isRead(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), config("t", text).duration("t", Duration.ZERO));
    }

    @ParameterizedTest
    @ValueSource(strings = {"30", "-1s", "s", "1 fortnight", "1e3s", "99999999999999999d"})
    void duration_withoutUnitOrNegative_isAFault(String text) {
        ProviderConfig config = config("t", text);
        assertEquals(Duration.ofSeconds(9), config.duration("t", Duration.ofSeconds(9)));
        assertEquals("llm.providers.p.t", config.faults().get(0).path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://host.example/v1/",
                "http://localhost:8080/v1",
                "http://127.0.0.1:1/v1",
                "http://[::1]:1/v1"
            })
    void uri_safeForKeys_isAcceptedWithoutTrailingSlash(String text) {
        ProviderConfig config = config("base-url", text);
        assertEquals(text.replaceAll("/$", ""), config.uri("base-url", FALLBACK).toString());
        assertEquals(List.of(), config.faults());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://host.example/v1",
                "ftp://host.example",
                "https://",
                "https://canary@host/v1",
                "https://h/v1?k=canary",
                "https://h/v1#canary",
                "host/v1",
                "http://127.0.0.1.evil.example/v1",
                "ht tp://x"
            })
    void uri_thatCouldLeakAKey_isAFaultWithoutItsValue(String text) {
        ProviderConfig config = config("base-url", text);
        assertEquals(FALLBACK, config.uri("base-url", FALLBACK));
        assertEquals(1, config.faults().size());
        assertFalse(config.faults().toString().contains("canary"));
    }

    @Test
    void uri_insecureAllowed_isAccepted() {
        ProviderConfig config =
                ProviderConfig.of("p", Map.of("base-url", "http://gateway.internal/v1", "allow-insecure", "true"));
        assertEquals(
                "http://gateway.internal/v1", config.uri("base-url", FALLBACK).toString());
    }

    @Test
    void headers_notAllowedInARequest_areFaultsWithoutTheirValue() {
        Map<String, String> headers = new HashMap<>(Map.of("X-A", "can\r\nary", "b c", "v", "X-D", "ü"));
        ProviderConfig config = config("headers", headers);
        config.headers("headers");
        assertEquals(3, config.faults().size());
        assertFalse(config.faults().toString().contains("ary"));
    }

    @Test
    void unread_keysThatWereNotRead_areListed() {
        ProviderConfig config = ProviderConfig.of("p", Map.of("known", 1, "unknown", 2));
        assertEquals(1, config.integer("known", 0, 0));
        assertEquals(Set.of("unknown"), config.unread());
    }

    @Test
    void reads_ofTheWrongType_areFaultsAndReturnTheDefault() {
        ProviderConfig config = ProviderConfig.of(
                "p",
                Map.of("i", "x", "b", "maybe", "s", List.of(), "m", "text", "l", Map.of(), "n", 7, "k", List.of()));
        assertEquals(3, config.integer("i", 3, 0));
        assertTrue(config.bool("b", true));
        assertEquals("d", config.string("s", "d"));
        assertEquals(Map.of(), config.map("m"));
        assertEquals(List.of("a"), config.strings("l", List.of("a")));
        assertTrue(config.number("n", 0, 2).isEmpty());
        assertTrue(config.credential("k").isEmpty());
        assertEquals(7, config.faults().size());
    }

    @Test
    void unusable_firstReasonCounts() {
        ProviderConfig config = ProviderConfig.of("p", Map.of());
        config.unusable("needs a key");
        config.unusable("needs more");
        assertEquals("needs a key", config.unusableReason().orElseThrow());
    }
}
