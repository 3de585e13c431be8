package dev.llmspi.api;

import java.util.List;

/**
 * One message of a conversation. Sealed: nobody else implements it, but a minor release may add cases, so a
 * {@code switch} over messages keeps a default branch.
 */
public sealed interface Message permits SystemMessage, UserMessage, AssistantMessage, ToolMessage {

    /** The parts of the content in order; empty for an assistant message that only calls tools. */
    List<ContentPart> content();

    /** All text parts joined; {@code ""} when there is none. */
    default String text() {
        return TextPart.join(content());
    }

    /** Instructions to the model. */
    static SystemMessage system(String text) {
        return SystemMessage.of(new TextPart(text));
    }

    /** What the user says. */
    static UserMessage user(String text) {
        return UserMessage.of(new TextPart(text));
    }

    /** What the model said, as text. */
    static AssistantMessage assistant(String text) {
        return AssistantMessage.of(text);
    }

    /** The result of a tool call as text. */
    static ToolMessage tool(String toolCallId, String text) {
        return ToolMessage.of(toolCallId, text);
    }
}
