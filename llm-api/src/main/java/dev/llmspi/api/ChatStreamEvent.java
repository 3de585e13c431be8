package dev.llmspi.api;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One event of a {@link ChatStream}. A minor release may add permitted types, so a switch needs a default branch.
 *
 * <p>The deltas of text, reasoning and tool calls are the content, and they arrive in the order in which the model
 * wrote it. A complete tool call follows its deltas and precedes {@link Finish}, which is always the last event and
 * occurs only if the answer is complete.
 */
public sealed interface ChatStreamEvent {

    /** A piece of the answer's text, which is never empty. */
    record TextDelta(String text) implements ChatStreamEvent {
        public TextDelta {
            Objects.requireNonNull(text, "text");
        }

        /** Returns a description that omits the text. */
        @Override
        public String toString() {
            return "TextDelta[" + text.length() + " chars]";
        }
    }

    /** A piece of the model's visible reasoning, which is never empty. */
    record ReasoningDelta(String text) implements ChatStreamEvent {
        public ReasoningDelta {
            Objects.requireNonNull(text, "text");
        }

        /** Returns a description that omits the text. */
        @Override
        public String toString() {
            return "ReasoningDelta[" + text.length() + " chars]";
        }
    }

    /**
     * A piece of a tool call.
     *
     * @param index the zero-based index of the tool call in the answer; it is always set, even if the provider did not
     *     send it
     * @param id the tool call's ID, which every piece contains
     * @param name the tool name, which every piece contains
     * @param argumentsFragment the part of the arguments that this piece adds; the concatenated fragments of a tool
     *     call are exactly the arguments of the complete call
     */
    record ToolCallDelta(int index, String id, String name, String argumentsFragment) implements ChatStreamEvent {
        public ToolCallDelta {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(argumentsFragment, "argumentsFragment");
        }

        /** Returns a description that omits the arguments. */
        @Override
        public String toString() {
            return "ToolCallDelta[" + index + ", " + name + "]";
        }
    }

    /** A complete tool call, which follows all of its pieces. */
    record ToolCallComplete(int index, ToolCall call) implements ChatStreamEvent {
        public ToolCallComplete {
            Objects.requireNonNull(call, "call");
        }
    }

    /** The usage of the answer so far. A later report replaces an earlier one. */
    record UsageReported(Usage usage) implements ChatStreamEvent {
        public UsageReported {
            Objects.requireNonNull(usage, "usage");
        }
    }

    /**
     * The last event of a complete answer.
     *
     * @param reason why the model stopped
     * @param rawReason the finish reason in the provider's own words
     * @param model the provider's name for the model that answered
     * @param requestId the provider's ID for the request or the generation
     * @param reasoningDetails see {@link AssistantMessage#reasoningDetails()}
     * @param metadata see {@link ChatResponse#metadata()}
     * @param providerFields see {@link AssistantMessage#providerFields()}
     */
    record Finish(
            FinishReason reason,
            Optional<String> rawReason,
            Optional<String> model,
            Optional<String> requestId,
            List<Map<String, Object>> reasoningDetails,
            Map<String, Object> metadata,
            Map<String, String> providerFields)
            implements ChatStreamEvent {

        public Finish {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(rawReason, "rawReason");
            Objects.requireNonNull(model, "model");
            Objects.requireNonNull(requestId, "requestId");
            reasoningDetails = List.copyOf(reasoningDetails);
            metadata = JsonValues.copy(metadata);
            providerFields = JsonValues.copyTexts(providerFields);
        }

        /** Creates a finish event without provider fields. */
        public Finish(
                FinishReason reason,
                Optional<String> rawReason,
                Optional<String> model,
                Optional<String> requestId,
                List<Map<String, Object>> reasoningDetails,
                Map<String, Object> metadata) {
            this(reason, rawReason, model, requestId, reasoningDetails, metadata, Map.of());
        }

        /** Returns a finish event that contains only a reason. */
        public static Finish of(FinishReason reason) {
            return new Finish(reason, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Map.of());
        }

        /** Returns a description that contains only the finish reason. */
        @Override
        public String toString() {
            return "Finish[" + reason + "]";
        }
    }

    /** Returns whether this event is content: text, reasoning or a piece of a tool call. */
    default boolean isContent() {
        return this instanceof TextDelta || this instanceof ReasoningDelta || this instanceof ToolCallDelta;
    }
}
