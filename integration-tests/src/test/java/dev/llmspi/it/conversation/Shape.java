package dev.llmspi.it.conversation;

import java.util.List;
import java.util.Random;

/**
 * A kind of server. It determines which members the server sends and expects back, and the configuration of its
 * provider.
 */
enum Shape {
    GEMINI("openai", "gemini-3-pro-preview", ""),
    /** The model name does not show that this is Gemini. Only the signatures of its tool calls do. */
    GEMINI_UNDER_ANOTHER_NAME("openai", "team-default", ""),
    GEMINI_AT_PORTKEY("portkey", "gemini-3-pro-preview", "google"),
    GEMINI_IN_THE_FUNCTION("portkey", "gemini-3-pro-preview", "vertex-ai"),
    GEMINI_AT_LITELLM("openai", "gemini/gemini-3-pro-preview", ""),
    REASONING_CONTENT("openai", "deepseek-reasoner", ""),
    REASONING_CONTENT_AT_PORTKEY("portkey", "deepseek-reasoner", "deepseek"),
    REASONING("openai", "qwen3", ""),
    REASONING_AT_OPENROUTER("openrouter", "qwen/qwen3", ""),
    REASONING_UNDER_BOTH_NAMES("openai", "qwen3", ""),
    REASONING_UNDER_BOTH_NAMES_AT_PORTKEY("portkey", "qwen3", "together-ai"),
    REASONING_UNDER_BOTH_NAMES_AT_OPENROUTER("openrouter", "qwen/qwen3", ""),
    THINKING_BLOCKS("openai", "claude-opus-4-5", ""),
    THINKING_BLOCKS_AT_PORTKEY("portkey", "claude-opus-4-5", "anthropic"),
    REASONING_DETAILS("openai", "MiniMax-M2", ""),
    REASONING_DETAILS_AT_OPENROUTER("openrouter", "anthropic/claude-sonnet-4.5", ""),
    REASONING_DETAILS_AT_PORTKEY("portkey", "anthropic/claude-sonnet-4.5", "openrouter"),
    PLAIN("openai", "llama-3.3-70b", ""),
    MISTRAL("openai", "mistral-large-latest", "");

    final String type;
    final String model;
    private final String upstream;

    Shape(String type, String model, String upstream) {
        this.type = type;
        this.model = model;
        this.upstream = upstream;
    }

    StrictServer server(Random random) {
        return switch (this) {
            case GEMINI, GEMINI_UNDER_ANOTHER_NAME, GEMINI_AT_PORTKEY ->
                new SignatureServer(random, SignatureServer.Place.EXTRA_CONTENT);
            case GEMINI_IN_THE_FUNCTION -> new SignatureServer(random, SignatureServer.Place.FUNCTION);
            case GEMINI_AT_LITELLM -> new SignatureServer(random, SignatureServer.Place.SPECIFIC_FIELDS);
            case REASONING_CONTENT, REASONING_CONTENT_AT_PORTKEY ->
                new ReasoningServer(random, List.of("reasoning_content"));
            case REASONING, REASONING_AT_OPENROUTER -> new ReasoningServer(random, List.of("reasoning"));
            case REASONING_UNDER_BOTH_NAMES,
                    REASONING_UNDER_BOTH_NAMES_AT_PORTKEY,
                    REASONING_UNDER_BOTH_NAMES_AT_OPENROUTER ->
                new ReasoningServer(random, List.of("reasoning_content", "reasoning"));
            case THINKING_BLOCKS, THINKING_BLOCKS_AT_PORTKEY -> new ThinkingServer.Blocks(random);
            case REASONING_DETAILS, REASONING_DETAILS_AT_OPENROUTER, REASONING_DETAILS_AT_PORTKEY ->
                new ThinkingServer.Details(random);
            case PLAIN -> new PlainServer(random, PlainServer.FORTY, true);
            case MISTRAL -> new PlainServer(random, PlainServer.NINE, false);
        };
    }

    /** Returns the configuration block of a provider that uses this server. */
    String block(String name, StrictServer server) {
        return "llm.providers." + name + " { type = " + type + ", api-key = secret-key, default-model = \"" + model
                + "\", base-url = \"" + server.upstream.url("/v1") + "\""
                + (upstream.isEmpty() ? "" : ", provider = " + upstream) + " }\n";
    }
}
