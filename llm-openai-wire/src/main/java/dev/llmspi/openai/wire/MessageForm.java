package dev.llmspi.openai.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one message is written in one request. The same message can have several forms, by the model that is asked and by
 * its place in the conversation.
 *
 * @param flags which of the constants below hold
 * @param ids the ids its tool calls, or the result it is, go out with; empty: their own
 */
record MessageForm(int flags, List<String> ids) {

    /** What the provider sent along goes back, except reasoning. */
    static final int FIELDS = 1;
    /** The provider's reasoning goes back, in the spelling it came in. */
    static final int REASONING = 1 << 1;
    /** Reasoning details go back. */
    static final int DETAILS = 1 << 2;
    /** The first tool call gets the word that stands in for a signature of Gemini. */
    static final int STAND_IN = 1 << 3;
    /** The blank end of its last text is left out. */
    static final int TRIMMED = 1 << 4;
    /** It is written as it is though there is nothing in it. */
    static final int EMPTY = 1 << 5;
    /** The names of called tools are made fit. */
    static final int NAMES = 1 << 6;

    /** By their flags, without ids. */
    private static final MessageForm[] USUAL = usual();

    /** A message with nothing special about it. */
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

    /** Written out, for that of a record is made when it is first called, which a short-lived program would feel. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof MessageForm that && flags == that.flags && ids.equals(that.ids);
    }

    @Override
    public int hashCode() {
        return 31 * flags + ids.hashCode();
    }
}
