package dev.llmspi.core.call;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.error.LlmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a call has tried so far, and the answer or the error that comes of it. Safe for use by several threads: a stream may be
 * closed by another one than reads it.
 */
public final class CallHistory {

    private final String callId;
    /** Guarded by this. */
    private List<Attempt> attempts = List.of();
    /** Guarded by this. */
    private List<LlmException> errors = List.of();

    CallHistory(String callId) {
        this.callId = callId;
    }

    /** Adds an entry. */
    public synchronized void record(Attempt attempt, @Nullable LlmException error) {
        attempts = and(attempts, attempt);
        if (error != null) {
            errors = and(errors, error);
        }
    }

    /** Lists that never change can be handed out as they are, and most calls have one attempt. */
    private static <T> List<T> and(List<T> list, T one) {
        if (list.isEmpty()) {
            return List.of(one);
        }
        List<T> more = new ArrayList<>(list);
        more.add(one);
        return List.copyOf(more);
    }

    /** The number the next entry gets. */
    public synchronized int nextNumber() {
        return attempts.size() + 1;
    }

    /** All entries so far. */
    public synchronized List<Attempt> attempts() {
        return attempts;
    }

    private synchronized List<LlmException> errors() {
        return errors;
    }

    /** The provider of the last entry. */
    Optional<String> lastProvider() {
        List<Attempt> all = attempts();
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(all.get(all.size() - 1).provider());
    }

    /** The answer as the caller gets it: with the call's id and attempts. */
    public ChatResponse completed(ChatResponse response) {
        return response.toBuilder().callId(callId).attempts(attempts()).build();
    }

    /**
     * The error as the caller gets it: the last one, with the call's id, every attempt, one line for each in the message if
     * there was more than one, and the earlier errors as suppressed.
     */
    public LlmException failed(LlmException last) {
        List<Attempt> all = attempts();
        LlmException.Builder<? extends LlmException> builder =
                last.toBuilder().callId(callId).attempts(all);
        if (all.size() > 1) {
            StringBuilder message = new StringBuilder(String.valueOf(last.getMessage()))
                    .append("\nall ")
                    .append(all.size())
                    .append(" attempts of call ")
                    .append(callId)
                    .append(':');
            for (Attempt attempt : all) {
                message.append("\n  ").append(attempt.number()).append(". ").append(attempt);
            }
            builder.message(message.toString());
        }
        LlmException complete = builder.build();
        List<Throwable> known = List.of(complete.getSuppressed());
        for (LlmException error : errors()) {
            if (error != last && !known.contains(error)) {
                complete.addSuppressed(error);
            }
        }
        return complete;
    }
}
