package dev.llmspi.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message from the model, which contains text, tool calls, and the reasoning that the model makes visible. */
public final class AssistantMessage implements Message {

    private final List<ContentPart> content;
    private final List<ToolCall> toolCalls;
    private final @Nullable String reasoning;
    private final List<Map<String, Object>> reasoningDetails;
    private final Map<String, String> providerFields;
    private final @Nullable String provider;
    private final @Nullable String model;
    /** Computed only once, so that repeated calls return the same object. */
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

    /** Returns a message that contains only the given text. */
    public static AssistantMessage of(String text) {
        return builder().text(text).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder initialized with the contents of this message. */
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

    /** Returns the tool calls that the model requests, in the model's order. */
    public List<ToolCall> toolCalls() {
        return toolCalls;
    }

    /** Returns the model's visible reasoning, or empty if there is none. */
    public Optional<String> reasoning() {
        return Optional.ofNullable(reasoning);
    }

    /**
     * Returns the reasoning in the provider's own structure, as JSON objects in the order in which they arrived. Send
     * it back unmodified to the model that wrote it. Signatures and encrypted parts are opaque.
     */
    public List<Map<String, Object>> reasoningDetails() {
        return reasoningDetails;
    }

    /**
     * Returns the members of the provider's message for which this API has no field, in their original order, as a map
     * from names to serialized JSON values. They include the reasoning, under the name that the server uses. They are
     * sent back unchanged to the provider and model that sent them, and to no other.
     *
     * <p>To store a conversation, store this map, {@link #reasoningDetails}, {@link #provider} and {@link #model} with
     * the message, and {@link ToolCall#providerFields} with each tool call.
     */
    public Map<String, String> providerFields() {
        return providerFields;
    }

    /** Returns the provider instance that sent this message, or empty if the application created it. */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** Returns the model name used in the request that this message answers, or empty if it is unknown. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /**
     * Returns whether the given provider and model sent this message. Only then can {@link #reasoningDetails} and
     * {@link #providerFields} be sent to them: providers reject signed or encrypted reasoning from another model.
     *
     * @param providerName the name of the provider instance
     * @param requestedModel the model name in the request
     */
    public boolean isFrom(String providerName, String requestedModel) {
        return providerName.equals(provider) && requestedModel.equals(model);
    }

    /**
     * Returns whether the message or one of its tool calls contains data that only the original provider and model
     * accept.
     */
    public boolean hasProviderData() {
        if (!reasoningDetails.isEmpty() || !providerFields.isEmpty()) {
            return true;
        }
        for (int i = 0; i < toolCalls.size(); i++) { // creates no iterator, because every call checks every message
            if (!toolCalls.get(i).providerFields().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns a copy of this message without the data that only its original provider and model accept, or this message
     * itself if it contains no such data.
     */
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

    /** Returns a description that omits text and reasoning. */
    @Override
    public String toString() {
        return "AssistantMessage[" + content + ", toolCalls=" + toolCalls + "]";
    }

    /** Builds an {@link AssistantMessage}. This class is not thread-safe. */
    public static final class Builder {
        private List<ContentPart> content = List.of();
        private List<ToolCall> toolCalls = List.of();
        private @Nullable String reasoning;
        private List<Map<String, Object>> reasoningDetails = List.of();
        private Map<String, String> providerFields = Map.of();
        private @Nullable String provider;
        private @Nullable String model;

        private Builder() {}

        /** Sets the content to a single text part. */
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

        /** Sets the visible reasoning; null means that there is none. */
        public Builder reasoning(@Nullable String text) {
            this.reasoning = text;
            return this;
        }

        public Builder reasoningDetails(List<Map<String, Object>> details) {
            this.reasoningDetails = Objects.requireNonNull(details, "details");
            return this;
        }

        /**
         * Sets the value of {@link AssistantMessage#providerFields}.
         *
         * @param fields a map from names to serialized JSON values; an entry whose value is not exactly one JSON value
         *     is omitted from requests. Call {@link #from} to state the origin of the fields, because the client sends
         *     them to no other provider or model
         */
        public Builder providerFields(Map<String, String> fields) {
            this.providerFields = Objects.requireNonNull(fields, "fields");
            return this;
        }

        /**
         * Sets the origin of the message: the provider instance that sent it, and the model name used in the request.
         */
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
