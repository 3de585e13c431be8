package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ErrorReason;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.Usage;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Decodes answers that are not streamed. Optional members are read leniently, and required members strictly. */
final class ResponseDecoder {

    private final OpenAiDialect dialect;
    private final ErrorMapper errors;
    private final MessageDecoder messages;

    ResponseDecoder(OpenAiDialect dialect, ErrorMapper errors, JsonReader json) {
        this.dialect = dialect;
        this.errors = errors;
        this.messages = new MessageDecoder(json);
    }

    /**
     * Returns the answer in a reply.
     *
     * @throws dev.llmspi.api.error.LlmException if the reply is not a complete answer or contains an error
     */
    ChatResponse decode(WireReply reply, WireCall call, Redactor redactor) {
        JsonObject body = answer(reply.body());
        JsonObject choice = first(body.list("choices"));
        if (choice.isEmpty()) {
            throw malformed(reply, "answered without choices", call, redactor);
        }
        WireFinishReason finish = WireFinishReason.of(choice);
        if (isError(choice.value("error"))) {
            throw errors.map(reply, ErrorBody.of(choice), call, redactor);
        }
        JsonObject json = message(choice);
        if (json.isEmpty() && !(choice.value("message") instanceof Map)) {
            throw malformed(reply, "answered without a message", call, redactor);
        }
        AssistantMessage message = message(json, reply, call, redactor)
                .from(call.provider(), call.requested())
                .build();
        Usage usage = usage(body, choice);
        String reason = finish.raw();
        ChatResponse.Builder response = ChatResponse.builder(message)
                .finishReason(finish.reason(!message.toolCalls().isEmpty()))
                .rawFinishReason(reason == null ? null : redactor.name(reason))
                .usage(usage)
                .callId(call.context().callId())
                .provider(call.provider())
                .model(body.text("model").map(redactor::name).orElse(call.model()))
                .requestId(reply.requestId().map(redactor::name).orElse(null))
                .metadata(ResponseMetadata.REFUSAL, json.text("refusal").orElse(null))
                .metadata(
                        ResponseMetadata.SERVICE_TIER, body.text("service_tier").orElse(null));
        dialect.response(body == reply.body() ? reply : new WireReply(reply.status(), reply.headers(), body), response);
        ChatResponse answer = redactor.built(response);
        boolean delta = !(choice.value("message") instanceof Map) && choice.value("delta") instanceof Map;
        // A document with a delta is one chunk of a stream. It is complete only if it has a finish reason.
        Completeness.End end = delta ? Completeness.End.BODY : Completeness.End.DOCUMENT;
        return switch (Completeness.of(finish, hasContent(message, usage), true, true, end, dialect.trustsDone())) {
            case BROKEN_OFF ->
                throw errors
                        .unusable(reply, ErrorReason.TRUNCATED, finish.brokenOff(redactor), call, redactor)
                        .toBuilder()
                        .partial(answer)
                        .build();
            case EMPTY ->
                throw errors.unusable(
                        reply, ErrorReason.EMPTY_RESPONSE, "sent an answer without content", call, redactor);
            case TRUNCATED ->
                throw errors.unusable(
                        reply, ErrorReason.TRUNCATED, "ended the answer before it was complete", call, redactor);
            default -> answer;
        };
    }

    /** Returns the choice with the lowest index; empty if there is none. The request usually asks for one choice. */
    private static JsonObject first(List<?> choices) {
        JsonObject first = JsonObject.from(null);
        for (Object element : choices) {
            JsonObject next = JsonObject.from(element);
            boolean lower = next.count("index").orElse(Long.MAX_VALUE)
                    < first.count("index").orElse(0);
            first = first.isEmpty() || lower ? next : first;
        }
        return first;
    }

    /**
     * Returns the message in a choice. Some servers send a delta instead, or only a text, as the legacy completions
     * endpoint does.
     */
    private static JsonObject message(JsonObject choice) {
        JsonObject message = choice.object("message");
        if (!message.isEmpty()) {
            return message;
        }
        JsonObject delta = choice.object("delta");
        return !delta.isEmpty()
                ? delta
                : choice.value("text") instanceof String content
                        ? JsonObject.of(Map.of("content", content))
                        : JsonObject.from(null);
    }

    /** Whether the value of the member {@code error} reports an error. */
    static boolean isError(@Nullable Object error) {
        return error instanceof Map<?, ?> map && !map.isEmpty()
                || error instanceof List<?> list && !list.isEmpty()
                || error instanceof String text && !text.isBlank()
                || Boolean.TRUE.equals(error);
    }

    /**
     * Returns the JSON object that contains the answer. OpenRouter was observed to send it inside the member
     * {@code provider}.
     */
    private static JsonObject answer(JsonObject body) {
        JsonObject nested = body.object("provider");
        return body.list("choices").isEmpty() && !nested.list("choices").isEmpty() ? nested : body;
    }

    private AssistantMessage.Builder message(JsonObject json, WireReply reply, WireCall call, Redactor redactor) {
        try {
            return messages.decode(json);
        } catch (StreamConstraintsException e) {
            throw errors.unusable(
                    reply, ErrorReason.TOO_LARGE, "sent an answer that exceeds the bounds", call, redactor);
        } catch (MessageDecoder.UnexpectedShapeException e) {
            throw malformed(reply, "sent an answer that cannot be read: " + e.getMessage(), call, redactor);
        }
    }

    private RuntimeException malformed(WireReply reply, String what, WireCall call, Redactor redactor) {
        return errors.unusable(reply, ErrorReason.MALFORMED_RESPONSE, what, call, redactor);
    }

    /**
     * Whether an answer has content. An answer with output tokens counts even if none is visible, because it was
     * billed.
     */
    private static boolean hasContent(AssistantMessage message, Usage usage) {
        return !message.text().isEmpty()
                || !message.toolCalls().isEmpty()
                || message.reasoning().isPresent()
                || usage.outputTokens().orElse(0) > 0;
    }

    /** Returns the usage, which some servers send inside the choice and Groq sends inside {@code x_groq}. */
    private Usage usage(JsonObject body, JsonObject choice) {
        Usage usage = usage(body.object("usage"));
        if (usage.equals(Usage.none())) {
            usage = usage(choice.object("usage"));
        }
        return usage.equals(Usage.none()) ? usage(body.object("x_groq").object("usage")) : usage;
    }

    Usage usage(JsonObject json) {
        if (json.isEmpty()) {
            return Usage.none();
        }
        Usage.Builder usage = Usage.builder();
        count(json, "input_tokens", usage::inputTokens);
        count(json, "output_tokens", usage::outputTokens);
        count(json, "prompt_tokens", usage::inputTokens);
        count(json, "completion_tokens", usage::outputTokens);
        count(json, "total_tokens", usage::totalTokens);
        JsonObject input = json.object("prompt_tokens_details");
        count(input, "cached_tokens", usage::cachedInputTokens);
        count(input, "cache_write_tokens", usage::cacheWriteTokens);
        count(json.object("completion_tokens_details"), "reasoning_tokens", usage::reasoningTokens);
        dialect.usage(json, usage);
        return usage.build();
    }

    private static void count(JsonObject json, String name, LongConsumer target) {
        long count = json.countOrAbsent(name);
        if (count >= 0) {
            target.accept(count);
        }
    }
}
