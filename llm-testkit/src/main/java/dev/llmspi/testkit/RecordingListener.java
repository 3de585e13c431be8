package dev.llmspi.testkit;

import dev.llmspi.api.event.AttemptFinished;
import dev.llmspi.api.event.AttemptStarted;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.api.event.CallStarted;
import dev.llmspi.api.event.CooldownChanged;
import dev.llmspi.api.event.FailedOver;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.api.event.RetryScheduled;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/**
 * A listener that records all events in order. Thread-safe, so that several calls can share it.
 *
 * <pre>{@code
 * assertEquals(1, listener.events(FailedOver.class).size());
 * }</pre>
 */
public final class RecordingListener implements LlmListener {

    private final List<Object> events = new CopyOnWriteArrayList<>();

    private RecordingListener() {}

    /** Returns a listener without recorded events. */
    public static RecordingListener create() {
        return new RecordingListener();
    }

    /** Returns all events recorded so far. Their types are the records in {@code dev.llmspi.api.event}. */
    public List<Object> events() {
        return List.copyOf(events);
    }

    /** Returns all events of the given type recorded so far. */
    public <T> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Removes all recorded events. */
    public void clear() {
        events.clear();
    }

    @Override
    public LlmListener callStarted(CallStarted event) {
        events.add(event);
        return this;
    }

    @Override
    public void attemptStarted(AttemptStarted event, BiConsumer<String, String> headers) {
        events.add(event);
    }

    @Override
    public void attemptFinished(AttemptFinished event) {
        events.add(event);
    }

    @Override
    public void retryScheduled(RetryScheduled event) {
        events.add(event);
    }

    @Override
    public void linkSkipped(LinkSkipped event) {
        events.add(event);
    }

    @Override
    public void failedOver(FailedOver event) {
        events.add(event);
    }

    @Override
    public void callFinished(CallFinished event) {
        events.add(event);
    }

    @Override
    public void cooldownChanged(CooldownChanged event) {
        events.add(event);
    }

    @Override
    public String toString() {
        return "RecordingListener" + events();
    }
}
