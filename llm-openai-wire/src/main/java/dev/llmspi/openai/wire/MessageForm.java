package dev.llmspi.openai.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The form in which a message is sent in one request. The same message may be sent in different forms, depending on the
 * model that receives it and on its position in the conversation.
 *
 * @param flags the sum of the constants that apply
 * @param ids the IDs to send for the message's tool calls or tool result; empty if its own IDs are sent
 */
record MessageForm(int flags, List<String> ids) {

    /** The provider's additional fields are sent back, except reasoning. */
    static final int FIELDS = 1;
    /** The provider's reasoning is sent back under the name it arrived with. */
    static final int REASONING = 1 << 1;
    /** Reasoning details are sent back. */
    static final int DETAILS = 1 << 2;
    /** The first tool call gets the placeholder for a Gemini signature. */
    static final int PLACEHOLDER = 1 << 3;
    /** Trailing whitespace of the last text is omitted. */
    static final int TRIMMED = 1 << 4;
    /** The message is sent although it has no content. */
    static final int EMPTY = 1 << 5;
    /** The tool names in calls are changed to names that all servers accept. */
    static final int NAMES = 1 << 6;

    /** All forms without IDs, indexed by their flags. */
    private static final MessageForm[] USUAL = usual();

    /** The form of an ordinary message, without flags or IDs. */
    static final MessageForm PLAIN = USUAL[0];

    private static MessageForm[] usual() {
        MessageForm[] forms = new MessageForm[NAMES << 1];
        for (int i = 0; i < forms.length; i++) {
            forms[i] = new MessageForm(i, List.of());
        }
        return forms;
    }

    static MessageForm of(int flags, List<String> ids) {
        return ids.isEmpty() ? USUAL[flags] : new MessageForm(flags, ids);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Replaces the record's own method, whose generation at the first call would slow down short-lived programs. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof MessageForm that && flags == that.flags && ids.equals(that.ids);
    }

    @Override
    public int hashCode() {
        return 31 * flags + ids.hashCode();
    }
}
