package dev.llmspi.it.field;

import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.FinishReason;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The expected end of a call.
 *
 * @param text the text of the answer. For an error, it is the text delivered before the error.
 * @param reasoning the reasoning of the answer, or the reasoning delivered before the error
 * @param finish the finish reason
 * @param rawFinish the server's finish reason, or null if the test does not check it
 * @param calls the tool calls in order
 * @param usage the input and output tokens, or null if the test does not check them
 * @param fields the members that the message must keep, as JSON by name
 * @param callFields the members that a tool call must keep, as JSON by the call's position and the name, such as
 *     {@code 0 extra_content}
 * @param notes the words that must appear in the notes of an attempt
 * @param error the expected error, or null if an answer is expected
 * @param posts the number of requests at the first link's server
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

    /** Returns whether the chain must fall back to its second link. */
    boolean next() {
        return error != null && error.next();
    }

    /**
     * An expected tool call.
     *
     * @param id the ID, or null if any non-empty ID is accepted
     */
    record Call(@Nullable String id, String name, String arguments) {}

    /** The token numbers reported by the server. A number is null if the server did not report it. */
    record Tokens(@Nullable Long input, @Nullable Long output) {}

    /**
     * An expected error.
     *
     * @param reason the reason, or null if any reason is accepted
     * @param says the words that must appear in the error message
     * @param next whether the chain falls back to the next link, which then answers
     */
    record Failure(ErrorKind kind, @Nullable ErrorReason reason, List<String> says, boolean next) {}
}
