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
 * A query for an optional provider feature, such as the model catalogue. It goes either to one provider or to every
 * usable provider that has the feature.
 *
 * @param <T> the feature's interface
 * @param <R> the type of the result
 * @param offer a verb phrase for the feature, which completes the error message if no provider has the feature
 * @param query calls the feature
 */
record ProviderQuery<T, R>(Class<T> feature, String offer, BiFunction<T, CallContext, R> query) {

    /** The reply of one provider, which contains either an answer or an error. */
    record Reply<R>(
            String provider, @Nullable R answer, @Nullable LlmException error) {}

    /**
     * Queries the providers one after the other.
     *
     * @param name the only provider to query, or null for all
     */
    List<Reply<R>> run(LlmProviderRegistry registry, @Nullable String name) {
        List<String> names = name != null ? List.of(name) : usable(registry.providers());
        List<Reply<R>> replies = new ArrayList<>();
        for (String each : names) {
            LlmProvider provider = registry.get(each);
            provider.as(feature).ifPresent(api -> replies.add(run(provider.name(), api)));
        }
        if (replies.isEmpty()) {
            throw new IllegalArgumentException("none of the providers " + String.join(", ", names) + " " + offer);
        }
        return replies;
    }

    /** Returns the first error if no provider answered. The command then fails with this error. */
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

    private Reply<R> run(String provider, T api) {
        // The context sets no timeouts, because providers from the registry apply their configured timeouts.
        CallContext context =
                CallContext.builder().cancellation(CtrlC.cancellation()).build();
        try {
            return new Reply<>(provider, query.apply(api, context), null);
        } catch (LlmException error) {
            return new Reply<>(provider, null, error);
        }
    }
}
