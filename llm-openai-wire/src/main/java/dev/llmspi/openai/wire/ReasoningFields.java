package dev.llmspi.openai.wire;

import java.util.Locale;
import java.util.Set;

/** The names of the members in which servers send reasoning. */
final class ReasoningFields {

    static final String DETAILS = "reasoning_details";
    /** LiteLLM's name for Anthropic's thinking blocks and their signatures. */
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
     * Whether a member contains reasoning, so that the setting {@code reasoning-echo} determines when it is sent back.
     * Signatures do not count as reasoning, because they are always sent back.
     */
    static boolean contains(String name) {
        boolean named = name.startsWith("reasoning") || name.startsWith("thinking") || name.startsWith("thought");
        return named && !isSignature(name);
    }

    /** Whether a member contains visible reasoning. */
    static boolean isText(String name) {
        return TEXTS.contains(name);
    }

    /** Whether a member is a list of reasoning fragments. */
    static boolean isDetails(String name) {
        return name.equals(DETAILS) || name.equals(BLOCKS);
    }

    static boolean isSignature(String name) {
        return name.toLowerCase(Locale.ROOT).contains("signature");
    }
}
