package dev.llmspi.bench;

import java.net.URI;
import java.util.List;

/** One way of calling a model. It runs in a JVM whose class path contains no contestants of other modules. */
public interface Contestant {

    /** Returns the name and the version. */
    String name();

    /**
     * Creates a client as its users would, but with retries and logging turned off.
     *
     * @param baseUrl the URL that is followed by {@code chat/completions}
     * @param callers the number of threads that will call concurrently
     */
    Client open(URI baseUrl, int callers);

    /** A client that is safe for concurrent use by the number of threads passed to {@link #open}. */
    interface Client extends AutoCloseable {

        /** Builds a conversation in the contestant's own types, with alternating user and assistant messages. */
        Conversation conversation(List<String> turns);

        @Override
        default void close() {}
    }

    /** A conversation that is sent repeatedly, each time with another question at its end. */
    interface Conversation {

        /** Makes a call and waits for the answer. */
        String ask(String question);

        /**
         * Requests a stream and reads it to its end.
         *
         * @param onText an action that runs for every piece of text
         */
        void stream(String question, Runnable onText);
    }
}
