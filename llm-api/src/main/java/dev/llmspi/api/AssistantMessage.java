package dev.llmspi.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the model said: text, tool calls, and reasoning where the model shows it. */
public final class AssistantMessage implements Message {

    private final List<ContentPart> content;
    private final List<ToolCall> toolCalls;
    private final @Nullable String reasoning;
    private final List<Map<String, Object>> reasoningDetails;
    private final Map<String, String> providerFields;
    private final @Nullable String provider;
    private final @Nullable String model;
    /** Computed once, so that a message that is sent to another provider again and again stays the same object. */
    private volatile @Nullable AssistantMessage withoutProviderData;

    private AssistantMessage(Builder builder) {
        this.content = List.copyOf(builder.content);
        this.toolCalls = List.copyOf(builder.toolCalls);
        this.reasoning = builder.reasoning;
        this.reasoningDetails = List.copyOf(builder.reasoningDetails);
        this.providerFields = JsonValues.copyTexts(builder.providerFields);
        this.provider = builder.provider;
        this.model = builder.model;
    }

    /** A message of one text. */
    public static AssistantMessage of(String text) {
        return builder().text(text).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that holds what this message holds. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.content = content;
        builder.toolCalls = toolCalls;
        builder.reasoning = reasoning;
        builder.reasoningDetails = reasoningDetails;
        builder.providerFields = providerFields;
        builder.provider = provider;
        builder.model = model;
        return builder;
    }

    @Override
    public List<ContentPart> content() {
        return content;
    }

    /** The tools the model wants called, in its order. */
    public List<ToolCall> toolCalls() {
        return toolCalls;
    }

    /** The model's visible reasoning. */
    public Optional<String> reasoning() {
        return Optional.ofNullable(reasoning);
    }

    /**
     * The reasoning as the provider structured it, JSON objects as maps in the order they came: to be handed back
     * unmodified to the model that wrote them. Signatures and encrypted parts are opaque.
     */
    public List<Map<String, Object>> reasoningDetails() {
        return reasoningDetails;
    }

    /**
     * Members of the provider's message that this vocabulary has no name for, in their order: the name of each, and its
     * value as JSON text. Reasoning is here too, under the name the server gave it. They go back unchanged to the
     * provider and model that sent them, and to no other. To store a conversation, store this map, {@link
     * #reasoningDetails}, {@link #provider} and {@link #model} with the message; each tool call has {@link
     * ToolCall#providerFields} of its own.
     */
    public Map<String, String> providerFields() {
        return providerFields;
    }

    /** The provider instance that sent this message; empty if it was made by hand. */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** The model that sent this message, by the name it was requested with; empty if unknown. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /**
     * Whether this provider and model sent the message, so that {@link #reasoningDetails} and {@link #providerFields}
     * may be handed back there. Signed or encrypted reasoning of another model is refused.
     *
     * @param providerName the provider instance
     * @param requestedModel the model as it was asked for
     */
    public boolean isFrom(String providerName, String requestedModel) {
        return providerName.equals(provider) && requestedModel.equals(model);
    }

    /** Whether the message or one of its tool calls holds data that only its own provider and model take back. */
    public boolean hasProviderData() {
        if (!reasoningDetails.isEmpty() || !providerFields.isEmpty()) {
            return true;
        }
        for (int i = 0;
                i < toolCalls.size();
                i++) { // asked of every message of every call; an iterator for each would add up
            if (!toolCalls.get(i).providerFields().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** This message without the data that only its own provider and model take back; this, if there is none. */
    public AssistantMessage withoutProviderData() {
        if (!hasProviderData()) {
            return this;
        }
        AssistantMessage known = withoutProviderData;
        if (known == null) {
            withoutProviderData = known = stripped();
        }
        return known;
    }

    private AssistantMessage stripped() {
        List<ToolCall> calls = new ArrayList<>(toolCalls.size());
        for (ToolCall call : toolCalls) {
            calls.add(call.withProviderFields(Map.of()));
        }
        return toBuilder()
                .reasoningDetails(List.of())
                .providerFields(Map.of())
                .toolCalls(calls)
                .build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AssistantMessage that
                && content.equals(that.content)
                && toolCalls.equals(that.toolCalls)
                && Objects.equals(reasoning, that.reasoning)
                && reasoningDetails.equals(that.reasoningDetails)
                && providerFields.equals(that.providerFields);
    }

    @Override
    public int hashCode() {
        return Objects.hash(content, toolCalls, reasoning, reasoningDetails, providerFields);
    }

    /** Does not show text or reasoning. */
    @Override
    public String toString() {
        return "AssistantMessage[" + content + ", toolCalls=" + toolCalls + "]";
    }

    /** Builds an {@link AssistantMessage}; not safe for use by several threads. */
    public static final class Builder {
        private List<ContentPart> content = List.of();
        private List<ToolCall> toolCalls = List.of();
        private @Nullable String reasoning;
        private List<Map<String, Object>> reasoningDetails = List.of();
        private Map<String, String> providerFields = Map.of();
        private @Nullable String provider;
        private @Nullable String model;

        private Builder() {}

        /** Sets the content to one text. */
        public Builder text(String text) {
            return content(TextPart.listOf(text));
        }

        public Builder content(List<ContentPart> parts) {
            this.content = Objects.requireNonNull(parts, "parts");
            return this;
        }

        public Builder toolCalls(List<ToolCall> calls) {
            this.toolCalls = Objects.requireNonNull(calls, "calls");
            return this;
        }

        /** The visible reasoning; null: none. */
        public Builder reasoning(@Nullable String text) {
            this.reasoning = text;
            return this;
        }

        public Builder reasoningDetails(List<Map<String, Object>> details) {
            this.reasoningDetails = Objects.requireNonNull(details, "details");
            return this;
        }

        /**
         * Sets what {@link AssistantMessage#providerFields} returns.
         *
         * @param fields names and JSON texts; each text must be one JSON value, one that is none is left out of requests. Say
         *     with {@link #from} where they came from: a client sends them to no other provider or model
         */
        public Builder providerFields(Map<String, String> fields) {
            this.providerFields = Objects.requireNonNull(fields, "fields");
            return this;
        }

        /** Who wrote it: the provider instance, and the model as it was asked for. */
        public Builder from(String providerName, @Nullable String requestedModel) {
            this.provider = Objects.requireNonNull(providerName, "providerName");
            this.model = requestedModel;
            return this;
        }

        public AssistantMessage build() {
            return new AssistantMessage(this);
        }
    }
}
