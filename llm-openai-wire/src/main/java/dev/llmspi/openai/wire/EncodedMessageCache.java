package dev.llmspi.openai.wire;

import dev.llmspi.api.Message;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Caches the JSON of messages that have been sent before. Each call in a conversation sends all earlier messages again,
 * and a message is immutable. A key consists of the message object and the form in which the message was written. An
 * entry is removed after its message has been garbage-collected. Thread-safe.
 */
final class EncodedMessageCache {

    /** The minimum length of cached JSON, in bytes. A shorter message is encoded as fast as it is looked up. */
    private static final int SHORTEST_CACHED = 256;

    private final long limit;
    private final Map<Key, byte[]> encoded = new ConcurrentHashMap<>();
    private final ReferenceQueue<Message> gone = new ReferenceQueue<>();
    private final AtomicLong bytes = new AtomicLong();

    /** @param limit the maximum size in bytes; if a new entry would exceed it, the cache is cleared first */
    EncodedMessageCache(long limit) {
        this.limit = limit;
    }

    /** Performs the lookups for one call. An instance must be used by one thread only. */
    final class Lookup {
        private final LookupKey wanted = new LookupKey();

        /** Returns the JSON of a message in the given form; null if it is not cached. */
        byte @Nullable [] find(Message message, MessageForm form) {
            wanted.message = message;
            wanted.form = form;
            return encoded.isEmpty() ? null : encoded.get(wanted);
        }
    }

    void put(Message message, MessageForm form, byte[] json) {
        removeCollected();
        if (json.length < SHORTEST_CACHED || json.length > limit) {
            return;
        }
        if (bytes.get() + json.length > limit) {
            clear();
        }
        CachedKey key = new CachedKey(message, form, json.length, gone);
        if (encoded.putIfAbsent(key, json) == null) {
            bytes.addAndGet(json.length);
        }
    }

    /** Returns the number of cached bytes. */
    long length() {
        removeCollected();
        return bytes.get();
    }

    private void clear() {
        encoded.keySet().forEach(this::remove);
    }

    private void removeCollected() {
        for (Object key = gone.poll(); key != null; key = gone.poll()) {
            remove((CachedKey) key);
        }
    }

    private void remove(Key key) {
        if (encoded.remove(key) != null) {
            bytes.addAndGet(-((CachedKey) key).length);
        }
    }

    /** A cache key. Keys are equal if they refer to the same message object in the same form. */
    private sealed interface Key permits CachedKey, LookupKey {
        @Nullable
        Message message();

        MessageForm form();

        static int hash(Message message, MessageForm form) {
            return 31 * System.identityHashCode(message) + form.hashCode();
        }
    }

    private static final class CachedKey extends WeakReference<Message> implements Key {
        private final MessageForm form;
        private final int hash;
        private final int length;

        CachedKey(Message message, MessageForm form, int length, ReferenceQueue<Message> gone) {
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

    /** A mutable key, so that one object can be reused for all lookups of a call. */
    private static final class LookupKey implements Key {
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
