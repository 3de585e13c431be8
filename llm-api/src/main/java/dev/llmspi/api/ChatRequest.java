package dev.llmspi.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A conversation to be continued, and how. Immutable; only messages are required. What is not set is not sent: the
 * model's own default applies.
 *
 * <pre>{@code
 * ChatRequest request = ChatRequest.builder()
 *         .system("Answer in one sentence.")
 *         .user("Why is the sky blue?")
 *         .temperature(0.2)
 *         .maxOutputTokens(200)
 *         .build();
 * }</pre>
 */
public final class ChatRequest {

    private final List<Message> messages;
    /** Ready to be handed out: it is asked for at every step of a call. */
    private final Optional<String> model;

    private final @Nullable Double temperature;
    private final @Nullable Double topP;
    private final @Nullable Integer topK;
    private final @Nullable Double frequencyPenalty;
    private final @Nullable Double presencePenalty;
    private final @Nullable Integer maxOutputTokens;
    private final List<String> stop;
    private final @Nullable Long seed;
    private final @Nullable Reasoning reasoning;
    private final List<ToolDefinition> tools;
    private final @Nullable ToolChoice toolChoice;
    private final @Nullable Boolean parallelToolCalls;
    private final @Nullable ResponseFormat responseFormat;
    private final boolean automaticCaching;
    private final Map<String, Map<String, Object>> extras;
    /** Found when first asked for, and asked for again on the way: a conversation may be long. */
    private @Nullable Set<Capability> needs;

    private ChatRequest(Builder builder) {
        this.messages = List.copyOf(builder.messages);
        this.model = Optional.ofNullable(builder.model);
        this.temperature = builder.temperature;
        this.topP = builder.topP;
        this.topK = builder.topK;
        this.frequencyPenalty = builder.frequencyPenalty;
        this.presencePenalty = builder.presencePenalty;
        this.maxOutputTokens = builder.maxOutputTokens;
        this.stop = List.copyOf(builder.stop);
        this.seed = builder.seed;
        this.reasoning = builder.reasoning;
        this.tools = List.copyOf(builder.tools);
        this.toolChoice = builder.toolChoice;
        this.parallelToolCalls = builder.parallelToolCalls;
        this.responseFormat = builder.responseFormat;
        this.automaticCaching = builder.automaticCaching;
        this.extras = Map.copyOf(builder.extras);
    }

    /** A request of one user message. */
    public static ChatRequest of(String prompt) {
        return builder().user(prompt).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that holds what this request holds. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.messages = messages;
        builder.model = model.orElse(null);
        builder.temperature = temperature;
        builder.topP = topP;
        builder.topK = topK;
        builder.frequencyPenalty = frequencyPenalty;
        builder.presencePenalty = presencePenalty;
        builder.maxOutputTokens = maxOutputTokens;
        builder.stop = stop;
        builder.seed = seed;
        builder.reasoning = reasoning;
        builder.tools = tools;
        builder.toolChoice = toolChoice;
        builder.parallelToolCalls = parallelToolCalls;
        builder.responseFormat = responseFormat;
        builder.automaticCaching = automaticCaching;
        builder.extras = extras;
        return builder;
    }

    /** The conversation so far; never empty. */
    public List<Message> messages() {
        return messages;
    }

    /** A model name or an alias from the configuration; absent: the configuration decides. */
    public Optional<String> model() {
        return model;
    }

    public OptionalDouble temperature() {
        return optional(temperature);
    }

    public OptionalDouble topP() {
        return optional(topP);
    }

    public OptionalInt topK() {
        return optional(topK);
    }

    public OptionalDouble frequencyPenalty() {
        return optional(frequencyPenalty);
    }

    public OptionalDouble presencePenalty() {
        return optional(presencePenalty);
    }

    /** The most tokens the model may write, reasoning included. */
    public OptionalInt maxOutputTokens() {
        return optional(maxOutputTokens);
    }

    /** Texts at which the model stops; empty: none. */
    public List<String> stop() {
        return stop;
    }

    /** Asks for the same answer to the same request; best effort. */
    public OptionalLong seed() {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    public Optional<Reasoning> reasoning() {
        return Optional.ofNullable(reasoning);
    }

    /** The tools the model may call; empty: none. */
    public List<ToolDefinition> tools() {
        return tools;
    }

    public Optional<ToolChoice> toolChoice() {
        return Optional.ofNullable(toolChoice);
    }

    /** Whether the model may ask for several tool calls at once. */
    public Optional<Boolean> parallelToolCalls() {
        return Optional.ofNullable(parallelToolCalls);
    }

    public Optional<ResponseFormat> responseFormat() {
        return Optional.ofNullable(responseFormat);
    }

    /** Whether the provider should choose by itself what of the prompt to cache. */
    public boolean automaticCaching() {
        return automaticCaching;
    }

    /** What a model must be able to do for this request. */
    public Set<Capability> needs() {
        Set<Capability> known = needs;
        if (known == null) {
            known = Collections.unmodifiableSet(findNeeds());
            needs = known;
        }
        return known;
    }

    private Set<Capability> findNeeds() {
        Set<Capability> found = EnumSet.noneOf(Capability.class);
        if (!tools.isEmpty()) {
            found.add(Capability.TOOLS);
        }
        if (responseFormat != null && responseFormat.type() == ResponseFormat.Type.JSON_SCHEMA) {
            found.add(Capability.STRUCTURED_OUTPUT);
        }
        for (Message message : messages) {
            for (ContentPart part : message.content()) {
                if (part instanceof ImagePart) {
                    found.add(Capability.IMAGES);
                } else if (part instanceof AudioPart) {
                    found.add(Capability.AUDIO);
                } else if (part instanceof FilePart) {
                    found.add(Capability.FILES);
                }
            }
        }
        return found;
    }

    /**
     * Fields beyond this vocabulary, by provider type: a provider adds only its own to the request body. Values are
     * what JSON has: String, Number, Boolean, List, Map.
     */
    public Map<String, Map<String, Object>> extras() {
        return extras;
    }

    /** The extras for one provider type; empty if there are none. */
    public Map<String, Object> extras(String providerType) {
        return extras.getOrDefault(providerType, Map.of());
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static OptionalInt optional(@Nullable Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    /** Does not show the messages. */
    @Override
    public String toString() {
        return "ChatRequest[model=" + model.orElse(null) + ", messages=" + messages.size() + "]";
    }

    /** Builds a {@link ChatRequest}; not safe for use by several threads. */
    public static final class Builder {
        /** Those of a request, until one is added. */
        private List<Message> messages = List.of();

        private boolean ownMessages;
        private @Nullable String model;
        private @Nullable Double temperature;
        private @Nullable Double topP;
        private @Nullable Integer topK;
        private @Nullable Double frequencyPenalty;
        private @Nullable Double presencePenalty;
        private @Nullable Integer maxOutputTokens;
        private List<String> stop = List.of();
        private @Nullable Long seed;
        private @Nullable Reasoning reasoning;
        private List<ToolDefinition> tools = List.of();
        private @Nullable ToolChoice toolChoice;
        private @Nullable Boolean parallelToolCalls;
        private @Nullable ResponseFormat responseFormat;
        private boolean automaticCaching;
        private Map<String, Map<String, Object>> extras = Map.of();

        private Builder() {}

        /** Adds a system message. */
        public Builder system(String text) {
            return message(Message.system(text));
        }

        /** Adds a user message. */
        public Builder user(String text) {
            return message(Message.user(text));
        }

        /** Adds an assistant message. */
        public Builder assistant(String text) {
            return message(Message.assistant(text));
        }

        /** Adds a message. */
        public Builder message(Message message) {
            Objects.requireNonNull(message, "message");
            if (!ownMessages) {
                messages = new ArrayList<>(messages);
                ownMessages = true;
            }
            messages.add(message);
            return this;
        }

        /** Replaces all messages. */
        public Builder messages(List<? extends Message> conversation) {
            messages = new ArrayList<>(conversation);
            ownMessages = true;
            return this;
        }

        /** A model name, sent as it stands, or an alias from the configuration; null: the configuration decides. */
        public Builder model(@Nullable String name) {
            if (name != null && name.isBlank()) {
                throw new IllegalArgumentException("model must not be blank; leave it out to use the configured one");
            }
            if (name != null && OneLine.isBroken(name)) {
                throw new IllegalArgumentException("model must not hold line breaks or other control characters");
            }
            this.model = name;
            return this;
        }

        /** 0 to 2. */
        public Builder temperature(double value) {
            this.temperature = inRange("temperature", value, 0, 2);
            return this;
        }

        /** Above 0, at most 1. */
        public Builder topP(double value) {
            if (value == 0) {
                throw new IllegalArgumentException("topP must be above 0 and at most 1, not 0");
            }
            this.topP = inRange("topP", value, 0, 1);
            return this;
        }

        /** At least 1. */
        public Builder topK(int value) {
            this.topK = atLeastOne("topK", value);
            return this;
        }

        /** -2 to 2. */
        public Builder frequencyPenalty(double value) {
            this.frequencyPenalty = inRange("frequencyPenalty", value, -2, 2);
            return this;
        }

        /** -2 to 2. */
        public Builder presencePenalty(double value) {
            this.presencePenalty = inRange("presencePenalty", value, -2, 2);
            return this;
        }

        /** At least 1. */
        public Builder maxOutputTokens(int count) {
            this.maxOutputTokens = atLeastOne("maxOutputTokens", count);
            return this;
        }

        /** Replaces the stop texts; none of them empty. */
        public Builder stop(String... texts) {
            for (String text : texts) {
                if (text.isEmpty()) {
                    throw new IllegalArgumentException("stop must not contain an empty text");
                }
            }
            this.stop = List.of(texts);
            return this;
        }

        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        public Builder reasoning(Reasoning wish) {
            this.reasoning = Objects.requireNonNull(wish, "wish");
            return this;
        }

        /** Replaces the tools. */
        public Builder tools(ToolDefinition... definitions) {
            return tools(List.of(definitions));
        }

        /** Replaces the tools. */
        public Builder tools(List<ToolDefinition> definitions) {
            this.tools = List.copyOf(definitions);
            return this;
        }

        /** Default: the model decides. */
        public Builder toolChoice(ToolChoice choice) {
            this.toolChoice = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** Whether the model may ask for several tool calls at once. Default: the model's own. */
        public Builder parallelToolCalls(boolean allowed) {
            this.parallelToolCalls = allowed;
            return this;
        }

        /** Default: text. */
        public Builder responseFormat(ResponseFormat format) {
            this.responseFormat = Objects.requireNonNull(format, "format");
            return this;
        }

        /** Lets the provider choose by itself what of the prompt to cache. */
        public Builder automaticCaching() {
            this.automaticCaching = true;
            return this;
        }

        /**
         * Adds a field to the request body sent to providers of one type.
         *
         * @param providerType such as {@code openrouter}
         * @param field the name in the request body
         * @param value String, Number, Boolean, List or Map, as JSON has them
         */
        public Builder extra(String providerType, String field, Object value) {
            Map<String, Object> fields = new LinkedHashMap<>(extras.getOrDefault(providerType, Map.of()));
            fields.put(field, Objects.requireNonNull(value, "value"));
            Map<String, Map<String, Object>> more = new LinkedHashMap<>(extras);
            more.put(providerType, JsonValues.copy(fields));
            this.extras = more;
            return this;
        }

        /** @throws IllegalArgumentException if there are no messages */
        public ChatRequest build() {
            if (messages.isEmpty()) {
                throw new IllegalArgumentException("messages must not be empty; add at least one, such as user(\"…\")");
            }
            if (toolChoice != null) {
                toolChoice.tool().ifPresent(this::checkDefined);
            }
            return new ChatRequest(this);
        }

        private void checkDefined(String tool) {
            if (tools.stream().noneMatch(definition -> definition.name().equals(tool))) {
                throw new IllegalArgumentException("toolChoice names \"" + tool + "\", which is none of the tools");
            }
        }

        private static double inRange(String field, double value, double low, double high) {
            if (!(value >= low && value <= high)) {
                throw new IllegalArgumentException(field + " must be from " + low + " to " + high + ", not " + value);
            }
            return value;
        }

        private static int atLeastOne(String field, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(field + " must be at least 1, not " + value);
            }
            return value;
        }
    }
}
