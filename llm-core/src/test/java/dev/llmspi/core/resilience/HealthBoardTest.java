package dev.llmspi.core.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.core.call.Listeners;
import dev.llmspi.core.settings.CooldownSettings;
import dev.llmspi.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the board keeps, and for how long. */
@Timeout(60)
class HealthBoardTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTimeSource time = ManualTimeSource.create();
    private final HealthBoard board = new HealthBoard(time, Listeners.of(List.of()));

    private static CooldownKey model(String name) {
        return new CooldownKey(CooldownKey.Scope.RATE, "p", "", name);
    }

    private Cooldown begin(CooldownKey key, Duration length) {
        return board.change(
                key,
                () -> new Gate(CooldownSettings.defaults(), time, false),
                gate -> gate.begin(ErrorKind.RATE_LIMIT, length));
    }

    private int size() {
        AtomicInteger count = new AtomicInteger();
        board.forEach((key, gate) -> count.incrementAndGet());
        return count.get();
    }

    @Test
    void change_modelsThatAreNeverAskedForAgain_areForgottenWhenThereAreMany() {
        for (int i = 0; i < 5_000; i++) {
            begin(model("m" + i), SECOND);
            time.advance(SECOND);
            assertTrue(size() <= 1_000);
        }
    }

    @Test
    void change_manyThatAreInCooldown_areAllKept() {
        for (int i = 0; i < 2_000; i++) {
            begin(model("m" + i), SECOND);
        }
        assertEquals(2_000, size());
    }

    @Test
    void change_thatChangesNothing_leavesNothingBehind() {
        assertNull(begin(model("m"), Duration.ZERO));
        assertTrue(board.isEmpty());
    }

    @Test
    void change_whileAnotherThreadForgets_isNeverLost() throws Exception {
        CooldownKey key = model("m");
        AtomicBoolean over = new AtomicBoolean();
        Thread forgetting = new Thread(() -> {
            while (!over.get()) {
                board.forgetIfBlank(key);
            }
        });
        forgetting.start();
        try {
            for (int i = 0; i < 20_000; i++) {
                begin(key, SECOND);
                Gate gate = board.gate(key);
                assertNotNull(gate, "lost after " + i);
                assertNotNull(gate.end());
            }
        } finally {
            over.set(true);
            forgetting.join();
        }
    }
}
