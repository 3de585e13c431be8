package dev.llmspi.examples.conversation;

import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.error.LlmException;
import java.util.Optional;

/** Prints what a question brings. The command implements it, so that a turn looks like a single call. */
public interface TurnOutput {

    /**
     * Reads the stream to its end, prints its text and closes the stream.
     *
     * @return the answer; empty if the reader of standard output has closed it
     */
    Optional<ChatResponse> print(ChatStream stream);

    /** Prints everything except the text of an answer, such as warnings. */
    void report(ChatResponse answer);

    /** Prints an error. */
    void report(LlmException error);
}
