package dev.llmspi.it.soak;

import dev.llmspi.it.faults.HttpVersion;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Makes calls from many threads while both providers fail in many ways and connections die silently. The seed
 * determines the result of each call. Afterwards, threads, file descriptors and heap must return to their initial
 * values.
 */
@Tag("soak")
class SoakTest {

    private static final int CALLS = Integer.getInteger("llmspi.soak-calls", 300);
    /** The duration for each HTTP version. With 0, the test ends after the given number of calls. */
    private static final int MINUTES = Integer.getInteger("llmspi.soak-minutes", 0);

    private static final int CALLS_PER_DEATH = 1_000;
    private static final int WARM_UP = 300;
    private static final long SEED = Long.getLong("llmspi.seed", System.nanoTime());

    static {
        // The JDK remembers 20,480 TLS sessions by default, so that the heap would grow with each connection.
        System.setProperty("javax.net.ssl.sessionCacheSize", "64");
    }

    @ParameterizedTest
    @EnumSource
    void manyCalls_withFaultsInterruptsAndDeadConnections_endAsPredictedAndLeakNothing(HttpVersion version)
            throws Exception {
        System.out.println("SoakTest: " + version + ", llmspi.seed=" + SEED);
        Footprint untouched = Footprint.now();
        try (SoakRig warmUp = new SoakRig(version, SEED - 1)) { // the warm-up loads the classes
            warmUp.warmUp();
            warmUp.calls(WARM_UP);
            warmUp.connectionsDie();
        }
        Footprint before = Footprint.now().withThreadsOf(untouched);
        long start = System.nanoTime();
        try (SoakRig rig = new SoakRig(version, SEED)) {
            for (int calls = 0; goesOn(calls, start); calls += CALLS_PER_DEATH) {
                rig.calls(MINUTES > 0 ? CALLS_PER_DEATH : Math.min(CALLS_PER_DEATH, CALLS - calls));
                rig.connectionsDie();
            }
            System.out.println(
                    "SoakTest: " + rig + " in " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + " s");
        }
        before.awaitBack("seed " + SEED);
        System.out.println("SoakTest: at the start " + before + ", at the end " + Footprint.now());
    }

    private static boolean goesOn(int calls, long start) {
        return MINUTES > 0 ? System.nanoTime() - start < TimeUnit.MINUTES.toNanos(MINUTES) : calls < CALLS;
    }
}
