package dev.llmspi.core.health;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Provider instances that share one {@link HealthRegistry}. The first failure that counts begins a cooldown. */
final class HealthFixture {

    static final CallContext CALL = CallContext.create();

    private static final URI HOST = URI.create("https://one.example");

    final ManualTimeSource time = ManualTimeSource.create();
    final RecordingListener listener = RecordingListener.create();
    final HealthRegistry registry = new HealthRegistry(time, listener::cooldownChanged);
    final Instance first = instance("first", Credential.of("key"), HOST);
    /** Uses the same account as {@link #first}. */
    final Instance twin = instance("twin", Credential.of("key"), HOST);

    final Instance otherAccount = instance("other-account", Credential.of("other-key"), HOST);
    /** Uses the same key as {@link #first}, but sends it to another host. */
    final Instance otherHost = instance("other-host", Credential.of("key"), URI.create("https://two.example"));

    /** The health of a provider and the keys of its accounts. */
    record Instance(ProviderHealth health, AccountKeys accounts, ManualTimeSource time) {

        /** Makes an attempt that uses the instance's current key and fails. */
        void fail(String model, LlmException error) {
            try (Permit permit = health.acquire(CALL, model)) {
                fail(permit, error);
            }
        }

        void fail(Permit permit, LlmException error) {
            permit.failed(error, time.nanoTime(), true, this::account);
        }

        /** Makes an attempt that succeeds. */
        void succeed(String model) {
            try (Permit permit = health.acquire(CALL, model)) {
                succeed(permit);
            }
        }

        void succeed(Permit permit) {
            permit.succeeded(time.nanoTime(), this::account);
        }

        /** Whether an attempt may start now. If it would be the trial, the next attempt becomes the trial instead. */
        boolean allows(String model) {
            try (Permit permit = health.tryAcquire(CALL, model)) {
                return permit != null;
            }
        }

        /** Returns how long an attempt would have to wait now. */
        Duration wait(String model) {
            return health.cooldown(CALL, model)
                    .map(cooldown -> Duration.ofNanos(cooldown.untilNanos() - time.nanoTime()))
                    .orElse(Duration.ZERO);
        }

        String account() {
            return accounts.now(CALL);
        }
    }

    Instance instance(String name, Credential credential, URI host) {
        return instance(name, "", credential, () -> Optional.of(host));
    }

    /** @param settings the HOCON text for the provider's block */
    Instance instance(String name, String settings, Credential credential, Supplier<Optional<URI>> endpoint) {
        AccountKeys accounts = new AccountKeys(Optional.empty(), (context, used) -> {}, context -> null);
        Credential unused = accounts.watched(credential);
        LlmSettings all = LlmSettings.builder()
                .text("llm.cooldown { after-failures = 1, of-attempts = 1 }", "test")
                .text("llm.providers." + name + " { type = t, retry.budget = 1, " + settings + " }", "test")
                .build();
        return new Instance(
                new ProviderHealth(all.providers().get(name), accounts, endpoint, registry), accounts, time);
    }

    List<CooldownChanged> events() {
        return listener.events(CooldownChanged.class);
    }

    static LlmException errorWithStatus(ErrorKind kind, int status) {
        return LlmException.builder(kind).message("failed").status(status).build();
    }

    static LlmException rateLimit(Duration retryAfter) {
        return LlmException.builder(ErrorKind.RATE_LIMIT)
                .message("too many requests")
                .retryAfter(retryAfter)
                .build();
    }
}
