package dev.llmspi.it.field;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a call must end.
 *
 * @param text the text of the answer; of an error, the text delivered before it
 * @param reasoning likewise
 * @param finish why the model stopped
 * @param rawFinish the server's word for it; null: not looked at
 * @param calls the tool calls, in their order
 * @param usage tokens of input and output; null: not looked at
 * @param fields members the message must keep, by name, as JSON
 * @param callFields members a tool call must keep, by its place and the name, such as {@code 0 extra_content}
 * @param notes words that must stand in the notes of an attempt
 * @param error null: an answer is expected
 * @param posts requests the first link's server must see
 */
record Expected(
        String text,
        String reasoning,
        FinishReason finish,
        @Nullable String rawFinish,
        List<Call> calls,
        @Nullable Tokens usage,
        Map<String, String> fields,
        Map<String, String> callFields,
        List<String> notes,
        @Nullable Failure error,
        int posts) {

    /** Whether the chain goes on to its second link. */
    boolean next() {
        return error != null && error.next();
    }

    /**
     * A tool call.
     *
     * @param id null: any, but not empty
     */
    record Call(@Nullable String id, String name, String arguments) {}

    /** Tokens as the server counted them; null: it did not say. */
    record Tokens(@Nullable Long input, @Nullable Long output) {}

    /**
     * An error.
     *
     * @param reason null: any
     * @param says words that must be in its message
     * @param next whether the next link is asked, which then answers
     */
    record Failure(ErrorKind kind, @Nullable ErrorReason reason, List<String> says, boolean next) {}
}
