package dev.llmspi.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
    void close_anyOfSeveral_leavesTheOthersInTheirOrder() {
        Cancellation.Registration first = cancellation.onCancel(() -> ran.add("a"));
        cancellation.onCancel(() -> ran.add("b"));
        Cancellation.Registration middle = cancellation.onCancel(() -> ran.add("c"));
        cancellation.onCancel(() -> ran.add("d"));
        Cancellation.Registration last = cancellation.onCancel(() -> ran.add("e"));
        middle.close();
        first.close();
        last.close();
        last.close();
        cancellation.onCancel(() -> ran.add("f"));
        cancellation.cancel();
        middle.close();
        assertEquals(List.of("b", "d", "f"), ran);
    }

    @Test
    void close_theOnlyOneTwice_leavesRoomForAnother() {
        Cancellation.Registration only = cancellation.onCancel(() -> ran.add("a"));
        only.close();
        only.close();
        cancellation.onCancel(() -> ran.add("b"));
        cancellation.cancel();
        assertEquals(List.of("b"), ran);
    }

    @Test
    void close_withinAnAction_isWithoutEffect() {
        List<Cancellation.Registration> later = new ArrayList<>();
        cancellation.onCancel(() -> later.get(0).close());
        later.add(cancellation.onCancel(() -> ran.add("b")));
        cancellation.cancel();
        assertEquals(List.of("b"), ran);
    }

    @ParameterizedTest
    @MethodSource
    void cancel_actionThrows_theOthersRunAndNothingIsThrown(Throwable thrown) {
        cancellation.onCancel(() -> {
            throw CancellationTest.<RuntimeException>unchecked(thrown);
        });
        cancellation.onCancel(() -> ran.add("b"));
        cancellation.cancel();
        assertEquals(List.of("b"), ran);
    }

    static Stream<Throwable> cancel_actionThrows_theOthersRunAndNothingIsThrown() {
        return Stream.of(
                new IllegalStateException("broken"),
                new NoClassDefFoundError("broken"),
                new StackOverflowError("broken"),
                new IOException("a checked exception, as other languages of the JVM let through"));
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
