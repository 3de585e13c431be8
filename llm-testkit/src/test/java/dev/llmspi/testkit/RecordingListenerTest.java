package dev.llmspi.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.event.CallInfo;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.FailedOver;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordingListenerTest {

    private static final CallInfo CALL = new CallInfo(
            "call-1", Optional.empty(), Optional.empty(), Map.of(), "default", Optional.empty(), Instant.EPOCH);

    private final RecordingListener listener = RecordingListener.create();

    @Test
    void events_areKeptInOrder() {
        CallStarted started = new CallStarted(CALL);
        FailedOver failedOver = new FailedOver(CALL, "a", "b", ErrorKind.SERVICE);

        assertSame(listener, listener.callStarted(started));
        listener.failedOver(failedOver);

        assertEquals(List.of(started, failedOver), listener.events());
        assertEquals(List.of(failedOver), listener.events(FailedOver.class));
    }

    @Test
    void clear_removesAllEvents() {
        listener.callStarted(new CallStarted(CALL));

        listener.clear();

        assertEquals(List.of(), listener.events());
    }
}
