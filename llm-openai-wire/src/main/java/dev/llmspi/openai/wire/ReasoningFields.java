package dev.llmspi.openai.wire;

import java.util.Locale;
import java.util.Set;

/** The names under which servers send a model's reasoning. */
final class ReasoningFields {

    static final String DETAILS = "reasoning_details";
    /** LiteLLM's name for Anthropic's thinking with its signatures. */
    static final String BLOCKS = "thinking_blocks";

    private static final Set<String> TEXTS = Set.of(
            "reasoning",
            "reasoning_content",
            "reasoning_text",
            "reasoning_summary",
            "thinking",
            "thinking_content",
            "thought",
            "thoughts");

    private ReasoningFields() {}

    /**
     * Whether a member is reasoning: it goes back as the setting {@code reasoning-echo} says. A signature always goes
     * back.
     */
    static boolean contains(String name) {
        boolean named = name.startsWith("reasoning") || name.startsWith("thinking") || name.startsWith("thought");
        return named && !isSignature(name);
    }

    /** Whether a member holds the text of the reasoning, to be shown. */
    static boolean isText(String name) {
        return TEXTS.contains(name);
    }

    /** Whether a member that is a list holds fragments of reasoning, to be joined. */
    static boolean isDetails(String name) {
        return name.equals(DETAILS) || name.equals(BLOCKS);
    }

    static boolean isSignature(String name) {
        return name.toLowerCase(Locale.ROOT).contains("signature");
    }
}
