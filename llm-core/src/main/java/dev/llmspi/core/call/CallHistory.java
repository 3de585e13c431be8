package dev.llmspi.core.call;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.api.error.LlmServiceException;
import dev.llmspi.api.event.LinkSkipped;
import dev.llmspi.api.event.LlmListener;
import dev.llmspi.core.routing.AttemptTarget;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records the attempts of a call and of the calls within it, and adds them to the answer or the error of the call. It
 * owns the end of the call: attempts and calls start and end while holding its lock, and put their events in the queue
 * of the call before they release it. So the entries and the events have the same order, whichever threads end the
 * call. Listeners run without the lock. Thread-safe.
 */
final class CallHistory {

    private static final Logger LOG = System.getLogger("dev.llmspi.call");

    private final String callId;
    /** Guarded by this. */
    private List<Attempt> attempts = List.of();
    /** Guarded by this. */
    private List<LlmException> errors = List.of();
    /**
     * Guarded by this. Entries are counted separately, because nested attempts start before the outer attempt's entry
     * is added.
     */
    private int lastNumber;

    private final ReentrantLock lock = new ReentrantLock();
    /** Written only while holding the lock. The attempts that have started and have not ended. */
    private volatile List<AttemptExecution> running = List.of();
    /** The attempts that were still running when the call ended. Their providers may still use a thread. */
    private volatile List<AttemptExecution> abandoned = List.of();
    /** Guarded by the lock. Whether the list of attempts is final. */
    private boolean closed;

    CallHistory(String callId) {
        this.callId = callId;
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** The attempts of this call and of the calls within it that have started and have not ended. */
    List<AttemptExecution> running() {
        return running;
    }

    /** The attempts that were still running when the call ended. */
    List<AttemptExecution> abandoned() {
        return abandoned;
    }

    /** Passes the attempts of a call that have started and have not ended to the action. */
    void forEachRunning(ActiveCall call, Consumer<AttemptExecution> action) {
        for (AttemptExecution attempt : running) {
            if (attempt.call() == call) {
                action.accept(attempt);
            }
        }
    }

    /** The first attempt of a call that has started and has not ended. Null if there is none. */
    @Nullable
    AttemptExecution running(ActiveCall call) {
        return running.stream()
                .filter(attempt -> attempt.call() == call)
                .findFirst()
                .orElse(null);
    }

    /**
     * Adds a running attempt.
     *
     * @param delivery tells the listeners of the attempt; null if there are none
     * @return the place of the event, for {@link EventQueue#deliverInTurn}
     * @throws CancellationException if the list of attempts is final
     */
    EventQueue.@Nullable Waiting started(AttemptExecution attempt, @Nullable Runnable delivery) {
        lock.lock();
        try {
            if (closed) {
                throw new CancellationException("the call has ended");
            }
            running = append(running, attempt);
            return delivery == null ? null : attempt.call().report().queue().addOwn(delivery);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a running attempt.
     *
     * @param record adds its entry and puts the event in the queue of the call
     * @return false if the attempt was not running any more
     */
    boolean ended(AttemptExecution attempt, Runnable record) {
        lock.lock();
        try {
            if (!running.contains(attempt)) {
                return false;
            }
            running = running.size() == 1
                    ? List.of()
                    : running.stream().filter(one -> one != attempt).toList();
            record.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the attempts that still run, so that the list of attempts is final.
     *
     * @param nested ends only the attempts of this call, which is part of another one; null to end all
     */
    void endRunning(@Nullable ActiveCall nested) {
        List<AttemptExecution> left;
        lock.lock();
        try {
            closed |= nested == null;
            left = nested == null || running.isEmpty()
                    ? running
                    : running.stream()
                            .filter(attempt -> attempt.call() == nested)
                            .toList();
            for (AttemptExecution attempt : left) {
                if (!abandoned.contains(attempt)) {
                    abandoned = append(abandoned, attempt);
                }
            }
        } finally {
            lock.unlock();
        }
        for (AttemptExecution attempt : left) { // without the lock, because it runs actions of cancellations
            attempt.closed();
        }
    }

    /** Adds an entry and, if the attempt failed, its error. */
    synchronized void add(Attempt attempt, @Nullable LlmException error) {
        attempts = append(attempts, attempt);
        if (error != null) {
            errors = append(errors, error);
        }
    }

    /** Appends to an immutable list, which needs no copy when it is handed out. Most calls have only one attempt. */
    static <T> List<T> append(List<T> list, T one) {
        if (list.isEmpty()) {
            return List.of(one);
        }
        List<T> more = new ArrayList<>(list);
        more.add(one);
        return List.copyOf(more);
    }

    /** Begins the entry for a link that is skipped without a request. The caller adds the reason and the message. */
    static Attempt.Builder skipped(ActiveCall call, AttemptTarget target, Optional<String> model) {
        return Attempt.builder(target.name(), Outcome.SKIPPED)
                .number(call.history().nextNumber())
                .providerType(target.type())
                .model(model.filter(name -> !name.isEmpty()).orElse(null))
                .start(call.sinceStart(call.now()));
    }

    /** Adds the entry for a skipped link to the history of the call, and tells the listeners. */
    static void addSkipped(ActiveCall call, Attempt.Builder entry) {
        Attempt skipped = entry.build();
        LinkSkipped event = new LinkSkipped(call.info(), skipped);
        CallHistory history = call.history();
        boolean claimed;
        history.lock();
        try {
            if (history.closed) {
                return;
            }
            history.add(skipped, null);
            claimed = call.report().queue(LlmListener::linkSkipped, event);
        } finally {
            history.unlock();
        }
        LOG.log(Level.DEBUG, () -> "call " + call.callId() + ": " + skipped);
        if (claimed) {
            call.report().deliver(LlmListener::linkSkipped, event);
        }
    }

    /** Assigns the number of the next entry. */
    synchronized int nextNumber() {
        return ++lastNumber;
    }

    /** All entries so far. */
    synchronized List<Attempt> attempts() {
        return attempts;
    }

    private synchronized List<LlmException> errors() {
        return errors;
    }

    /** Returns a copy of the answer with the ID and the attempts of this call. */
    ChatResponse completed(ChatResponse response) {
        return response.toBuilder().callId(callId).attempts(attempts()).build();
    }

    /**
     * Returns the answer for the caller, completed unless the chain has already done that. The chain has not done it if
     * a decorator created the answer itself or called a provider by its name.
     *
     * @param response the answer from the outermost decorator; null if the decorator is faulty
     */
    ChatResponse ensureCompleted(@Nullable ChatResponse response) {
        if (response == null) {
            throw LlmServiceException.builder()
                    .message("a call decorator returned null instead of an answer")
                    .reason(ErrorReason.PROVIDER_FAULT)
                    .requestSent(false)
                    .build();
        }
        return isCompleted(response.callId(), response.attempts()) ? response : completed(response);
    }

    /** Returns the error for the caller, completed unless the chain has already done that. */
    LlmException ensureCompleted(LlmException error) {
        if (isCompleted(error.callId(), error.attempts())) {
            return error;
        }
        // An error that has attempts already describes them, even if some have been added since.
        return error.attempts().isEmpty()
                ? failed(error)
                : error.toBuilder().callId(callId).attempts(attempts()).build();
    }

    /** Checks the attempts too, because a provider may set the call ID but only this history knows the attempts. */
    private boolean isCompleted(String id, List<Attempt> known) {
        return id.equals(callId) && known.equals(attempts());
    }

    /**
     * Returns a copy of the error with the ID and the attempts of this call. If there were several attempts, the
     * message contains one line per attempt, and the errors of the other attempts are added as suppressed exceptions.
     */
    LlmException failed(LlmException thrown) {
        List<Attempt> all = attempts();
        LlmException.Builder<? extends LlmException> builder =
                thrown.toBuilder().callId(callId).attempts(all);
        if (all.size() > 1) {
            StringBuilder message = new StringBuilder(String.valueOf(thrown.getMessage()))
                    .append("\nall ")
                    .append(all.size())
                    .append(" attempts of call ")
                    .append(callId)
                    .append(':');
            for (Attempt attempt : all) {
                message.append("\n  ").append(attempt.number()).append(". ").append(attempt);
            }
            builder.message(message.toString());
        }
        LlmException complete = builder.build();
        List<Throwable> known = List.of(complete.getSuppressed());
        for (LlmException error : errors()) {
            if (error != thrown && !known.contains(error)) {
                complete.addSuppressed(error);
            }
        }
        return complete;
    }
}
