package dev.llmspi.core.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.settings.CooldownSettings;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests which circuit breakers the registry keeps, and for how long. */
@Timeout(60)
class HealthRegistryTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int MANY = 100_000;

    private final ManualTimeSource time = ManualTimeSource.create();
    private final HealthRegistry registry = new HealthRegistry(time, event -> {});

    private static Cooldown.Key model(String name) {
        return new Cooldown.Key(Cooldown.Scope.RATE, "p", "", name);
    }

    private Cooldown begin(Cooldown.Key key, Duration length) {
        return registry.change(
                key,
                () -> new CooldownBreaker(CooldownSettings.defaults(), time, false),
                breaker -> breaker.begin(ErrorKind.RATE_LIMIT, length));
    }

    private int size() {
        AtomicInteger count = new AtomicInteger();
        registry.forEach((key, breaker) -> count.incrementAndGet());
        return count.get();
    }

    @Test
    void change_manyModelsAreDue_areForgotten() {
        for (int i = 0; i < 5_000; i++) {
            begin(model("m" + i), SECOND);
            time.advance(SECOND);
            assertTrue(size() <= 1_000);
        }
    }

    private void countFailure(Cooldown.Key key) {
        assertNull(registry.change(
                key,
                () -> new CooldownBreaker(CooldownSettings.defaults(), time, true),
                breaker -> breaker.failed(ErrorKind.SERVICE, false)));
    }

    private void assertKnown(String... models) {
        for (String name : models) {
            assertNotNull(registry.breaker(model(name)), name);
        }
    }

    @Test
    void change_manyModelsAreInCooldown_keepsThoseUsedLast() {
        for (int i = 0; i < MANY; i++) {
            begin(model("m" + i), SECOND);
            assertKnown("m0");
            assertTrue(i % 1_000 != 0 || size() <= 1_000);
        }
        assertEquals(1_000, size());
        assertKnown("m0", "m" + (MANY - 1), "m" + (MANY - 999));
        assertNull(registry.breaker(model("m" + (MANY - 1_000))));
    }

    @Test
    void change_manyModelsHaveCountedFailures_keepsThoseUsedLastAndAllCooldowns() {
        for (int i = 0; i < 900; i++) {
            begin(model("cooling" + i), SECOND);
        }
        countFailure(model("used"));
        for (int i = 0; i < MANY; i++) {
            countFailure(model("m" + i));
            assertKnown("used");
        }
        assertEquals(1_000, size());
        assertKnown("cooling0", "cooling899", "used", "m" + (MANY - 1), "m" + (MANY - 99));
        assertNull(registry.breaker(model("m" + (MANY - 100))));
    }

    @Test
    void change_someCooldownsAreOver_areRemovedBeforeTheOthers() {
        begin(model("long"), SECOND.multipliedBy(10));
        for (int i = 0; i < 999; i++) {
            begin(model("m" + i), SECOND);
        }
        time.advance(SECOND);
        begin(model("new"), SECOND);
        assertKnown("long", "new");
    }

    @Test
    void breaker_ofOneOfManyModels_isFoundAsFastAsOneOfFew() {
        HealthFixture fixture = new HealthFixture();
        fixture.first.fail("m", HealthFixture.rateLimit(SECOND));
        long few = nanos(fixture);
        for (int i = 0; i < MANY; i++) {
            fixture.first.fail("m" + i, HealthFixture.rateLimit(SECOND));
            fixture.listener.clear();
        }
        long many = nanos(fixture);
        assertTrue(many < 20 * few, () -> many + " ns instead of " + few);
    }

    /** The least time of 1,000 look-ups in several rounds, because other programs disturb most of them. */
    private static long nanos(HealthFixture fixture) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 50; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 1_000; i++) {
                assertTrue(fixture.otherHost.allows("unknown"));
            }
            least = Math.min(least, System.nanoTime() - start);
        }
        return least;
    }

    @Test
    void change_withoutEffect_keepsNoBreaker() {
        assertNull(begin(model("m"), Duration.ZERO));
        assertTrue(registry.isEmpty());
    }

    @Test
    void change_anotherThreadForgetsMeanwhile_isNeverLost() throws Exception {
        Cooldown.Key key = model("m");
        AtomicBoolean over = new AtomicBoolean();
        Thread forgetting = new Thread(() -> {
            while (!over.get()) {
                registry.forgetIfBlank(key);
            }
        });
        forgetting.start();
        try {
            for (int i = 0; i < 20_000; i++) {
                begin(key, SECOND);
                CooldownBreaker breaker = registry.breaker(key);
                assertNotNull(breaker, "lost after " + i);
                assertNotNull(breaker.end());
            }
        } finally {
            over.set(true);
            forgetting.join();
        }
    }
}
