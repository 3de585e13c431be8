package dev.llmspi.examples.cli;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmProviderRegistry;
import dev.llmspi.core.ProviderStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Asks providers something else than a chat: one of them, or all that are usable and offer it.
 *
 * @param <T> the side of a provider that is asked
 * @param <R> what it answers
 * @param offer what such a provider does, for the message when none does
 */
record ProviderQuestion<T, R>(Class<T> side, String offer, BiFunction<T, CallContext, R> question) {

    /** An answer or an error: one of the two. */
    record Reply<R>(
            String provider, @Nullable R answer, @Nullable LlmException error) {}

    /**
     * Asks one after the other.
     *
     * @param name the provider to ask; null: all
     */
    List<Reply<R>> ask(LlmProviderRegistry registry, @Nullable String name) {
        List<String> names = name != null ? List.of(name) : usable(registry.providers());
        List<Reply<R>> replies = new ArrayList<>();
        for (String each : names) {
            LlmProvider provider = registry.get(each);
            provider.as(side).ifPresent(offered -> replies.add(ask(provider.name(), offered)));
        }
        if (replies.isEmpty()) {
            throw new IllegalArgumentException("no provider among " + String.join(", ", names) + " " + offer);
        }
        return replies;
    }

    /** The first error, if nobody answered: then it is the outcome of the command. */
    static <R> Optional<LlmException> failure(List<Reply<R>> replies) {
        boolean answered = replies.stream().anyMatch(reply -> reply.error == null);
        return answered ? Optional.empty() : Optional.ofNullable(replies.get(0).error);
    }

    private static List<String> usable(List<ProviderStatus> providers) {
        List<String> names = providers.stream()
                .filter(ProviderStatus::usable)
                .map(ProviderStatus::name)
                .toList();
        if (names.isEmpty()) {
            throw new IllegalArgumentException(NoProvider.message(providers));
        }
        return names;
    }

    private Reply<R> ask(String provider, T offered) {
        // The clocks are those of the provider's settings: the registry puts them around its providers.
        CallContext context =
                CallContext.builder().cancellation(CtrlC.cancellation()).build();
        try {
            return new Reply<>(provider, question.apply(offered, context), null);
        } catch (LlmException error) {
            return new Reply<>(provider, null, error);
        }
    }
}
