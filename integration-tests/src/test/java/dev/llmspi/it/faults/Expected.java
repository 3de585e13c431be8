package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.it.server.Reply;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a row of the catalogue wants of a fault before any token: its kind, how often the provider is asked again, whether the
 * next one is asked.
 */
public record Expected(ErrorKind kind, @Nullable ErrorReason reason, int retries, boolean next) {

    private static final int MAX_RETRIES = 3;

    /** An error that ends the call: neither retried nor handed on. */
    public static Expected error(ErrorKind kind) {
        return new Expected(kind, null, 0, false);
    }

    public Expected reason(ErrorReason finerCase) {
        return new Expected(kind, finerCase, retries, next);
    }

    /** Retried as often as is allowed by default: three times, after a timeout once. */
    public Expected retried() {
        return new Expected(kind, reason, kind == ErrorKind.TIMEOUT ? 1 : MAX_RETRIES, next);
    }

    public Expected handedOn() {
        return new Expected(kind, reason, retries, true);
    }

    /** Both providers answer like that, OpenRouter first, then Portkey. */
    public void check(Mode mode, Reply fault) {
        check("openrouter", mode, fault);
        check("portkey", mode, fault);
    }

    /** Every mode and both providers, though not each in each: for what comes in large numbers. */
    public void checkAll(Reply fault) {
        check("openrouter", Mode.CHAT, fault);
        check("portkey", Mode.ASYNC, fault);
        check(Mode.STREAM, fault);
    }

    /** One provider answers like that in the three situations there are. */
    public void check(String provider, Mode mode, Reply fault) {
        checkLasting(provider, mode, bench -> bench.server(provider).always(fault));
        if (retries > 0) {
            checkOnce(provider, mode, fault);
        }
    }

    /** One provider is broken for good, whatever that is, with another one ready and without. */
    public void checkLasting(String provider, Mode mode, Consumer<FaultBench> breaking) {
        checkWithNext(provider, mode, breaking);
        if (next) {
            checkAlone(provider, mode, breaking);
        }
    }

    /** The fault lasts, and another provider stands ready. */
    private void checkWithNext(String provider, Mode mode, Consumer<FaultBench> breaking) {
        String other = provider.equals("openrouter") ? "portkey" : "openrouter";
        try (FaultBench bench = FaultBench.both().chain(provider, other)) {
            breaking.accept(bench);
            bench.server(other).then(mode.answer("hello"));
            Outcome outcome = bench.call(mode);
            if (next) {
                assertEquals("hello", outcome.answer().text(), outcome::toString);
                assertEquals(mode == Mode.STREAM ? List.of("hello") : List.of(), outcome.texts());
                assertEquals(1, bench.server(other).posts());
            } else {
                assertError(provider, outcome);
                assertEquals(0, bench.server(other).posts());
            }
            assertFailures(outcome.attempts(), provider);
        }
    }

    /** The fault lasts, and there is nobody else. */
    private void checkAlone(String provider, Mode mode, Consumer<FaultBench> breaking) {
        try (FaultBench bench = FaultBench.alone(provider)) {
            breaking.accept(bench);
            Outcome outcome = bench.call(mode);
            assertError(provider, outcome);
            assertFailures(outcome.attempts(), provider);
        }
    }

    /** The fault shows once, then all is well. */
    private void checkOnce(String provider, Mode mode, Reply fault) {
        try (FaultBench bench = FaultBench.alone(provider)) {
            bench.server(provider).then(fault).always(mode.answer("hello"));
            Outcome outcome = bench.call(mode);
            assertEquals("hello", outcome.answer().text(), outcome::toString);
            assertEquals(2, bench.server(provider).posts());
        }
    }

    private void assertError(String provider, Outcome outcome) {
        LlmException error = outcome.error();
        assertEquals(kind, error.kind(), error::toString);
        assertEquals(provider, error.provider());
        assertEquals(outcome.attempts().toString(), error.attempts().toString());
        assertTrue(reason == null || error.reason().equals(Optional.of(reason)), error::toString);
    }

    private void assertFailures(List<Attempt> attempts, String provider) {
        List<Attempt> failures = attempts.stream()
                .filter(attempt -> attempt.provider().equals(provider))
                .toList();
        assertEquals(1 + retries, failures.size(), attempts::toString);
        for (Attempt failure : failures) {
            assertEquals(Attempt.Outcome.ERROR, failure.outcome(), attempts::toString);
            assertEquals(Optional.of(kind), failure.kind(), attempts::toString);
        }
    }
}
