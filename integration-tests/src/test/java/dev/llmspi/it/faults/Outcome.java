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
 * How one call ended, as its caller sees it.
 *
 * @param response the answer; null if the call failed
 * @param thrown what the call ended with instead; null if it was answered
 * @param texts the pieces of text a stream delivered, before a failure too
 * @param attempts every attempt the caller is told of
 * @param took from the call to its end
 */
public record Outcome(
        @Nullable ChatResponse response,
        @Nullable Throwable thrown,
        List<String> texts,
        List<Attempt> attempts,
        Duration took) {

    /** The answer; fails the test if there is none. */
    public ChatResponse answer() {
        assertNotNull(response, this::toString);
        return response;
    }

    /** The error; fails the test if the call was answered, or ended with something else. */
    public LlmException error() {
        return assertInstanceOf(LlmException.class, thrown, this::toString);
    }

    /** The attempts at one provider that went out. */
    public List<Attempt> sentTo(String provider) {
        return attempts.stream()
                .filter(attempt -> attempt.sent() && attempt.provider().equals(provider))
                .toList();
    }
}
