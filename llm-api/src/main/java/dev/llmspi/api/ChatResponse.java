package dev.llmspi.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The answer to a {@link ChatRequest}, who gave it, what it used and what it took to get it. */
public final class ChatResponse {

    private final AssistantMessage message;
    private final FinishReason finishReason;
    private final @Nullable String rawFinishReason;
    private final Usage usage;
    private final String callId;
    private final String provider;
    /** This and the next also for the entry of the attempt: an Optional would be made to be thrown away. */
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

    /** A builder that holds what this response holds. */
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

    /** The text of the answer; {@code ""} when there is none. */
    public String text() {
        return message.text();
    }

    /** Whether there was any content, be it empty text; false for an answer of tool calls or reasoning alone. */
    public boolean hasContent() {
        return !message.content().isEmpty();
    }

    /** The whole message, to be added to the conversation. */
    public AssistantMessage message() {
        return message;
    }

    /** The tools the model wants called, in its order. */
    public List<ToolCall> toolCalls() {
        return message.toolCalls();
    }

    public FinishReason finishReason() {
        return finishReason;
    }

    /** The provider's own word for why the model stopped. */
    public Optional<String> rawFinishReason() {
        return Optional.ofNullable(rawFinishReason);
    }

    /** What the answer used; what the provider did not say is absent in it. */
    public Usage usage() {
        return usage;
    }

    /** The id of the call, the same in events and errors; {@code ""} if a provider was called without a client. */
    public String callId() {
        return callId;
    }

    /** The provider instance that answered. */
    public String provider() {
        return provider;
    }

    /** The model that answered, as the provider names it; it may differ from the one asked for. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** The provider's id for the request or the generation. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** What else the provider said, by the names in {@link ResponseMetadata}; values as JSON has them. */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** One entry of the metadata as text. */
    public Optional<String> metadata(String name) {
        return Optional.ofNullable(metadata.get(name)).map(Object::toString);
    }

    /** All attempts of the call in order, skipped links included; the last one gave this answer. */
    public List<Attempt> attempts() {
        return attempts;
    }

    /** Does not show the answer. */
    @Override
    public String toString() {
        return "ChatResponse[provider=" + provider + ", model=" + model + ", finishReason=" + finishReason + ", "
                + usage + ", attempts=" + attempts.size() + "]";
    }

    /** Builds a {@link ChatResponse}; not safe for use by several threads. */
    public static final class Builder {
        private AssistantMessage message;
        private FinishReason finishReason = FinishReason.UNKNOWN;
        private @Nullable String rawFinishReason;
        private Usage usage = Usage.none();
        private String callId = "";
        private String provider = "";
        private @Nullable String model;
        private @Nullable String requestId;
        /** That of a response, until an entry is added. */
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

        /** Adds an entry; a null value is left out. */
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

        /** The answer takes the map over; the builder makes another one if it has to change it. */
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
