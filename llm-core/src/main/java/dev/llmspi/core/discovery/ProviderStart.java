package dev.llmspi.core.discovery;

import dev.llmspi.api.LlmProvider;
import dev.llmspi.api.spi.ConfigFault;
import dev.llmspi.api.spi.LlmProviderFactory;
import dev.llmspi.api.spi.ProviderConfig;
import dev.llmspi.core.health.AccountKeys;
import dev.llmspi.core.runtime.FatalErrors;
import dev.llmspi.core.runtime.WorkerThreads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The start of one provider, which is created and initialized on its own thread so that a slow provider does not delay
 * the others.
 */
public final class ProviderStart {

    /**
     * The result of starting a provider.
     *
     * @param provider the provider that the factory created; it is initialized only if it can be used
     * @param reason why the provider cannot be used; {@code ""} if it can be used or if the faults contain the reason
     * @param failed whether an error in the factory's code is the cause
     * @param faults the faults in the provider's configuration block
     */
    record End(@Nullable LlmProvider provider, String reason, boolean failed, List<ConfigFault> faults) {

        /** Returns the provider, or null if it cannot be used. */
        @Nullable
        LlmProvider usable() {
            return reason.isEmpty() && faults.isEmpty() ? provider : null;
        }

        /** Returns the reason why the provider cannot be used, as one line of text. */
        String why() {
            return reason.isEmpty() ? "its configuration is wrong" : reason;
        }
    }

    private final CompletableFuture<End> end = new CompletableFuture<>();

    private final AccountKeys accounts;

    private ProviderStart(AccountKeys accounts) {
        this.accounts = accounts;
    }

    /**
     * Starts a provider.
     *
     * @param config the provider's configuration, which the factory reads
     * @param faults the list to which {@code config} adds its faults
     * @param accounts the accounts of the API keys that the provider reads
     */
    static ProviderStart begin(
            LlmProviderFactory factory, ProviderConfig config, List<ConfigFault> faults, AccountKeys accounts) {
        ProviderStart start = new ProviderStart(accounts);
        Runnable task = () -> start.run(factory, config, faults);
        WorkerThreads.startOrRun(WorkerThreads.daemon("llmspi-start-" + config.name(), task), task);
        return start;
    }

    private void run(LlmProviderFactory factory, ProviderConfig config, List<ConfigFault> faults) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Libraries in a plug-in look up services in its class loader.
        thread.setContextClassLoader(factory.getClass().getClassLoader());
        try {
            start(factory, config, faults);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void start(LlmProviderFactory factory, ProviderConfig config, List<ConfigFault> faults) {
        LlmProvider provider = null;
        String reason;
        boolean failed = false;
        try {
            provider = factory.create(config);
            config.refuseUnread();
            failed = provider == null;
            reason = config.unusableReason().orElse(failed ? "failed to start: its factory made nothing" : "");
            if (reason.isEmpty() && faults.isEmpty()) {
                provider.initialize();
            }
        } catch (Throwable e) {
            end.complete(new End(
                    provider, "failed to start: " + DiscoveryResult.oneLine(e.toString()), true, List.copyOf(faults)));
            FatalErrors.rethrow(e);
            return;
        }
        end.complete(new End(provider, reason, failed, List.copyOf(faults)));
    }

    /** Returns the accounts of the API keys that the provider reads. */
    AccountKeys accounts() {
        return accounts;
    }

    /** Returns a future that completes when the start has ended. It never completes exceptionally. */
    CompletableFuture<End> end() {
        return end;
    }
}
