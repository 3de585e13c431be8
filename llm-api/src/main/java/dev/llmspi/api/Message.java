package dev.llmspi.api;

import java.util.List;

/** One message of a conversation. A minor release may add permitted types, so a switch needs a default branch. */
public sealed interface Message permits SystemMessage, UserMessage, AssistantMessage, ToolMessage {

    /**
     * Returns the content parts in order. The list is empty for an assistant message that consists only of tool calls.
     */
    List<ContentPart> content();

    /** Returns the concatenated text of all text parts, or {@code ""} if there are none. */
    default String text() {
        return TextPart.join(content());
    }

    /** Returns a message with instructions for the model. */
    static SystemMessage system(String text) {
        return SystemMessage.of(new TextPart(text));
    }

    /** Returns a message from the user. */
    static UserMessage user(String text) {
        return UserMessage.of(new TextPart(text));
    }

    /** Returns a message from the model. */
    static AssistantMessage assistant(String text) {
        return AssistantMessage.of(text);
    }

    /** Returns a message with the text result of a tool call. */
    static ToolMessage tool(String toolCallId, String text) {
        return ToolMessage.of(toolCallId, text);
    }
}
