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
 * The expected reaction to a fault that occurs before the first content: the kind of error, the number of retries, and
 * whether the next link is called.
 */
public record Expected(ErrorKind kind, @Nullable ErrorReason reason, int retries, boolean next) {

    private static final int MAX_RETRIES = 3;

    /** Returns the expectation of an error that ends the call without a retry and without a fallback. */
    public static Expected error(ErrorKind kind) {
        return new Expected(kind, null, 0, false);
    }

    public Expected reason(ErrorReason finerCase) {
        return new Expected(kind, finerCase, retries, next);
    }

    /** Returns a copy that expects the default number of retries, which is three, or one after a timeout. */
    public Expected retried() {
        return new Expected(kind, reason, kind == ErrorKind.TIMEOUT ? 1 : MAX_RETRIES, next);
    }

    public Expected fallsBack() {
        return new Expected(kind, reason, retries, true);
    }

    /** Checks the reaction to the fault at OpenRouter and at Portkey. */
    public void check(Mode mode, Reply fault) {
        check("openrouter", mode, fault);
        check("portkey", mode, fault);
    }

    /**
     * Checks the reaction to the fault in each mode and at each provider, but not in all combinations. This saves time
     * in tests with many faults.
     */
    public void checkAll(Reply fault) {
        check("openrouter", Mode.CHAT, fault);
        check("portkey", Mode.ASYNC, fault);
        check(Mode.STREAM, fault);
    }

    /**
     * Checks the reaction at one provider, both to a lasting fault and, if a retry is expected, to a fault that occurs
     * once.
     */
    public void check(String provider, Mode mode, Reply fault) {
        checkLasting(provider, mode, bench -> bench.server(provider).always(fault));
        if (retries > 0) {
            checkOnce(provider, mode, fault);
        }
    }

    /**
     * Checks the reaction to a lasting fault at one provider, with a next link and, if a fallback is expected, also
     * without one.
     */
    public void checkLasting(String provider, Mode mode, Consumer<FaultBench> breaking) {
        checkWithNext(provider, mode, breaking);
        if (next) {
            checkAlone(provider, mode, breaking);
        }
    }

    /** Checks the reaction to a lasting fault if there is a next link. */
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

    /** Checks the reaction to a lasting fault if there is no next link. */
    private void checkAlone(String provider, Mode mode, Consumer<FaultBench> breaking) {
        try (FaultBench bench = FaultBench.alone(provider)) {
            breaking.accept(bench);
            Outcome outcome = bench.call(mode);
            assertError(provider, outcome);
            assertFailures(outcome.attempts(), provider);
        }
    }

    /** Checks the reaction to a fault that occurs once, before the provider answers. */
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
