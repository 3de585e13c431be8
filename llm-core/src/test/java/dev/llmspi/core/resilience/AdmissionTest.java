package dev.llmspi.core.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.CallContext;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.spi.Credential;
import dev.llmspi.api.spi.Secret;
import dev.llmspi.core.call.Listeners;
import dev.llmspi.core.settings.LlmSettings;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import java.net.URI;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What attempts of several instances, models and accounts learn from each other, and what they do not. */
class AdmissionTest {

    private static final CallContext CALL = CallContext.create();

    private final ManualTimeSource time = ManualTimeSource.create();
    private final RecordingListener listener = RecordingListener.create();
    private final HealthBoard board = new HealthBoard(time, Listeners.of(List.of(listener)));
    private final Map<Admission, Accounts> accounts = new IdentityHashMap<>();
    /** Two instances with one account at one host, one with another account, one at another host. */
    private final Admission first = instance("first", "key", "https://one.example");

    private final Admission twin = instance("twin", "key", "https://one.example");
    private final Admission other = instance("other", "other-key", "https://one.example");
    private final Admission elsewhere = instance("elsewhere", "key", "https://two.example");

    private Admission instance(String name, String key, String host) {
        Accounts own = new Accounts(Optional.empty());
        Credential unused = own.watched(Credential.of(key));
        Admission admission = instance(name, own, () -> Optional.of(URI.create(host)));
        accounts.put(admission, own);
        return admission;
    }

    /** @param block the name, or a block of its own */
    private Admission instance(String block, Accounts own, Supplier<Optional<URI>> endpoint) {
        String providers = block.contains("{") ? block : block + " { type = t, retry.budget = 1 }";
        return new Admission(
                LlmSettings.builder()
                        .text(
                                "llm { cooldown { after-failures = 1, of-attempts = 1 }, providers." + providers + " }",
                                "test")
                        .build()
                        .providers()
                        .get(block.split(" ")[0]),
                own,
                endpoint,
                board);
    }

    private static LlmException error(ErrorKind kind) {
        return LlmException.builder(kind).message("failed").build();
    }

    private static LlmException slowDown(Duration wait) {
        return LlmException.builder(ErrorKind.RATE_LIMIT)
                .message("slow")
                .retryAfter(wait)
                .build();
    }

    /** An attempt that fails, with the key the instance has now. */
    private void fail(Admission admission, String model, LlmException error) {
        try (Ticket ticket = admission.enter(CALL, model, true)) {
            ticket.failed(error, time.nanoTime(), true, () -> account(admission));
        }
    }

    /** An attempt that is answered. */
    private void answer(Admission admission, String model) {
        try (Ticket ticket = admission.enter(CALL, model, true)) {
            ticket.succeeded(time.nanoTime(), () -> account(admission));
        }
    }

    /** The label of the account. */
    private String account(Admission admission) {
        return accounts.get(admission).now(CALL);
    }

    private static boolean free(Admission admission, String model) {
        try (Ticket ticket = admission.enter(CALL, model, false)) {
            return ticket != null;
        }
    }

    @Test
    void enter_nothingKnown_letsEveryAttemptGo() {
        for (Admission admission : List.of(first, twin, other, elsewhere)) {
            assertTrue(free(admission, "m"));
            assertEquals(Optional.empty(), admission.cooldown(CALL, "m"));
            assertEquals(List.of(), admission.cooldowns());
        }
        assertTrue(board.isEmpty());
    }

    @Test
    void failed_connection_concernsTheInstanceAlone() {
        fail(first, "m", error(ErrorKind.CONNECTION));
        assertFalse(free(first, "m"));
        assertFalse(free(first, "another"));
        assertTrue(first.isLeftAlone("another"));
        assertTrue(free(twin, "m"));
        ProviderHealth.Entry entry = first.cooldowns().get(0);
        assertEquals(Optional.empty(), entry.model());
        assertTrue(entry.whole());
        assertEquals(List.of(), twin.cooldowns());
    }

    @Test
    void failed_service_concernsTheModelAlone() {
        fail(first, "m", error(ErrorKind.SERVICE));
        assertFalse(free(first, "m"));
        assertTrue(free(first, "another"));
        assertTrue(first.isLeftAlone("m"));
        assertFalse(first.isLeftAlone("another"));
        assertTrue(free(twin, "m"));
        assertFalse(first.cooldowns().get(0).whole());
        assertEquals(Optional.of("m"), first.cooldowns().get(0).model());
    }

    @Test
    void failed_credit_concernsTheAccountWhoeverUsesIt() {
        answer(twin, "m"); // it has come across its account
        fail(first, "m", error(ErrorKind.RESOURCE_EXHAUSTED));
        assertFalse(free(first, "m"));
        assertFalse(free(first, "another"));
        assertFalse(free(twin, "m"));
        assertTrue(free(other, "m"));
        assertTrue(free(elsewhere, "m"));
        assertFalse(first.isLeftAlone("m"), "the account is, not the provider");
        assertEquals(1, twin.cooldowns().size());
        assertTrue(first.cooldowns().get(0).whole());
        assertEquals(List.of(), other.cooldowns());
        CooldownChanged told = listener.events(CooldownChanged.class).get(0);
        assertEquals(account(first), told.account().orElseThrow());
        assertEquals(Optional.empty(), told.model());
    }

    @Test
    void failed_rateLimitWithAWait_concernsTheAccountAndTheModel() {
        fail(first, "m", slowDown(Duration.ofSeconds(7)));
        assertFalse(free(first, "m"));
        assertTrue(free(first, "another"));
        assertFalse(free(twin, "m"));
        assertTrue(free(other, "m"));
        assertEquals(
                Duration.ofSeconds(7).toNanos(),
                first.cooldown(CALL, "m").orElseThrow().untilNanos() - time.nanoTime());
        time.advance(Duration.ofSeconds(7));
        assertEquals(List.of(), first.cooldowns(), "what was asked for is over by itself");
        assertEquals(
                List.of(true, false),
                listener.events(CooldownChanged.class).stream()
                        .map(event -> event.until().isPresent())
                        .toList());
        assertTrue(board.isEmpty() || free(first, "m"));
    }

    @Test
    void cooldown_ofSeveral_isTheOneThatLastsLongest() {
        fail(first, "m", error(ErrorKind.RESOURCE_EXHAUSTED)); // 5 min
        fail(first, "m", error(ErrorKind.CONNECTION)); // 5 s
        assertEquals(
                ErrorKind.RESOURCE_EXHAUSTED,
                first.cooldown(CALL, "m").orElseThrow().kind());
        first.reset();
        fail(first, "m", error(ErrorKind.CONNECTION)); // 5 s
        fail(first, "m", error(ErrorKind.RESOURCE_EXHAUSTED)); // 5 min
        assertEquals(
                ErrorKind.RESOURCE_EXHAUSTED,
                first.cooldown(CALL, "m").orElseThrow().kind());
        first.reset();
        fail(first, "m", error(ErrorKind.CONNECTION)); // 5 s
        fail(first, "m", slowDown(Duration.ofSeconds(2)));
        assertEquals(
                ErrorKind.CONNECTION, first.cooldown(CALL, "m").orElseThrow().kind());
    }

    @Test
    void enter_twoCooldownsAndOneIsNotOver_givesTheTrialOfTheOtherBack() {
        fail(first, "m", error(ErrorKind.CONNECTION)); // 5 s
        fail(first, "m", error(ErrorKind.RESOURCE_EXHAUSTED)); // 5 min
        time.advance(Duration.ofSeconds(5));
        assertFalse(free(first, "m"));
        time.advance(Duration.ofMinutes(5));
        Ticket trial = first.enter(CALL, "m", false);
        assertNotNull(trial, "the first trial was given back");
        assertNull(first.enter(CALL, "m", false), "one at a time");
        trial.succeeded(time.nanoTime(), () -> account(first));
        trial.close();
        assertTrue(free(first, "m"));
        assertTrue(board.isEmpty());
    }

    @Test
    void ticket_closedWithoutAnEnd_leavesTheTrialToTheNext() {
        fail(first, "m", error(ErrorKind.SERVICE));
        time.advance(Duration.ofSeconds(5));
        first.enter(CALL, "m", false).close();
        assertTrue(free(first, "m"));
    }

    @Test
    void ticket_trialAnsweredWithAnotherError_showsThatTheInstanceCanBeReached() {
        fail(first, "m", error(ErrorKind.CONNECTION));
        time.advance(Duration.ofSeconds(5));
        fail(
                first,
                "m",
                LlmException.builder(ErrorKind.INVALID_REQUEST)
                        .message("wrong")
                        .status(400)
                        .build());
        assertTrue(free(first, "m"));
        assertEquals(List.of(), first.cooldowns());
    }

    @Test
    void ticket_trialThatNeverArrived_showsNothing() {
        fail(first, "m", error(ErrorKind.CONNECTION));
        time.advance(Duration.ofSeconds(5));
        fail(first, "m", error(ErrorKind.INVALID_REQUEST)); // without a status: nobody answered
        assertEquals(1, first.cooldowns().size());
        assertTrue(free(first, "m"), "the next one is the trial");
    }

    @Test
    void ticket_trialAnsweredByAProxyInstead_isAFailureOfTheWay() {
        fail(first, "m", error(ErrorKind.CONNECTION)); // 5 s
        time.advance(Duration.ofSeconds(5));
        LlmException refused = LlmException.builder(ErrorKind.CONNECTION)
                .message("a proxy wants credentials")
                .status(407)
                .build();
        fail(first, "m", refused);
        assertEquals(
                Duration.ofSeconds(10).toNanos(),
                first.cooldown(CALL, "m").orElseThrow().untilNanos() - time.nanoTime());
    }

    @Test
    void ticket_trialAnsweredWithAnotherKey_leavesTheTrialOfTheOldOneToTheNext() {
        fail(first, "m", error(ErrorKind.AUTHENTICATION));
        fail(first, "m", error(ErrorKind.CONNECTION));
        time.advance(Duration.ofMinutes(5));
        try (Ticket trial = first.enter(CALL, "m", false)) {
            trial.succeeded(time.nanoTime(), () -> "#another");
            assertEquals(1, first.cooldowns().size(), "nobody knows of the old key");
            assertTrue(free(first, "m"));
        }
    }

    @Test
    void ticket_trialOfOneThingThatFailsInAnother_isNoTrialOfThat() {
        fail(first, "m", error(ErrorKind.CONNECTION)); // 5 s
        time.advance(Duration.ofSeconds(3));
        fail(first, "m", error(ErrorKind.SERVICE)); // 5 s
        time.advance(Duration.ofSeconds(2));
        fail(first, "m", error(ErrorKind.SERVICE)); // the trial of the instance, made although the model is in cooldown
        assertEquals(
                Duration.ofSeconds(3).toNanos(),
                first.cooldown(CALL, "m").orElseThrow().untilNanos() - time.nanoTime());
    }

    @Test
    void enter_afterAWaitThatWasAskedFor_tellsThatItIsOver() {
        fail(first, "m", slowDown(Duration.ofSeconds(7)));
        time.advance(Duration.ofSeconds(7));
        assertTrue(free(first, "m"));
        CooldownChanged told = listener.events(CooldownChanged.class).get(1);
        assertEquals(Optional.empty(), told.until());
        assertEquals(Optional.of("m"), told.model());
    }

    @Test
    void enter_noAccountInCooldown_asksForNoKey() {
        int[] asked = new int[1];
        Accounts counted = new Accounts(Optional.empty());
        Credential unused = counted.watched(context -> {
            asked[0]++;
            return Secret.of("key");
        });
        Admission admission = instance("counted", counted, () -> Optional.of(URI.create("https://one.example")));
        fail(other, "m", error(ErrorKind.SERVICE));
        assertTrue(free(admission, "m"));
        assertEquals(0, asked[0], "a vault is not asked for nothing");
        fail(other, "m", error(ErrorKind.AUTHENTICATION));
        assertTrue(free(admission, "m"));
        assertEquals(1, asked[0]);
    }

    @Test
    void endpoint_outOfMemory_comesOut() {
        Admission dying = instance("dying", new Accounts(Optional.empty()), () -> {
            throw new OutOfMemoryError("test");
        });
        assertThrows(OutOfMemoryError.class, dying::endpoint);
    }

    @Test
    void failureThatSuccessesFollow_isForgottenInTheEnd() {
        Admission lenient = instance(
                "lenient { type = t, cooldown { after-failures = 2, of-attempts = 2 } }",
                new Accounts(Optional.empty()),
                Optional::empty);
        accounts.put(lenient, new Accounts(Optional.empty()));
        fail(lenient, "m", error(ErrorKind.SERVICE));
        assertFalse(board.isEmpty());
        answer(lenient, "m");
        answer(lenient, "m");
        assertTrue(board.isEmpty());
    }

    static Stream<LlmException> saysNothingOfTheNextCall() {
        return Stream.of(
                error(ErrorKind.INVALID_REQUEST),
                error(ErrorKind.MODEL),
                error(ErrorKind.RATE_LIMIT), // without a wait
                LlmException.builder(ErrorKind.AUTHENTICATION)
                        .message("the key that failed is gone")
                        .reason(ErrorReason.CREDENTIAL_RENEWED)
                        .build(),
                LlmException.builder(ErrorKind.CONNECTION)
                        .message("an old connection")
                        .reason(ErrorReason.STALE_CONNECTION)
                        .build(),
                LlmException.builder(ErrorKind.SERVICE)
                        .message("still starting")
                        .requestSent(false)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("saysNothingOfTheNextCall")
    void failed_whatSaysNothingOfTheNextCall_isForgotten(LlmException error) {
        fail(first, "m", error);
        assertTrue(board.isEmpty());
        assertEquals(List.of(), listener.events());
    }

    @Test
    void failed_timeoutOfACallersOwnClock_isForgotten() {
        for (boolean counts : new boolean[] {false, true}) {
            try (Ticket ticket = first.enter(CALL, "m", true)) {
                ticket.failed(error(ErrorKind.TIMEOUT), time.nanoTime(), counts, () -> account(first));
            }
            assertEquals(counts, first.isLeftAlone("m"));
        }
    }

    @Test
    void entries_accountThatWasAnsweredSince_isNotTheWholeInstance() {
        fail(first, "m", error(ErrorKind.AUTHENTICATION));
        assertTrue(first.cooldowns().get(0).whole());
        time.advance(Duration.ofSeconds(1));
        // Another key of the same instance is answered.
        try (Ticket ticket = first.enter(CALL, "m", true)) {
            ticket.succeeded(time.nanoTime(), () -> "#another");
        }
        assertFalse(first.cooldowns().get(0).whole());
    }

    @Test
    void mayRetry_budget_comesBackWithAnswers() {
        assertTrue(first.mayRetry());
        assertFalse(first.mayRetry());
        assertTrue(twin.mayRetry(), "each instance has its own");
        answer(first, "m");
        answer(first, "m");
        assertTrue(first.mayRetry());
        assertFalse(first.mayRetry(), "never more than at the start");
        first.reset();
        assertTrue(first.mayRetry());
    }

    @Test
    void reset_forgetsWhatConcernsTheInstance_andSaysSo() {
        fail(first, "m", error(ErrorKind.SERVICE));
        fail(other, "m", error(ErrorKind.SERVICE));
        first.reset();
        assertTrue(free(first, "m"));
        assertFalse(free(other, "m"));
        assertEquals(3, listener.events(CooldownChanged.class).size());
    }

    @Test
    void manyModels_doNotFillTheMemory() {
        for (int i = 0; i < 1_500; i++) {
            fail(first, "model-" + i, error(ErrorKind.SERVICE));
            time.advance(Duration.ofSeconds(5)); // over, but for the trial
        }
        int[] kept = new int[1];
        board.forEach((key, gate) -> kept[0]++);
        assertTrue(kept[0] <= 1_000, kept[0] + " are kept");
        assertTrue(kept[0] >= 400, kept[0] + " are kept");
    }
}
