package dev.llmspi.api;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One event of a {@link ChatStream}. Sealed, but a minor release may add cases: keep a default branch.
 *
 * <p>Text, reasoning and tool-call deltas are content, in the order the model wrote them. A complete tool call comes
 * after its deltas and before {@link Finish}, which is always the last event and comes only if the answer is complete.
 */
public sealed interface ChatStreamEvent {

    /** A piece of the answer's text; never empty. */
    record TextDelta(String text) implements ChatStreamEvent {
        public TextDelta {
            Objects.requireNonNull(text, "text");
        }

        /** Does not show the text. */
        @Override
        public String toString() {
            return "TextDelta[" + text.length() + " chars]";
        }
    }

    /** A piece of the model's visible reasoning; never empty. */
    record ReasoningDelta(String text) implements ChatStreamEvent {
        public ReasoningDelta {
            Objects.requireNonNull(text, "text");
        }

        /** Does not show the text. */
        @Override
        public String toString() {
            return "ReasoningDelta[" + text.length() + " chars]";
        }
    }

    /**
     * A piece of a tool call.
     *
     * @param index which of the answer's calls, from 0; always there, whatever the provider sent
     * @param id the id of the call, in every piece
     * @param name the tool's name, in every piece
     * @param argumentsFragment what the model added to the arguments, never what came before. All fragments of a
     *     call, put together, are exactly the arguments of the completed call
     */
    record ToolCallDelta(int index, String id, String name, String argumentsFragment) implements ChatStreamEvent {
        public ToolCallDelta {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(argumentsFragment, "argumentsFragment");
        }

        /** Does not show the arguments. */
        @Override
        public String toString() {
            return "ToolCallDelta[" + index + ", " + name + "]";
        }
    }

    /** A tool call is complete. */
    record ToolCallComplete(int index, ToolCall call) implements ChatStreamEvent {
        public ToolCallComplete {
            Objects.requireNonNull(call, "call");
        }
    }

    /** What the answer used so far; the last one counts. */
    record UsageReported(Usage usage) implements ChatStreamEvent {
        public UsageReported {
            Objects.requireNonNull(usage, "usage");
        }
    }

    /**
     * The answer is complete: the last event.
     *
     * @param reason why the model stopped
     * @param rawReason the provider's own word for it
     * @param model the model that answered, as the provider names it
     * @param requestId the provider's id for the request or the generation
     * @param reasoningDetails as in {@link AssistantMessage#reasoningDetails()}
     * @param metadata as in {@link ChatResponse#metadata()}
     * @param providerFields as in {@link AssistantMessage#providerFields()}
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

        /** A finish without provider fields. */
        public Finish(
                FinishReason reason,
                Optional<String> rawReason,
                Optional<String> model,
                Optional<String> requestId,
                List<Map<String, Object>> reasoningDetails,
                Map<String, Object> metadata) {
            this(reason, rawReason, model, requestId, reasoningDetails, metadata, Map.of());
        }

        /** A finish without further particulars. */
        public static Finish of(FinishReason reason) {
            return new Finish(reason, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Map.of());
        }

        /** Does not show reasoning. */
        @Override
        public String toString() {
            return "Finish[" + reason + "]";
        }
    }

    /** Whether this is content: text, reasoning or a piece of a tool call. */
    default boolean isContent() {
        return this instanceof TextDelta || this instanceof ReasoningDelta || this instanceof ToolCallDelta;
    }
}
