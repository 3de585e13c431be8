package dev.llmspi.openai.wire;

import dev.llmspi.api.Message;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of messages that were sent before: the next call of a conversation sends them all again, and a message does
 * not change. They are told apart by identity and by the form in which they were written, and forgotten with the
 * message. Safe for use by many threads.
 */
final class WrittenMessages {

    /** Shorter ones are written anew as fast as they are looked up. */
    private static final int WORTH_KEEPING = 256;

    private final long limit;
    private final Map<Key, byte[]> written = new ConcurrentHashMap<>();
    private final ReferenceQueue<Message> gone = new ReferenceQueue<>();
    private final AtomicLong bytes = new AtomicLong();

    /** @param limit how many bytes are kept; what is beyond makes it begin anew */
    WrittenMessages(long limit) {
        this.limit = limit;
    }

    /** What is known in one call. Used by one thread. */
    final class Look {
        private final Wanted wanted = new Wanted();

        /** The JSON of a message in a form; null if it is not known. */
        byte @Nullable [] of(Message message, MessageForm form) {
            wanted.message = message;
            wanted.form = form;
            return written.isEmpty() ? null : written.get(wanted);
        }
    }

    void keep(Message message, MessageForm form, byte[] json) {
        forgetGone();
        if (json.length < WORTH_KEEPING || json.length > limit) {
            return;
        }
        if (bytes.get() + json.length > limit) {
            clear();
        }
        Kept key = new Kept(message, form, json.length, gone);
        if (written.putIfAbsent(key, json) == null) {
            bytes.addAndGet(json.length);
        }
    }

    /** How many bytes are kept. */
    long length() {
        forgetGone();
        return bytes.get();
    }

    private void clear() {
        written.keySet().forEach(this::forget);
    }

    private void forgetGone() {
        for (Object key = gone.poll(); key != null; key = gone.poll()) {
            forget((Kept) key);
        }
    }

    private void forget(Key key) {
        if (written.remove(key) != null) {
            bytes.addAndGet(-((Kept) key).length);
        }
    }

    /** Equal if it is the same message in the same form. */
    private sealed interface Key permits Kept, Wanted {
        @Nullable
        Message message();

        MessageForm form();

        static int hash(Message message, MessageForm form) {
            return 31 * System.identityHashCode(message) + form.hashCode();
        }
    }

    private static final class Kept extends WeakReference<Message> implements Key {
        private final MessageForm form;
        private final int hash;
        private final int length;

        Kept(Message message, MessageForm form, int length, ReferenceQueue<Message> gone) {
            super(message, gone);
            this.form = form;
            this.hash = Key.hash(message, form);
            this.length = length;
        }

        @Override
        public @Nullable Message message() {
            return get();
        }

        @Override
        public MessageForm form() {
            return form;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            Message message = get();
            return this == other
                    || message != null
                            && other instanceof Key key
                            && key.message() == message
                            && key.form().equals(form);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** What is looked for: one object for all messages of a call. */
    private static final class Wanted implements Key {
        private @Nullable Message message;
        private MessageForm form = MessageForm.PLAIN;

        @Override
        public @Nullable Message message() {
            return message;
        }

        @Override
        public MessageForm form() {
            return form;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key
                    && key.message() == message
                    && key.form().equals(form);
        }

        @Override
        public int hashCode() {
            return message == null ? 0 : Key.hash(message, form);
        }
    }
}
