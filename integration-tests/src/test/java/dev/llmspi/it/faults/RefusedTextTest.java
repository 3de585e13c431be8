package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.testkit.FakeRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests texts that would inject a header, or that a header cannot contain, from every source. */
@Timeout(60)
class RefusedTextTest {

    private static final String SECRET = "c4n4ry";
    private static final List<String> WRONG = List.of(
            SECRET + "\r\nX-Evil: 1",
            SECRET + "\n",
            "\n" + SECRET + "\nx",
            SECRET + "\u0000",
            "ü" + SECRET,
            "\u2028" + SECRET);

    @TempDir
    Path folder;

    @Tag("fault-8.1")
    @ParameterizedTest
    @ValueSource(strings = {"the-key", "the-key\n", "the-key\r\n", "\n\t the-key \n\n"})
    void keyFile_surroundingLineEnds_areTrimmed(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), content);
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench = FaultBench.alone(provider)
                    .set("llm.providers." + provider + ".api-key", Map.of("file", file.toString()))) {
                bench.server(provider).then(Mode.CHAT.answer("hello"));
                bench.call(Mode.CHAT).answer();
                FakeRequest request = bench.server(provider).lastRequest();
                assertEquals(
                        "the-key",
                        request.header(provider.equals("portkey") ? "x-portkey-api-key" : "Authorization")
                                .orElseThrow()
                                .replace("Bearer ", ""));
            }
        }
    }

    @Tag("fault-8.1")
    @ParameterizedTest
    @EnumSource
    void keyFile_invalidCharacters_areAnUnsentAuthenticationError(Mode mode) throws Exception {
        for (String wrong :
                List.of(SECRET + "\r\nX-Evil: 1", SECRET + " x", SECRET + "\u0000x", "ü" + SECRET, "", "\n")) {
            Path file = Files.writeString(folder.resolve("key"), wrong);
            try (FaultBench bench = FaultBench.alone("openrouter")
                    .set("llm.providers.openrouter.api-key", Map.of("file", file.toString()))) {
                LlmException error = bench.call(mode).error();
                assertEquals(ErrorKind.AUTHENTICATION, error.kind());
                assertEquals(ErrorReason.MISSING_CREDENTIAL, error.reason().orElseThrow());
                assertFalse(error.requestSent());
                assertFalse(shown(error).contains(SECRET), shown(error));
                assertEquals(0, bench.openrouter.posts());
            }
        }
    }

    /**
     * If an invalid text would become a header, the error names its configuration key, and the text appears nowhere.
     */
    @Tag("fault-8.1")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "openrouter.api-key",
                "openrouter.http-referer",
                "openrouter.title",
                "openrouter.categories",
                "openrouter.headers.X-Own",
                "portkey.api-key",
                "portkey.provider-api-key",
                "portkey.provider",
                "portkey.virtual-key",
                "portkey.config-id",
                "portkey.custom-host",
                "portkey.trace-id",
                "portkey.response-cache.namespace",
                "portkey.headers.X-Own"
            })
    void configuredText_invalidInAHeader_isRefusedByName(String key) {
        for (String wrong : WRONG) {
            if (wrong.strip().equals(SECRET) || wrong.strip().endsWith(SECRET) && wrong.startsWith("\u2028")) {
                continue; // this text is valid once surrounding blanks and line breaks are stripped
            }
            try (FaultBench bench = FaultBench.both().set("llm.providers." + key, wrong)) {
                LlmConfigException error = assertThrows(LlmConfigException.class, bench::client, key);
                String path = "llm.providers." + key.replaceAll("\\.X-Own$", "");
                assertEquals(
                        List.of(path),
                        error.faults().stream().map(ConfigFault::path).toList(),
                        key);
                assertFalse(shown(error).contains(SECRET), shown(error));
            }
        }
    }

    @Tag("fault-8.1")
    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a\r\nb", "ü", "a\u0000"})
    void headerName_invalid_isRefused(String name) {
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench =
                    FaultBench.both().set("llm.providers." + provider + ".headers", Map.of(name, SECRET))) {
                LlmConfigException error = assertThrows(LlmConfigException.class, bench::client);
                assertEquals(
                        "llm.providers." + provider + ".headers",
                        error.faults().get(0).path());
                assertFalse(shown(error).contains(SECRET), shown(error));
            }
        }
    }

    @Tag("fault-8.1")
    @Test
    void headerOfACall_invalid_isRefusedAtOnce() {
        for (String wrong : WRONG) {
            IllegalArgumentException error = assertThrows(
                    IllegalArgumentException.class, () -> CallOptions.builder().header("X-Own", wrong));
            assertTrue(error.getMessage().contains("X-Own"), error.getMessage());
            assertFalse(error.getMessage().contains(SECRET), error.getMessage());
            assertThrows(
                    IllegalArgumentException.class, () -> CallOptions.builder().header("X-" + wrong, "x"));
        }
    }

    @Tag("fault-8.1")
    @ParameterizedTest
    @EnumSource
    void headerOfAListener_invalid_isLeftOut(Mode mode) {
        LlmListener evil = new LlmListener() {
            @Override
            public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
                headers.accept("X-Good", "1");
                headers.accept("X-Own", SECRET + "\r\nX-Evil: 1");
            }
        };
        try (FaultBench bench = FaultBench.alone("openrouter").with(builder -> builder.listener(evil))) {
            bench.openrouter.then(mode.answer("hello"));
            assertEquals("hello", bench.call(mode).answer().text());
            assertTrue(bench.openrouter.lastRequest().header("X-Good").isPresent());
            assertNoEvil(bench.openrouter.lastRequest());
        }
    }

    /** These names appear in log lines and in metric labels, so control characters are refused. */
    @Tag("fault-8.1")
    @Test
    void namesOfACall_withControlCharacters_areRefusedAtOnce() {
        String evil = SECRET + "\r\nX-Evil: 1";
        CallOptions.Builder options = CallOptions.builder();
        List<Executable> wrong = List.of(
                () -> options.agent(evil),
                () -> options.mode(evil),
                () -> options.chain(evil),
                () -> options.provider(evil),
                () -> options.requestId(evil),
                () -> options.tag(evil, "x"),
                () -> ChatRequest.builder().model(evil),
                () -> ChatRequest.builder().model("a\u2028b"));
        for (Executable call : wrong) {
            IllegalArgumentException error = assertThrows(IllegalArgumentException.class, call);
            assertFalse(error.getMessage().contains(SECRET), error.getMessage());
        }
    }

    /** Servers accept 8 KiB in a header, some of them 32 KiB. A longer text would be sent in vain. */
    @Tag("fault-8.1")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "openrouter.api-key",
                "openrouter.http-referer",
                "openrouter.headers.X-Own",
                "portkey.api-key",
                "portkey.provider-api-key",
                "portkey.config-id",
                "portkey.trace-id",
                "portkey.metadata.name",
                "portkey.headers.X-Own"
            })
    void configuredText_of64KiB_isRefusedByName(String key) {
        String tooLong = SECRET.repeat(64 * 1024 / SECRET.length());
        try (FaultBench bench = FaultBench.both().set("llm.providers." + key, tooLong)) {
            LlmConfigException error = assertThrows(LlmConfigException.class, bench::client, key);
            assertEquals(
                    "llm.providers." + key.replaceAll("\\.(X-Own|name)$", ""),
                    error.faults().get(0).path());
            assertTrue(error.getMessage().contains("32768"), error.getMessage());
            assertFalse(shown(error).contains(SECRET), key);
        }
    }

    @Tag("fault-8.1")
    @Test
    void textOfACall_of64KiB_isRefusedAtOnce() {
        String tooLong = SECRET.repeat(64 * 1024 / SECRET.length());
        CallOptions.Builder options = CallOptions.builder();
        List<Executable> wrong = List.of(
                () -> options.header("X-Own", tooLong),
                () -> options.header(tooLong, "x"),
                () -> options.agent(tooLong),
                () -> options.requestId(tooLong),
                () -> options.tag(tooLong, "x"),
                () -> options.tag("x", tooLong),
                () -> ChatRequest.builder().model(tooLong),
                () -> Secret.of(tooLong));
        for (Executable call : wrong) {
            IllegalArgumentException error = assertThrows(IllegalArgumentException.class, call);
            assertTrue(error.getMessage().length() < 300, error.getMessage());
        }
        String allowed = "x".repeat(32 * 1024);
        options.header("X-Own", allowed).tag("x", allowed);
        assertEquals(allowed, Secret.of(allowed).reveal());
    }

    @Tag("fault-8.1")
    @ParameterizedTest
    @EnumSource
    void keyFile_of33KiB_isAnUnsentAuthenticationError(Mode mode) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "x".repeat(33 * 1024));
        try (FaultBench bench = FaultBench.alone("openrouter")
                .set("llm.providers.openrouter.api-key", Map.of("file", file.toString()))) {
            LlmException error = bench.call(mode).error();
            assertEquals(ErrorReason.MISSING_CREDENTIAL, error.reason().orElseThrow());
            assertFalse(error.requestSent());
            assertTrue(error.getMessage().contains("32768"), error.getMessage());
        }
    }

    /** Texts that are not sent as headers may contain any characters. */
    @Tag("fault-8.1")
    @ParameterizedTest
    @EnumSource
    void textsOfACall_areUnchanged(Mode mode) {
        String evil = "x\r\nX-Evil: 1\r\n\r\n{}";
        CallOptions options = CallOptions.builder().tag("tag", evil).build();
        ChatRequest request = ChatRequest.of(evil);
        for (String provider : List.of("openrouter", "portkey")) {
            try (FaultBench bench = FaultBench.alone(provider)
                    .set("llm.providers.portkey.metadata", Map.of("name" + evil, evil + "ü"))
                    .set("llm.providers.portkey.config", Map.of("name", evil))
                    .set("llm.providers.openrouter.session-id", evil)) {
                bench.server(provider).then(mode.answer("hello"));
                assertEquals(
                        "hello", bench.call(mode, request, options).answer().text());
                assertNoEvil(bench.server(provider).lastRequest());
                assertTrue(bench.server(provider).lastRequest().body().contains("x\\r\\nX-Evil: 1\\r\\n\\r\\n{}"));
                assertEquals(1, bench.server(provider).requests().size());
            }
        }
    }

    private static void assertNoEvil(FakeRequest request) {
        Set<String> names = new TreeSet<>(request.headers().keySet());
        assertFalse(names.contains("x-evil") || names.contains("x-own"), names::toString);
    }

    private static String shown(Throwable error) {
        return Witness.printed(error);
    }
}
