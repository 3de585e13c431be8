package dev.llmspi.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class CancellationTest {

    private final Cancellation cancellation = Cancellation.create();
    private final List<String> ran = new ArrayList<>();

    @Test
    void cancel_registeredActions_runOnceEach() {
        cancellation.onCancel(() -> ran.add("a"));
        cancellation.onCancel(() -> ran.add("b"));
        cancellation.cancel();
        cancellation.cancel();
        assertEquals(List.of("a", "b"), ran);
        assertTrue(cancellation.isCancelled());
        assertThrows(CancellationException.class, cancellation::throwIfCancelled);
    }

    @Test
    void onCancel_afterwards_runsAtOnce() {
        cancellation.cancel();
        cancellation.onCancel(() -> ran.add("late"));
        assertEquals(List.of("late"), ran);
    }

    @Test
    void close_registration_takesTheActionBack() {
        cancellation.onCancel(() -> ran.add("a")).close();
        cancellation.cancel();
        assertEquals(List.of(), ran);
    }

    @Test
    void cancel_actionThrows_theOthersRunAndNothingIsThrown() {
        cancellation.onCancel(() -> {
            throw new IllegalStateException("broken");
        });
        cancellation.onCancel(() -> ran.add("b"));
        cancellation.cancel();
        assertEquals(List.of("b"), ran);
    }
}
