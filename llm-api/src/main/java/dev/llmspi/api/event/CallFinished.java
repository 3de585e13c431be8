package dev.llmspi.api.event;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A call has ended.
 *
 * @param outcome SUCCESS, ERROR or CANCELLED
 * @param provider the provider that answered, or the last one asked
 * @param servedModel the model that answered
 * @param usage what the answer used
 * @param duration from the start of the call
 * @param attempts all attempts in order
 * @param error what the caller got instead of an answer
 */
public record CallFinished(
        CallInfo call,
        Attempt.Outcome outcome,
        Optional<String> provider,
        Optional<String> servedModel,
        Usage usage,
        Duration duration,
        List<Attempt> attempts,
        Optional<Throwable> error) {}
