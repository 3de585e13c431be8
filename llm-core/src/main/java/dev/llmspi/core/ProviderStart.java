package dev.llmspi.core;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.core.call.JvmTrouble;
import dev.llmspi.core.config.UnknownKeys;
import dev.llmspi.core.resilience.Accounts;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A provider on its way: made and initialized on a thread of its own, so that a slow one holds up nobody else. */
final class ProviderStart {

    /**
     * How a start ended.
     *
     * @param provider what the factory made; initialized if there is nothing against its use
     * @param reason why it cannot be used; {@code ""} if it can, or if faults say it
     * @param failed whether that is the fault of the factory's code
     * @param faults what is wrong with its block
     */
    record End(@Nullable LlmProvider provider, String reason, boolean failed, List<ConfigFault> faults) {

        /** The provider; null if it cannot be used. */
        @Nullable
        LlmProvider usable() {
            return reason.isEmpty() && faults.isEmpty() ? provider : null;
        }

        /** Why it cannot be used, in one line. */
        String why() {
            return reason.isEmpty() ? "its configuration is wrong" : reason;
        }
    }

    private final CompletableFuture<End> end = new CompletableFuture<>();

    private final Accounts accounts;

    private ProviderStart(Accounts accounts) {
        this.accounts = accounts;
    }

    /**
     * @param config of which nothing is read yet
     * @param faults where {@code config} puts what is wrong; nobody else's
     * @param accounts those of the keys it reads
     */
    static ProviderStart begin(
            LlmProviderFactory factory, ProviderConfig config, List<ConfigFault> faults, Accounts accounts) {
        ProviderStart start = new ProviderStart(accounts);
        Thread thread = new Thread(() -> start.run(factory, config, faults), "llmspi-start-" + config.name());
        thread.setDaemon(true);
        thread.setContextClassLoader(
                factory.getClass().getClassLoader()); // libraries of a plug-in look for their services there
        thread.start();
        return start;
    }

    private void run(LlmProviderFactory factory, ProviderConfig config, List<ConfigFault> faults) {
        LlmProvider provider = null;
        String reason;
        boolean failed = false;
        try {
            provider = factory.create(config);
            UnknownKeys.refuse(config);
            failed = provider == null;
            reason = config.unusableReason().orElse(failed ? "failed to start: its factory made nothing" : "");
            if (reason.isEmpty() && faults.isEmpty()) {
                provider.initialize();
            }
        } catch (Throwable e) {
            end.complete(new End(provider, "failed to start: " + e, true, List.copyOf(faults)));
            JvmTrouble.rethrow(e);
            return;
        }
        end.complete(new End(provider, reason, failed, List.copyOf(faults)));
    }

    /** The accounts of the keys the provider reads. */
    Accounts accounts() {
        return accounts;
    }

    /** Completes with how it ends, never exceptionally. */
    CompletableFuture<End> end() {
        return end;
    }
}
