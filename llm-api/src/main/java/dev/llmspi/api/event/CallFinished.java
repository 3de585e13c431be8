package dev.llmspi.api.event;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reports that a call has ended.
 *
 * @param outcome how the call ended, which is SUCCESS, ERROR or CANCELLED
 * @param provider the provider that answered, or the last one that was tried
 * @param servedModel the provider's name for the model that answered
 * @param usage the tokens and the cost of the answer
 * @param duration the time since the start of the call
 * @param attempts all attempts of the call in order
 * @param error the exception that the caller received instead of an answer; empty on success
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
