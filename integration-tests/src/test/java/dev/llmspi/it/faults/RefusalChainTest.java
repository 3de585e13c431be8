package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks how a refusal affects chains of two and three links: which links are called, and which error the caller gets.
 */
@Timeout(60)
class RefusalChainTest {

    private static final Reply UNKNOWN_FIELD = Reply.error(400, "400", "unknown field: stream_options");
    private static final Reply FILTERED = Reply.error(400, "content_policy_violation", "no");
    private static final Reply TOO_LONG = Reply.error(400, "context_length_exceeded", "too long");

    /** A bench whose chain consists of OpenRouter, Portkey and an OpenAI-compatible server. */
    private static final class ThreeLinks implements AutoCloseable {
        private final TestUpstream third = TestUpstream.start();
        private final FaultBench bench;

        ThreeLinks(String fallback) {
            bench = FaultBench.both()
                    .with(builder -> builder.text("llm.fallback { " + fallback + " }", "test")
                            .provider("third", block -> block.type("openai")
                                    .baseUrl(third.url("/v1").toString())
                                    .apiKey("3-key")
                                    .defaultModel("m")))
                    .chain("openrouter", "portkey", "third");
        }

        void reply(Reply first, Reply second, Reply last) {
            bench.openrouter.always(first);
            bench.portkey.always(second);
            third.always(last);
        }

        List<Integer> posts() {
            return List.of(bench.openrouter.posts(), bench.portkey.posts(), third.posts());
        }

        @Override
        public void close() {
            try (third) {
                bench.close();
            }
        }
    }

    @Tag("fault-3.1")
    @ParameterizedTest
    @EnumSource
    void unrecognised_fallsBackAndLeavesTheHealth(Mode mode) {
        try (ThreeLinks links = new ThreeLinks("")) {
            links.reply(UNKNOWN_FIELD, Reply.error(422, "422", "wrong"), mode.answer("hello"));
            for (int call = 1; call <= 3; call++) {
                assertEquals("hello", links.bench.call(mode).answer().text());
                assertEquals(List.of(call, call, call), links.posts());
            }
        }
    }

    @Tag("fault-3.1")
    @ParameterizedTest
    @CsvSource({"'on = [service_error]', false", "'on = [service_error, invalid_request_error]', true"})
    void unrecognised_explicitFallbackOn_keepsItsMeaning(String fallback, boolean next) {
        try (ThreeLinks links = new ThreeLinks(fallback)) {
            links.reply(UNKNOWN_FIELD, Mode.CHAT.answer("hello"), Mode.CHAT.answer("never"));
            Outcome outcome = links.bench.call(Mode.CHAT);
            assertEquals(next ? List.of(1, 1, 0) : List.of(1, 0, 0), links.posts());
            assertEquals(next, outcome.response() != null);
        }
    }

    @Tag("fault-3.7")
    @ParameterizedTest
    @CsvSource({
        "'', 1, 0, 0",
        "after-content-filter = stop, 1, 0, 0",
        "after-content-filter = next, 1, 1, 1",
        "on = [invalid_request_error], 1, 1, 1",
        "'on = [invalid_request_error], after-content-filter = stop', 1, 0, 0",
        "on = [service_error], 1, 0, 0"
    })
    void contentFiltered_endsTheCallUnlessConfiguredToFallBack(String fallback, int first, int second, int third) {
        for (Mode mode : Mode.values()) {
            try (ThreeLinks links = new ThreeLinks(fallback)) {
                links.reply(FILTERED, FILTERED, mode.answer("hello"));
                Outcome outcome = links.bench.call(mode);
                assertEquals(List.of(first, second, third), links.posts());
                if (third == 1) {
                    assertEquals("hello", outcome.answer().text());
                } else {
                    assertEquals(
                            Optional.of(ErrorReason.CONTENT_FILTERED),
                            outcome.error().reason());
                }
            }
        }
    }

    static Stream<Arguments> ends() {
        Reply busy = Reply.error(503, "503", "busy");
        Reply noKey = Reply.error(401, "401", "no");
        Reply noCredit = Reply.error(402, "402", "credit");
        Reply noAddress = Reply.of(404, "text/html", "<html>nothing here</html>");
        return Stream.of(
                Arguments.of(TOO_LONG, busy, noKey, "openrouter", ErrorKind.MODEL),
                Arguments.of(busy, TOO_LONG, noKey, "portkey", ErrorKind.MODEL),
                Arguments.of(TOO_LONG, busy, FILTERED, "third", ErrorKind.INVALID_REQUEST),
                Arguments.of(busy, noCredit, noKey, "openrouter", ErrorKind.SERVICE),
                Arguments.of(busy, Reply.reset(), noAddress, "portkey", ErrorKind.CONNECTION),
                Arguments.of(noKey, noCredit, noAddress, "third", ErrorKind.INVALID_REQUEST),
                Arguments.of(noAddress, noKey, noCredit, "third", ErrorKind.RESOURCE_EXHAUSTED));
    }

    @Tag("fault-9.11")
    @ParameterizedTest
    @MethodSource("ends")
    void allFail_theMostRelevantErrorIsThrown_withAllAttempts(
            Reply first, Reply second, Reply last, String provider, ErrorKind kind) {
        for (Mode mode : Mode.values()) {
            try (ThreeLinks links = new ThreeLinks("")) {
                links.bench.set("llm.retry.max-retries", 0);
                links.reply(first, second, last);
                LlmException error = links.bench.call(mode).error();
                assertEquals(provider, error.provider());
                assertEquals(kind, error.kind());
                assertEquals(List.of(1, 1, 1), links.posts());
                assertEquals(3, error.attempts().size());
                assertEquals(2, error.getSuppressed().length);
                assertTrue(
                        Arrays.stream(error.getSuppressed())
                                .noneMatch(other ->
                                        ((LlmException) other).provider().equals(provider)),
                        error::toString);
            }
        }
    }

    @Tag("fault-3.6")
    @ParameterizedTest
    @EnumSource
    void forbiddenWithoutACause_threeInARow_startACooldown(Mode mode) {
        Reply page = Reply.of(403, "text/html", "<html>blocked</html>");
        try (FaultBench bench = FaultBench.both()) {
            bench.portkey.always(mode.answer("from the next"));
            bench.openrouter.then(page).then(page).then(mode.answer("hello")).always(page);
            for (String answer : List.of("from the next", "from the next", "hello", "from the next", "from the next")) {
                assertEquals(answer, bench.call(mode).answer().text());
            }
            assertEquals(5, bench.openrouter.posts());
            for (int call = 0; call < 3; call++) {
                assertEquals("from the next", bench.call(mode).answer().text());
            }
            assertEquals(6, bench.openrouter.posts(), "the cooldown begins after three in a row");
        }
    }

    @Tag("fault-3.1")
    @Test
    void fiveRefusalsInARow_areOneWarningThatNamesTheFieldAndTheSetting() {
        try (FaultBench bench = FaultBench.both();
                LogLines log = new LogLines()) {
            bench.portkey.always(Mode.CHAT.answer("hello"));
            bench.openrouter.always(UNKNOWN_FIELD);
            for (int call = 0; call < 4; call++) {
                bench.call(Mode.CHAT).answer();
            }
            assertEquals(List.of(), warnings(log));
            bench.call(Mode.CHAT).answer();
            bench.call(Mode.CHAT).answer();
            assertEquals(1, warnings(log).size(), log::text);
            String warning = warnings(log).get(0);
            assertTrue(warning.contains("dev.llmspi.call"), warning);
            assertTrue(warning.contains("llm.providers.openrouter.request { omit = [stream_options] }"), warning);
            assertFalse(warning.contains("or-key"), warning);
            assertFalse(warning.contains("unknown"), warning);
        }
    }

    private static List<String> warnings(LogLines log) {
        return log.matching(line -> line.startsWith("WARNING"));
    }
}
