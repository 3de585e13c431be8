package dev.llmspi.openai.wire;

/** The names under which servers send a model's reasoning. */
final class ReasoningFields {

    static final String DETAILS = "reasoning_details";
    /** LiteLLM's name for Anthropic's thinking with its signatures. */
    static final String BLOCKS = "thinking_blocks";

    private ReasoningFields() {}

    /** Whether a member is reasoning: it goes back as the setting {@code reasoning-echo} says. A signature always goes back. */
    static boolean contains(String name) {
        boolean named = name.startsWith("reasoning") || name.startsWith("thinking") || name.startsWith("thought");
        return named && !isSignature(name);
    }

    /** Whether a member that is a text holds reasoning to be shown, and not a hidden form of it. */
    static boolean isText(String name) {
        return contains(name) && !name.contains("opaque") && !name.contains("encrypted");
    }

    /** Whether a member that is a list holds fragments of reasoning, to be joined. */
    static boolean isDetails(String name) {
        return name.equals(DETAILS) || name.equals(BLOCKS);
    }

    static boolean isSignature(String name) {
        return name.contains("signature");
    }
}
