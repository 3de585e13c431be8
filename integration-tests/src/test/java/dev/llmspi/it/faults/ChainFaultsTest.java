package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmRateLimitException;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.settings.LlmConfigException;
import dev.llmspi.it.server.Reply;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests chains that have missing links, list a link twice, or consist only of failing links. */
@Timeout(60)
class ChainFaultsTest {

    @Tag("fault-9.3")
    @Test
    void build_unknownNameOrType_isAnErrorThatListsTheKnownOnes() {
        try (FaultBench bench = FaultBench.both().chain("openrouter", "somewhere")) {
            LlmConfigException error = assertThrows(LlmConfigException.class, bench::client);
            assertTrue(
                    error.getMessage()
                            .contains("there is no provider \"somewhere\"; known: openai, openrouter, portkey"),
                    error.getMessage());
        }
        try (FaultBench bench =
                FaultBench.both().with(builder -> builder.provider("local", block -> block.type("ollama")))) {
            LlmConfigException error = assertThrows(LlmConfigException.class, bench::client);
            assertTrue(
                    error.getMessage().contains("unknown type \"ollama\"; found: openai, openrouter, portkey"),
                    error.getMessage());
        }
    }

    @Tag("fault-9.3")
    @ParameterizedTest
    @EnumSource
    void call_namesAnUnknownProvider_isRefusedBeforeItStarts(Mode mode) {
        try (FaultBench bench = FaultBench.both()) {
            for (CallOptions options : List.of(
                    CallOptions.builder().provider("somewhere").build(),
                    CallOptions.builder().startWith("somewhere").build())) {
                LlmConfigException error = assertThrows(
                        LlmConfigException.class,
                        () -> mode.call(bench.client(), ChatRequest.of("hi"), options, text -> {}));
                assertTrue(error.getMessage().contains("openrouter, portkey"), error.getMessage());
            }
            assertEquals(List.of(), bench.listener.events());
        }
    }

    @Tag("fault-9.10")
    @Test
    void build_chainWithAProviderTwice_isRefused() {
        try (FaultBench bench = FaultBench.both().chain("openrouter", "portkey", "openrouter")) {
            LlmConfigException error = assertThrows(LlmConfigException.class, bench::client);
            assertTrue(error.getMessage().contains("names openrouter twice"), error.getMessage());
        }
    }

    @Tag("fault-9.10")
    @ParameterizedTest
    @EnumSource
    void call_providerMovedToTheFront_callsEachLinkOnce(Mode mode) {
        try (FaultBench bench = FaultBench.both()
                .set("llm.preferred-provider", "portkey")
                .set("llm.modes.m.provider", "openrouter")
                .set("llm.retry.max-retries", 0)) {
            bench.openrouter.always(Reply.error(503, "503", "busy"));
            bench.portkey.always(Reply.error(503, "503", "busy"));
            assertEquals(List.of("portkey", "openrouter"), asked(bench, mode, CallOptions.none()));
            CallOptions first = CallOptions.builder().startWith("openrouter").build();
            assertEquals(List.of("openrouter", "portkey"), asked(bench, mode, first));
            CallOptions ofMode =
                    CallOptions.builder().mode("m").startWith("portkey").build();
            assertEquals(List.of("portkey", "openrouter"), asked(bench, mode, ofMode));
            assertEquals(3, bench.openrouter.posts());
            assertEquals(3, bench.portkey.posts());
        }
    }

    private static List<String> asked(FaultBench bench, Mode mode, CallOptions options) {
        return bench.call(mode, options).error().attempts().stream()
                .map(Attempt::provider)
                .toList();
    }

    @Tag("fault-9.11")
    @ParameterizedTest
    @EnumSource
    void call_allFail_isTheMostRelevantErrorWithAllAttempts(Mode mode) {
        try (FaultBench bench = FaultBench.both()) {
            bench.openrouter.then(Reply.error(503, "503", "busy")).then(Reply.error(402, "402", "credit"));
            bench.portkey.then(Reply.reset()).then(Reply.error(429, "429", "slow", "Retry-After: 600"));
            Outcome outcome = bench.call(mode);
            LlmException error = outcome.error();
            assertEquals(LlmRateLimitException.class, error.getClass());
            assertEquals("portkey", error.provider());
            assertEquals(Optional.empty(), error.partial());
            assertEquals(List.of(), outcome.texts());
            assertEquals(
                    List.of(
                            "openrouter SERVICE 503",
                            "openrouter RESOURCE_EXHAUSTED 402",
                            "portkey CONNECTION -",
                            "portkey RATE_LIMIT 429"),
                    error.attempts().stream().map(ChainFaultsTest::shown).toList());
            assertEquals(
                    List.of(ErrorKind.SERVICE, ErrorKind.RESOURCE_EXHAUSTED, ErrorKind.CONNECTION),
                    Arrays.stream(error.getSuppressed())
                            .map(earlier -> ((LlmException) earlier).kind())
                            .toList());
            String[] lines = error.getMessage().split("\n");
            assertEquals(6, lines.length, error.getMessage());
            assertTrue(lines[5].contains("portkey") && lines[5].contains("429"), error.getMessage());
        }
    }

    private static String shown(Attempt attempt) {
        return attempt.provider() + " " + attempt.kind().orElseThrow() + " "
                + (attempt.status().isPresent() ? attempt.status().getAsInt() : "-");
    }
}
