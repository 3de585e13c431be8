package dev.llmspi.bench;

import java.net.URI;
import java.util.List;

/** One way of calling a model. Found on the class path of a JVM of its own, which has nothing else on it. */
public interface Contestant {

    /** What it is, with its version. */
    String name();

    /**
     * A client as its users would make one: with retries and logging off.
     *
     * @param baseUrl where {@code chat/completions} is
     * @param callers how many threads will call at once
     */
    Client open(URI baseUrl, int callers);

    /** Safe for use by as many threads as were announced. */
    interface Client extends AutoCloseable {

        /** A conversation in the contestant's own types, user and assistant taking turns. */
        Conversation conversation(List<String> turns);

        @Override
        default void close() {}
    }

    /** What was said so far. Asked again and again, each time with another question at its end. */
    interface Conversation {

        /** Asks and waits. */
        String ask(String question);

        /**
         * Asks for a stream and reads it to its end.
         *
         * @param onText called for every piece of text
         */
        void stream(String question, Runnable onText);
    }
}
