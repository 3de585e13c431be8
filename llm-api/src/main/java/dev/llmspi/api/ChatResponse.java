package dev.llmspi.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link ChatRequest}, with its origin, its usage and the attempts of the call. Instances are
 * immutable.
 */
public final class ChatResponse {

    private final AssistantMessage message;
    private final FinishReason finishReason;
    private final @Nullable String rawFinishReason;
    private final Usage usage;
    private final String callId;
    private final String provider;
    /**
     * Package-private, like {@code requestId}, so that {@link Attempt} can copy the value without creating an Optional.
     */
    final @Nullable String model;

    final @Nullable String requestId;
    private final Map<String, Object> metadata;
    private final List<Attempt> attempts;

    private ChatResponse(Builder builder) {
        this.message = builder.message;
        this.finishReason = builder.finishReason;
        this.rawFinishReason = builder.rawFinishReason;
        this.usage = builder.usage;
        this.callId = builder.callId;
        this.provider = builder.provider;
        this.model = builder.model;
        this.requestId = builder.requestId;
        this.metadata = builder.takeMetadata();
        this.attempts = List.copyOf(builder.attempts);
    }

    public static Builder builder(AssistantMessage message) {
        return new Builder(message);
    }

    /** Returns a builder initialized with the contents of this response. */
    public Builder toBuilder() {
        Builder builder = new Builder(message);
        builder.finishReason = finishReason;
        builder.rawFinishReason = rawFinishReason;
        builder.usage = usage;
        builder.callId = callId;
        builder.provider = provider;
        builder.model = model;
        builder.requestId = requestId;
        builder.metadata = metadata;
        builder.attempts = attempts;
        return builder;
    }

    /** Returns the text of the answer, or {@code ""} if there is none. */
    public String text() {
        return message.text();
    }

    /**
     * Returns whether the answer has any content, even if that is an empty text. The result is false if the answer
     * consists only of tool calls or reasoning.
     */
    public boolean hasContent() {
        return !message.content().isEmpty();
    }

    /** Returns the whole message, which can be added to the conversation. */
    public AssistantMessage message() {
        return message;
    }

    /** Returns the tool calls that the model requests, in the model's order. */
    public List<ToolCall> toolCalls() {
        return message.toolCalls();
    }

    public FinishReason finishReason() {
        return finishReason;
    }

    /** Returns the finish reason in the provider's own words. */
    public Optional<String> rawFinishReason() {
        return Optional.ofNullable(rawFinishReason);
    }

    /** Returns the usage of the answer. Values that the provider did not report are empty. */
    public Usage usage() {
        return usage;
    }

    /**
     * Returns the call ID, which events and errors of the call also contain, or {@code ""} if a provider was called
     * without a client.
     */
    public String callId() {
        return callId;
    }

    /** Returns the name of the provider instance that answered. */
    public String provider() {
        return provider;
    }

    /** Returns the provider's name for the model that answered, which may differ from the requested model. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** Returns the provider's ID for the request or the generation. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /**
     * Returns further data from the provider: JSON values by name. {@link ResponseMetadata} defines some of the names.
     */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** Returns one metadata entry as a string, or empty if there is no such entry. */
    public Optional<String> metadata(String name) {
        return Optional.ofNullable(metadata.get(name)).map(Object::toString);
    }

    /** Returns all attempts of the call in order, including skipped links. The last attempt produced this answer. */
    public List<Attempt> attempts() {
        return attempts;
    }

    /** Returns a description that omits the answer. */
    @Override
    public String toString() {
        return "ChatResponse[provider=" + provider + ", model=" + model + ", finishReason=" + finishReason + ", "
                + usage + ", attempts=" + attempts.size() + "]";
    }

    /** Builds a {@link ChatResponse}. This class is not thread-safe. */
    public static final class Builder {
        private AssistantMessage message;
        private FinishReason finishReason = FinishReason.UNKNOWN;
        private @Nullable String rawFinishReason;
        private Usage usage = Usage.none();
        private String callId = "";
        private String provider = "";
        private @Nullable String model;
        private @Nullable String requestId;
        /** May be the map of an existing response, so it is copied before an entry is added. */
        private Map<String, Object> metadata = Collections.emptyMap();

        private boolean ownMetadata;
        private List<Attempt> attempts = List.of();

        private Builder(AssistantMessage message) {
            this.message = Objects.requireNonNull(message, "message");
        }

        public Builder message(AssistantMessage answer) {
            this.message = Objects.requireNonNull(answer, "answer");
            return this;
        }

        public Builder finishReason(FinishReason reason) {
            this.finishReason = Objects.requireNonNull(reason, "reason");
            return this;
        }

        public Builder rawFinishReason(@Nullable String word) {
            this.rawFinishReason = word;
            return this;
        }

        public Builder usage(Usage used) {
            this.usage = Objects.requireNonNull(used, "used");
            return this;
        }

        public Builder callId(String id) {
            this.callId = Objects.requireNonNull(id, "id");
            return this;
        }

        public Builder provider(String name) {
            this.provider = Objects.requireNonNull(name, "name");
            return this;
        }

        public Builder model(@Nullable String name) {
            this.model = name;
            return this;
        }

        public Builder requestId(@Nullable String id) {
            this.requestId = id;
            return this;
        }

        /** Adds a metadata entry, unless the value is null. */
        public Builder metadata(String name, @Nullable Object value) {
            if (value != null) {
                if (!ownMetadata) {
                    metadata = new LinkedHashMap<>(metadata);
                    ownMetadata = true;
                }
                metadata.put(name, JsonValues.copyOf(value));
            }
            return this;
        }

        /** Hands the map over to the response. The builder copies the map before it adds another entry. */
        private Map<String, Object> takeMetadata() {
            if (ownMetadata) {
                metadata = Collections.unmodifiableMap(metadata);
                ownMetadata = false;
            }
            return metadata;
        }

        public Builder attempts(List<Attempt> list) {
            this.attempts = Objects.requireNonNull(list, "list");
            return this;
        }

        public ChatResponse build() {
            return new ChatResponse(this);
        }
    }
}
