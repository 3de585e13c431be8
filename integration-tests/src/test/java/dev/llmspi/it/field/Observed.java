package dev.llmspi.it.field;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, for its caller and at the servers.
 *
 * @param answer null: there was none
 * @param thrown what the call ended with instead
 * @param events what a stream delivered, before a failure too; empty for a whole answer
 * @param attempts every attempt its caller was told of
 * @param posts requests at the first link's server
 * @param nextPosts requests at the second link's server
 */
record Observed(
        Mode mode,
        @Nullable ChatResponse answer,
        @Nullable Throwable thrown,
        List<ChatStreamEvent> events,
        List<Attempt> attempts,
        int posts,
        int nextPosts) {}
