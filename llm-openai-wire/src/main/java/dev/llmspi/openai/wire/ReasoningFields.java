package dev.llmspi.openai.wire;

import java.util.Set;

/** The names under which servers send a model's reasoning. */
final class ReasoningFields {

    static final String DETAILS = "reasoning_details";
    /** LiteLLM's name for Anthropic's thinking with its signatures. */
    static final String BLOCKS = "thinking_blocks";

    private static final Set<String> THOUGHTS = Set.of("thought", "thoughts");

    private ReasoningFields() {}

    /** Whether a member is reasoning: it goes back as the setting {@code reasoning-echo} says. */
    static boolean contains(String name) {
        boolean named = name.startsWith("reasoning") || name.startsWith("thinking") || THOUGHTS.contains(name);
        return named && !isSeal(name);
    }

    /** Whether a member that is a text holds reasoning fit to be shown. */
    static boolean isText(String name) {
        return contains(name);
    }

    /** Whether a member that is a list holds fragments of reasoning, to be joined. */
    static boolean isDetails(String name) {
        return name.equals(DETAILS) || name.equals(BLOCKS);
    }

    /** What proves or hides reasoning is no text, and goes back whatever the setting. */
    private static boolean isSeal(String name) {
        return name.contains("signature") || name.contains("opaque") || name.contains("encrypted");
    }
}
