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
 * A conversation to be continued, with parameters for the answer. Only the messages are required. Parameters that are
 * not set are not sent, so the model's defaults apply. Instances are immutable.
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

    private static final int LONGEST_NAME = 4 * 1024;

    private final List<Message> messages;
    /** Stored as an Optional, because a call reads it many times. */
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
    /** Computed only when it is first needed and then cached, because conversations can be long. */
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

    /** Returns a request with one user message. */
    public static ChatRequest of(String prompt) {
        return builder().user(prompt).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder initialized with the contents of this request. */
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

    /** Returns the messages of the conversation so far, which are never empty. */
    public List<Message> messages() {
        return messages;
    }

    /** Returns a model name or a configured alias, or empty if the configuration chooses the model. */
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

    /** Returns the maximum number of tokens that the model may write, including reasoning. */
    public OptionalInt maxOutputTokens() {
        return optional(maxOutputTokens);
    }

    /** Returns the texts at which the model stops writing, or an empty list if there are none. */
    public List<String> stop() {
        return stop;
    }

    /** Returns the seed, which makes the model try to give the same answer to the same request. */
    public OptionalLong seed() {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    public Optional<Reasoning> reasoning() {
        return Optional.ofNullable(reasoning);
    }

    /** Returns the tools that the model may call, or an empty list if there are none. */
    public List<ToolDefinition> tools() {
        return tools;
    }

    public Optional<ToolChoice> toolChoice() {
        return Optional.ofNullable(toolChoice);
    }

    /** Returns whether the model may request several tool calls at once. */
    public Optional<Boolean> parallelToolCalls() {
        return Optional.ofNullable(parallelToolCalls);
    }

    public Optional<ResponseFormat> responseFormat() {
        return Optional.ofNullable(responseFormat);
    }

    /** Returns whether the provider chooses which parts of the prompt to cache. */
    public boolean automaticCaching() {
        return automaticCaching;
    }

    /** Returns the capabilities that a model needs for this request. */
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
     * Returns request fields that this API does not define, grouped by provider type. A provider adds only the fields
     * of its own type to the request body. Values are JSON values: String, Number, Boolean, List or Map.
     */
    public Map<String, Map<String, Object>> extras() {
        return extras;
    }

    /** Returns the additional request fields for one provider type, or an empty map if there are none. */
    public Map<String, Object> extras(String providerType) {
        return extras.getOrDefault(providerType, Map.of());
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static OptionalInt optional(@Nullable Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    /** Returns a description that omits the messages. */
    @Override
    public String toString() {
        return "ChatRequest[model=" + model.orElse(null) + ", messages=" + messages.size() + "]";
    }

    /** Builds a {@link ChatRequest}. This class is not thread-safe. */
    public static final class Builder {
        /** May be the list of an existing request, so it is copied before a message is added. */
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

        /**
         * Sets a model name, which is sent unchanged, or an alias from the configuration. Null lets the configuration
         * choose the model.
         */
        public Builder model(@Nullable String name) {
            if (name != null && name.isBlank()) {
                throw new IllegalArgumentException("model must not be blank; leave it out to use the configured one");
            }
            if (name != null && OneLine.isBroken(name)) {
                throw new IllegalArgumentException("model must not contain line breaks or other control characters");
            }
            if (name != null && name.length() > LONGEST_NAME) {
                throw new IllegalArgumentException("model must not be longer than " + LONGEST_NAME + " characters");
            }
            this.model = name;
            return this;
        }

        /** Sets the temperature, which must be from 0 to 2. */
        public Builder temperature(double value) {
            this.temperature = inRange("temperature", value, 0, 2);
            return this;
        }

        /** Sets top-p, which must be above 0 and at most 1. */
        public Builder topP(double value) {
            if (value == 0) {
                throw new IllegalArgumentException("topP must be above 0 and at most 1, not 0");
            }
            this.topP = inRange("topP", value, 0, 1);
            return this;
        }

        /** Sets top-k, which must be at least 1. */
        public Builder topK(int value) {
            this.topK = atLeastOne("topK", value);
            return this;
        }

        /** Sets the frequency penalty, which must be from -2 to 2. */
        public Builder frequencyPenalty(double value) {
            this.frequencyPenalty = inRange("frequencyPenalty", value, -2, 2);
            return this;
        }

        /** Sets the presence penalty, which must be from -2 to 2. */
        public Builder presencePenalty(double value) {
            this.presencePenalty = inRange("presencePenalty", value, -2, 2);
            return this;
        }

        /** Sets the maximum number of output tokens, which must be at least 1. */
        public Builder maxOutputTokens(int count) {
            this.maxOutputTokens = atLeastOne("maxOutputTokens", count);
            return this;
        }

        /** Replaces the texts at which the model stops writing. None of them may be empty. */
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

        /** Sets how the model chooses tools. Default: the model decides. */
        public Builder toolChoice(ToolChoice choice) {
            this.toolChoice = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /** Sets whether the model may request several tool calls at once. Default: the model's own setting. */
        public Builder parallelToolCalls(boolean allowed) {
            this.parallelToolCalls = allowed;
            return this;
        }

        /** Sets the format of the answer. Default: text. */
        public Builder responseFormat(ResponseFormat format) {
            this.responseFormat = Objects.requireNonNull(format, "format");
            return this;
        }

        /** Lets the provider choose which parts of the prompt to cache. */
        public Builder automaticCaching() {
            this.automaticCaching = true;
            return this;
        }

        /**
         * Adds a field to the body of requests sent to providers of one type.
         *
         * @param providerType the provider type, such as {@code openrouter}
         * @param field the field name in the request body
         * @param value a JSON value: String, Number, Boolean, List or Map
         */
        public Builder extra(String providerType, String field, Object value) {
            Map<String, Object> fields = new LinkedHashMap<>(extras.getOrDefault(providerType, Map.of()));
            fields.put(field, Objects.requireNonNull(value, "value"));
            Map<String, Map<String, Object>> more = new LinkedHashMap<>(extras);
            more.put(providerType, JsonValues.copy(fields));
            this.extras = more;
            return this;
        }

        /**
         * Builds the request.
         *
         * @throws IllegalArgumentException if there are no messages, or the tool choice names an undefined tool
         */
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
                throw new IllegalArgumentException("toolChoice names \"" + tool + "\", which is not one of the tools");
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
