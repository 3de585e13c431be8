package dev.llmspi.it.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Checks that the contract detects each fault: if a provider has one fault, exactly the rule that covers this fault
 * fails.
 */
@Tag("build")
class MutantTest {

    private static final Pattern RULE = Pattern.compile("(\\d+\\.\\d+) .*");

    /**
     * Mutants for which several rules wait for a timeout. They run in the background, because waiting takes no CPU
     * time.
     */
    private static final List<Class<? extends Mutant>> SLOW = List.of(
            StreamMutants.WaitsForTheWholeStream.class,
            Mutants.IgnoresCancelWhileWaiting.class,
            StreamMutants.IgnoresClose.class);

    private static final Map<Class<?>, CompletableFuture<Run>> STARTED = new HashMap<>();

    @BeforeAll
    static void startSlowMutants() {
        Executor newThreads = task -> new Thread(task, "slow-mutant").start();
        for (Class<? extends Mutant> mutant : SLOW) {
            STARTED.put(mutant, CompletableFuture.supplyAsync(() -> Run.of(mutant), newThreads));
        }
    }

    static Stream<Arguments> mutants() {
        return Stream.of(
                arguments(Mutant.class, new String[] {}),
                arguments(LifecycleMutants.HasAnotherName.class, new String[] {"1.2"}),
                arguments(LifecycleMutants.BlocksInCreate.class, new String[] {"2.2"}),
                arguments(LifecycleMutants.ConnectsInCreate.class, new String[] {"2.3"}),
                arguments(Mutants.GivesNull.class, new String[] {"3.1"}),
                arguments(Mutants.LosesUsage.class, new String[] {"3.4"}),
                arguments(Mutants.SendsTwice.class, new String[] {"3.5"}),
                arguments(StreamMutants.DropsAPieceOfArguments.class, new String[] {"4.6"}),
                arguments(StreamMutants.SendsEmptyPieces.class, new String[] {"5.3"}),
                arguments(StreamMutants.TakesACutForTheEnd.class, new String[] {"5.7"}),
                arguments(StreamMutants.TakesTheEndForAFinish.class, new String[] {"5.8"}),
                arguments(Mutants.TakesRejectedKeyForTrouble.class, new String[] {"6.1"}),
                arguments(Mutants.LosesRetryAfter.class, new String[] {"6.9", "6.10"}),
                arguments(Mutants.MakesAnAnswerOfNothing.class, new String[] {"6.13"}),
                arguments(Mutants.TakesALostConnectionForUnsent.class, new String[] {"6.15"}),
                arguments(Mutants.RetriesItself.class, new String[] {"6.17"}),
                arguments(Mutants.PassesServerTextOn.class, new String[] {"6.19"}),
                arguments(Mutants.IgnoresCancelBeforehand.class, new String[] {"7.2"}),
                arguments(StreamMutants.NamesTheCallInPlaceOfTheModel.class, new String[] {"5.13"}),
                arguments(LifecycleMutants.ConnectsInInitialize.class, new String[] {"8.1"}),
                arguments(LifecycleMutants.ThrowsWhenClosedAgain.class, new String[] {"8.2"}),
                arguments(LifecycleMutants.ClosesAllWithOne.class, new String[] {"8.4"}),
                arguments(Mutants.LeaksKeyInToString.class, new String[] {"9.2"}),
                arguments(Mutants.LeaksKeyInErrors.class, new String[] {"9.3"}),
                arguments(LifecycleMutants.SharesStateBetweenThreads.class, new String[] {"10.1"}),
                arguments(StreamMutants.WaitsForTheWholeStream.class, new String[] {"5.6"}),
                arguments(Mutants.IgnoresCancelWhileWaiting.class, new String[] {"7.1"}),
                arguments(StreamMutants.IgnoresClose.class, new String[] {"7.5"}));
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void contract_mutant_failsOnlyTheRuleAboutItsFault(Class<? extends Mutant> mutant, String[] rules) {
        CompletableFuture<Run> started = STARTED.get(mutant);
        Run run = started != null ? started.join() : Run.of(mutant);

        assertTrue(run.ended.get() > 75, () -> "only " + run.ended + " rules were tried or skipped");
        Map<String, Object> expected = new TreeMap<>();
        for (String rule : rules) {
            expected.put(rule, run.failed.getOrDefault(rule, "this rule holds"));
        }
        assertEquals(expected, run.failed);
    }

    /** Collects the failures of one contract run by rule number. */
    private static final class Run implements TestExecutionListener {
        final Map<String, Object> failed = new ConcurrentSkipListMap<>();
        final AtomicInteger ended = new AtomicInteger();

        /** Runs the contract against a mutant. */
        static Run of(Class<? extends Mutant> mutant) {
            Run run = new Run();
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectClass(mutant))
                    .build();
            LauncherFactory.create().execute(request, run);
            return run;
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            Matcher rule = RULE.matcher(test.getDisplayName());
            boolean isRule = rule.matches();
            if (isRule) {
                ended.incrementAndGet();
            }
            if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                failed.put(
                        isRule ? rule.group(1) : test.getDisplayName(),
                        result.getThrowable().map(Throwable::toString).orElse(""));
            }
        }
    }
}
