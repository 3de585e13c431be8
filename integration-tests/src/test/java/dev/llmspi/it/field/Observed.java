package dev.llmspi.it.field;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a call, as the caller and the servers observed it.
 *
 * @param answer the answer, or null if there was none
 * @param thrown the exception that the call ended with, or null if there was none
 * @param events the events that a stream delivered, including those before a failure; empty if the call was not
 *     streamed
 * @param attempts all attempts that were reported to the caller
 * @param posts the number of requests at the first link's server
 * @param nextPosts the number of requests at the second link's server
 */
record Observed(
        Mode mode,
        @Nullable ChatResponse answer,
        @Nullable Throwable thrown,
        List<ChatStreamEvent> events,
        List<Attempt> attempts,
        int posts,
        int nextPosts) {}
