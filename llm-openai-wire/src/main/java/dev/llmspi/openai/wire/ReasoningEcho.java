package dev.llmspi.openai.wire;

import dev.llmspi.api.spi.ProviderConfig;
import java.util.Map;
import java.util.TreeMap;

/** {@code reasoning-echo}: whether a model's reasoning goes back to it with the conversation. */
enum ReasoningEcho {
    /** While a round of tool calls goes on: with the answers behind the last message of the user. */
    AUTO,
    /** With every answer. */
    ALWAYS,
    NEVER;

    static ReasoningEcho read(ProviderConfig config, OpenAiDialect dialect) {
        return config.choice(
                "reasoning-echo",
                dialect.echoesReasoning() ? ALWAYS : AUTO,
                new TreeMap<>(Map.of("auto", AUTO, "always", ALWAYS, "never", NEVER)));
    }

    /** @param inRound whether the answer stands behind the last message of the user */
    boolean sends(boolean inRound) {
        return this == ALWAYS || this == AUTO && inRound;
    }
}
