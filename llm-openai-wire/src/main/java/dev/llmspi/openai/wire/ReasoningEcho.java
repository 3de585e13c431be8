package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.ProviderConfig;
import java.util.Map;
import java.util.TreeMap;

/**
 * The setting {@code reasoning-echo}, which determines when a model's reasoning is sent back to it with the
 * conversation.
 */
enum ReasoningEcho {
    /**
     * Reasoning is sent back only during a round of tool calls, which means with the answers after the last user
     * message.
     */
    AUTO,
    /** Reasoning is sent back with every answer. */
    ALWAYS,
    NEVER;

    static ReasoningEcho read(ProviderConfig config, OpenAiDialect dialect) {
        return config.choice(
                "reasoning-echo",
                dialect.echoesReasoning() ? ALWAYS : AUTO,
                new TreeMap<>(Map.of("auto", AUTO, "always", ALWAYS, "never", NEVER)));
    }

    /** @param inRound whether the answer follows the last user message */
    boolean sends(boolean inRound) {
        return this == ALWAYS || this == AUTO && inRound;
    }
}
