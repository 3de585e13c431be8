package dev.llmspi.core.health;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.runtime.FatalErrors;
import java.util.IdentityHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the key sources answered to one call before its attempt, because the keys show whether the account is in
 * cooldown. The attempt takes the answers, so that it asks each source only once. Thread-safe.
 */
public final class KeysAhead {

    /** @param askedIn the context in which the source was asked */
    private record Answer(@Nullable Secret key, @Nullable Throwable failure, CallContext askedIn) {

        @Nullable
        Secret get() {
            if (failure instanceof Error thrown) {
                throw thrown;
            }
            if (failure instanceof RuntimeException thrown) {
                throw thrown;
            }
            return key;
        }
    }

    /** Guarded by this object. */
    private final IdentityHashMap<Credential, Answer> answers = new IdentityHashMap<>(4);

    /** Returns the answer that is kept. If there is none, asks the source and keeps its answer. */
    @Nullable
    Secret ask(Credential source, CallContext context) {
        Answer kept = look(source);
        return (kept != null ? kept : keep(source, answer(source, context))).get();
    }

    private static Answer answer(Credential source, CallContext context) {
        try {
            return new Answer(source.secret(context), null, context);
        } catch (RuntimeException | Error e) {
            FatalErrors.rethrow(e);
            return new Answer(null, e, context);
        }
    }

    private synchronized @Nullable Answer look(Credential source) {
        return answers.get(source);
    }

    private synchronized Answer keep(Credential source, Answer answer) {
        answers.put(source, answer);
        return answer;
    }

    private synchronized @Nullable Answer remove(Credential source) {
        return answers.remove(source);
    }

    /** Drops the answers to questions that were asked in these contexts, because no attempt will take them. */
    public synchronized void drop(Predicate<CallContext> contexts) {
        answers.values().removeIf(answer -> contexts.test(answer.askedIn()));
    }

    /** Removes and returns the answer that is kept. If there is none, asks the source. */
    @Nullable
    Secret take(Credential source, CallContext context) {
        Answer kept = remove(source);
        return kept != null ? kept.get() : source.secret(context);
    }
}
