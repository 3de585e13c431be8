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
    void onCancel_afterCancel_runsImmediately() {
        cancellation.cancel();
        cancellation.onCancel(() -> ran.add("late"));
        assertEquals(List.of("late"), ran);
    }

    @Test
    void close_registration_removesTheAction() {
        cancellation.onCancel(() -> ran.add("a")).close();
        cancellation.cancel();
        assertEquals(List.of(), ran);
    }

    @Test
    void close_anyOfSeveral_keepsTheOthersInOrder() {
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
    void close_twice_allowsAnotherRegistration() {
        Cancellation.Registration only = cancellation.onCancel(() -> ran.add("a"));
        only.close();
        only.close();
        cancellation.onCancel(() -> ran.add("b"));
        cancellation.cancel();
        assertEquals(List.of("b"), ran);
    }

    @Test
    void cancel_actionsRunOutOfMemoryOrStack_othersRunAndTheseRunAgainAtTheNextCancel() {
        cancellation.onCancel(() -> failTwice("a", new OutOfMemoryError("x")));
        cancellation.onCancel(() -> ran.add("b"));
        cancellation.onCancel(() -> failTwice("c", new StackOverflowError()));
        cancellation.onCancel(() -> ran.add("d"));
        assertThrows(OutOfMemoryError.class, cancellation::cancel);
        assertEquals(List.of("a", "b", "c", "d"), ran);
        assertThrows(OutOfMemoryError.class, cancellation::cancel);
        cancellation.cancel();
        cancellation.cancel();
        assertEquals(List.of("a", "b", "c", "d", "a", "c", "a", "c"), ran);
    }

    private void failTwice(String name, Error error) {
        ran.add(name);
        if (ran.stream().filter(name::equals).count() <= 2) {
            throw error;
        }
    }

    @Test
    void close_actionHasRunOutOfMemory_preventsItsRepetition() {
        Cancellation.Registration registration = cancellation.onCancel(() -> failTwice("a", new OutOfMemoryError("x")));
        assertThrows(OutOfMemoryError.class, cancellation::cancel);
        registration.close();
        cancellation.cancel();
        assertEquals(List.of("a"), ran);
    }

    @Test
    void close_withinAnAction_hasNoEffect() {
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
