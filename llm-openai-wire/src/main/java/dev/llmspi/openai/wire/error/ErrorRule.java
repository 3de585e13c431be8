package dev.llmspi.openai.wire.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code error-rules.txt}.
 *
 * @param name the name of the row, which is shown by tests
 * @param find where to search, which also determines the precedence
 * @param member the member to search if {@code find} is {@link Find#MEMBER}; otherwise empty
 * @param codes the codes to find
 * @param words the words to find; null if the row has codes
 * @param under the statuses to which the row is restricted; empty if it applies to all
 * @param shortWait whether the row applies only if the server requests a short wait
 * @param verdict the classification of a matching error
 * @param is an example of a reply that the row must match
 * @param not an example of a similar reply that the row must not match
 */
record ErrorRule(
        String name,
        Find find,
        String member,
        List<CodePattern> codes,
        @Nullable WordPattern words,
        List<StatusRange> under,
        boolean shortWait,
        ErrorVerdict verdict,
        String is,
        String not) {

    /** The places to search, in the order of precedence. */
    enum Find {
        /** A code that has only one meaning. */
        SPECIFIC_CODE,
        /** The value of a member. */
        MEMBER,
        /** The words of the message. */
        WORDS,
        /** A code that servers use for a whole group of errors. */
        GENERIC_CODE,
        /** The HTTP status alone. */
        STATUS,
        /** Words that are used only if nothing else matches. */
        LAST_WORDS
    }

    /** A range of statuses, both ends included. */
    record StatusRange(int from, int to) {

        static StatusRange of(String written) {
            int dash = written.indexOf('-');
            return dash < 0
                    ? new StatusRange(Integer.parseInt(written), Integer.parseInt(written))
                    : new StatusRange(
                            Integer.parseInt(written.substring(0, dash)),
                            Integer.parseInt(written.substring(dash + 1)));
        }

        boolean contains(int status) {
            return status >= from && status <= to;
        }
    }

    boolean holdsUnder(int status) {
        return under.isEmpty() || under.stream().anyMatch(range -> range.contains(status));
    }

    boolean matchesCode(String code) {
        return codes.stream().anyMatch(pattern -> pattern.matches(code));
    }
}
