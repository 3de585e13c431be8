package dev.llmspi.it.faults;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.error.LlmException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a call as the caller sees it.
 *
 * @param response the answer, or null if the call failed
 * @param thrown the exception that the call ended with, or null if the call was answered
 * @param texts the pieces of text that a stream delivered, including those before a failure
 * @param attempts all attempts that were reported to the caller
 * @param took the duration of the call
 */
public record Outcome(
        @Nullable ChatResponse response,
        @Nullable Throwable thrown,
        List<String> texts,
        List<Attempt> attempts,
        Duration took) {

    /** Returns the answer. Fails the test if there is none. */
    public ChatResponse answer() {
        assertNotNull(response, this::toString);
        return response;
    }

    /** Returns the error. Fails the test if the call was answered or ended with a different exception. */
    public LlmException error() {
        return assertInstanceOf(LlmException.class, thrown, this::toString);
    }

    /** Returns the attempts that were sent to a provider. */
    public List<Attempt> sentTo(String provider) {
        return attempts.stream()
                .filter(attempt -> attempt.sent() && attempt.provider().equals(provider))
                .toList();
    }
}
