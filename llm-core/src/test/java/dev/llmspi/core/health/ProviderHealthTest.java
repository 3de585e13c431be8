package dev.llmspi.core.health;

import static dev.llmspi.core.Bench.error;
import static dev.llmspi.core.health.HealthFixture.CALL;
import static dev.llmspi.core.health.HealthFixture.rateLimit;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Named.named;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.health.HealthFixture.Instance;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which attempts have to wait after an error, and for how long. */
class ProviderHealthTest {

    private final HealthFixture providers = new HealthFixture();
    private final Instance first = providers.first;
    private final Instance twin = providers.twin;
    private final Instance otherAccount = providers.otherAccount;
    private final Instance otherHost = providers.otherHost;

    private static String attempt(Instance instance, String model) {
        return instance.allows(model) ? "free" : "waits";
    }

    private static LlmException errorWith(ErrorKind kind, @Nullable Integer retryAfter) {
        LlmException error = error(kind);
        return retryAfter == null
                ? error
                : error.toBuilder().retryAfter(Duration.ofSeconds(retryAfter)).build();
    }

    /**
     * The provider "first" fails with one model. Its twin is another provider with the same account at the same
     * host. Retry-After and the wait are in seconds.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            error              | Retry-After | wait | same model | other model | twin  | twin/other | account 2 | host 2
            CONNECTION         |             | 5    | waits      | waits       | free  | free       | free      | free
            SERVICE            |             | 5    | waits      | free        | free  | free       | free      | free
            TIMEOUT            |             | 5    | waits      | free        | free  | free       | free      | free
            AUTHENTICATION     |             | 60   | waits      | waits       | waits | waits      | free      | free
            RESOURCE_EXHAUSTED |             | 300  | waits      | waits       | waits | waits      | free      | free
            RESOURCE_EXHAUSTED | 7           | 7    | waits      | waits       | waits | waits      | free      | free
            RATE_LIMIT         | 7           | 7    | waits      | free        | waits | free       | free      | free
            """)
    void failed_error_attemptsItConcernsWait(
            ErrorKind kind,
            @Nullable Integer retryAfter,
            int wait,
            String sameModel,
            String otherModel,
            String twinSameModel,
            String twinOtherModel,
            String account2,
            String host2) {
        first.fail("m", errorWith(kind, retryAfter));
        assertEquals(Duration.ofSeconds(wait), first.wait("m"));
        providers.time.advance(Duration.ofSeconds(wait).minusNanos(1));
        assertAll(
                () -> assertEquals(sameModel, attempt(first, "m"), "same model"),
                () -> assertEquals(otherModel, attempt(first, "other"), "other model"),
                () -> assertEquals(twinSameModel, attempt(twin, "m"), "twin"),
                () -> assertEquals(twinOtherModel, attempt(twin, "other"), "twin, other model"),
                () -> assertEquals(account2, attempt(otherAccount, "m"), "other account"),
                () -> assertEquals(host2, attempt(otherHost, "m"), "other host"));
        providers.time.advance(Duration.ofNanos(1));
        assertAll(
                () -> assertTrue(first.allows("m")),
                () -> assertTrue(first.allows("other")),
                () -> assertTrue(twin.allows("m")),
                () -> assertTrue(twin.allows("other")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, nullValues = "-", textBlock = """
            error              | Retry-After | its model | its account | whole instance | model fails | other fails
            CONNECTION         | -           | -         | false       | true           | true        | true
            SERVICE            | -           | m         | false       | false          | true        | false
            AUTHENTICATION     | -           | -         | true        | true           | false       | false
            RESOURCE_EXHAUSTED | -           | -         | true        | true           | false       | false
            RATE_LIMIT         | 7           | m         | true        | false          | false       | false
            """)
    void cooldowns_afterAnError_sayWhatIsAffected(
            ErrorKind kind,
            @Nullable Integer retryAfter,
            @Nullable String model,
            boolean namesAccount,
            boolean wholeInstance,
            boolean modelFails,
            boolean otherModelFails) {
        first.fail("m", errorWith(kind, retryAfter));
        assertFalse(twin.account().isEmpty()); // the twin knows its account from now on
        assertEquals(1, first.health().cooldowns().size());
        CooldownTracker.ActiveCooldown cooldown = first.health().cooldowns().get(0);
        CooldownChanged event = providers.events().get(0);
        Optional<String> account = namesAccount ? Optional.of(first.account()) : Optional.empty();
        assertAll(
                () -> assertEquals(Optional.ofNullable(model), cooldown.model()),
                () -> assertEquals(Optional.ofNullable(model), event.model()),
                () -> assertEquals(account, cooldown.account()),
                () -> assertEquals(account, event.account()),
                () -> assertEquals(wholeInstance, cooldown.whole()),
                () -> assertEquals(modelFails, first.health().isFailing("m")),
                () -> assertEquals(otherModelFails, first.health().isFailing("other")),
                () -> assertEquals(
                        namesAccount ? 1 : 0, twin.health().cooldowns().size(), "twin"),
                () -> assertEquals(List.of(), otherAccount.health().cooldowns()));
    }

    static Stream<Named<LlmException>> errorsThatSayNothingAboutTheNextCall() {
        return Stream.of(
                named("the request is invalid", error(ErrorKind.INVALID_REQUEST)),
                named("the model is unknown", error(ErrorKind.MODEL)),
                named("a rate limit without Retry-After", error(ErrorKind.RATE_LIMIT)),
                named(
                        "the rejected key has been renewed",
                        error(ErrorKind.AUTHENTICATION).toBuilder()
                                .reason(ErrorReason.CREDENTIAL_RENEWED)
                                .build()),
                named(
                        "a pooled connection was stale",
                        error(ErrorKind.CONNECTION).toBuilder()
                                .reason(ErrorReason.STALE_CONNECTION)
                                .build()),
                named(
                        "the provider is still starting",
                        error(ErrorKind.SERVICE).toBuilder().requestSent(false).build()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failed_unprocessed_countsOnlyIfItIsNotSentAgain(boolean resendLeft) {
        LlmException unprocessed = error(ErrorKind.CONNECTION).toBuilder()
                .reason(ErrorReason.UNPROCESSED)
                .build();
        try (Permit permit = first.health().acquire(HealthFixture.CALL, "m")) {
            permit.resendLeft(resendLeft);
            first.fail(permit, unprocessed);
        }
        assertEquals(resendLeft, providers.registry.isEmpty());
    }

    @ParameterizedTest
    @MethodSource("errorsThatSayNothingAboutTheNextCall")
    void failed_errorThatSaysNothingAboutTheNextCall_isForgotten(LlmException error) {
        first.fail("m", error);
        assertTrue(providers.registry.isEmpty());
        assertEquals(List.of(), providers.listener.events());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            timeout counts | next attempt
            true           | waits
            false          | free
            """)
    void failed_timeout_countsOnlyIfItSaysSomethingAboutTheProvider(boolean counts, String next) {
        try (Permit permit = first.health().acquire(CALL, "m")) {
            permit.failed(error(ErrorKind.TIMEOUT), providers.time.nanoTime(), counts, first::account);
        }
        assertEquals(next, attempt(first, "m"));
    }

    static Stream<Named<List<LlmException>>> errorsOfWhichTheSecondLastsLonger() {
        LlmException fiveMinutes = error(ErrorKind.RESOURCE_EXHAUSTED);
        LlmException fiveSeconds = error(ErrorKind.CONNECTION);
        LlmException twoSeconds = rateLimit(Duration.ofSeconds(2));
        return Stream.of(
                named("5 s, then 5 min", List.of(fiveSeconds, fiveMinutes)),
                named("2 s, then 5 s", List.of(twoSeconds, fiveSeconds)),
                named("2 s, then 5 min", List.of(twoSeconds, fiveMinutes)));
    }

    @ParameterizedTest
    @MethodSource("errorsOfWhichTheSecondLastsLonger")
    void cooldown_several_isTheLongestInEitherOrder(List<LlmException> errors) {
        LlmException shorter = errors.get(0);
        LlmException longer = errors.get(1);
        first.fail("m", shorter);
        first.fail("m", longer);
        assertEquals(longer.kind(), longest());
        first.health().reset();
        first.fail("m", longer);
        first.fail("m", shorter);
        assertEquals(longer.kind(), longest());
    }

    private ErrorKind longest() {
        return first.health().cooldown(CALL, "m").orElseThrow().kind();
    }

    @Test
    void tryAcquire_noFailureYet_allowsEveryAttempt() {
        for (Instance instance : List.of(first, twin, otherAccount, otherHost)) {
            assertTrue(instance.allows("m"));
            assertEquals(Optional.empty(), instance.health().cooldown(CALL, "m"));
            assertEquals(List.of(), instance.health().cooldowns());
        }
        assertTrue(providers.registry.isEmpty());
    }

    @Test
    void tryAcquire_afterTheRequestedWait_reportsTheEndOfTheCooldown() {
        first.fail("m", rateLimit(Duration.ofSeconds(7)));
        assertTrue(providers.events().get(0).until().isPresent());
        providers.time.advance(Duration.ofSeconds(7));
        assertTrue(first.allows("m"));
        assertEquals(2, providers.events().size());
        CooldownChanged ended = providers.events().get(1);
        assertEquals(Optional.empty(), ended.until());
        assertEquals(Optional.of("m"), ended.model());
    }

    @Test
    void cooldowns_afterTheRequestedWait_areOverWithoutATrial() {
        first.fail("m", rateLimit(Duration.ofSeconds(7)));
        providers.time.advance(Duration.ofSeconds(7));
        assertEquals(List.of(), first.health().cooldowns());
        assertEquals(2, providers.events().size());
    }

    @Test
    void cooldowns_anotherKeyWasAnsweredSince_doNotAffectTheWholeInstance() {
        first.fail("m", error(ErrorKind.AUTHENTICATION));
        assertTrue(first.health().cooldowns().get(0).whole());
        providers.time.advance(Duration.ofSeconds(1));
        try (Permit permit = first.health().acquire(CALL, "m")) {
            permit.succeeded(providers.time.nanoTime(), () -> "#another-account");
        }
        assertFalse(first.health().cooldowns().get(0).whole());
    }

    @Test
    void tryAcquire_noAccountInCooldown_readsNoKey() {
        AtomicInteger reads = new AtomicInteger();
        Credential counted = context -> {
            reads.incrementAndGet();
            return Secret.of("key");
        };
        Instance instance = providers.instance("counted", counted, URI.create("https://one.example"));
        otherAccount.fail("m", error(ErrorKind.SERVICE));
        assertTrue(instance.allows("m"));
        assertEquals(0, reads.get(), "reading a key can mean a request to a vault");
        otherAccount.fail("m", error(ErrorKind.AUTHENTICATION));
        assertTrue(instance.allows("m"));
        assertEquals(1, reads.get());
    }

    @Test
    void endpoint_outOfMemory_isRethrown() {
        Instance dying = providers.instance("dying", "", Credential.of("key"), () -> {
            throw new OutOfMemoryError("test");
        });
        assertThrows(OutOfMemoryError.class, dying.health()::endpoint);
    }

    @Test
    void succeeded_oftenEnoughAfterAFailure_forgetsTheFailure() {
        Instance lenient = providers.instance(
                "lenient", "cooldown { after-failures = 2, of-attempts = 2 }", Credential.of("key"), Optional::empty);
        lenient.fail("m", error(ErrorKind.SERVICE));
        assertFalse(providers.registry.isEmpty());
        lenient.succeed("m");
        lenient.succeed("m");
        assertTrue(providers.registry.isEmpty());
    }

    @Test
    void reset_cooldowns_endsThoseOfTheInstanceAndReportsIt() {
        first.fail("m", error(ErrorKind.SERVICE));
        otherAccount.fail("m", error(ErrorKind.SERVICE));
        first.health().reset();
        assertTrue(first.allows("m"));
        assertFalse(otherAccount.allows("m"));
        assertEquals(3, providers.events().size());
        assertEquals(Optional.empty(), providers.events().get(2).until());
    }

    @Test
    void failed_moreModelsThanTheRegistryKeeps_forgetsThoseThatAreDue() {
        for (int i = 0; i < 1_500; i++) {
            first.fail("model-" + i, error(ErrorKind.SERVICE));
            providers.time.advance(Duration.ofSeconds(5)); // now only a trial is still needed
        }
        AtomicInteger kept = new AtomicInteger();
        providers.registry.forEach((key, breaker) -> kept.incrementAndGet());
        assertTrue(kept.get() <= 1_000, kept + " are kept");
        assertTrue(kept.get() >= 400, kept + " are kept");
    }
}
