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

/** Reads answers: leniently in what may be left out, strictly in what makes an answer one. */
final class ResponseDecoder {

    private final OpenAiDialect dialect;
    private final ErrorMapper errors;
    private final MessageDecoder messages;

    ResponseDecoder(OpenAiDialect dialect, ErrorMapper errors, JsonReader json) {
        this.dialect = dialect;
        this.errors = errors;
        this.messages = new MessageDecoder(json);
    }

    /** @throws dev.llmspi.api.error.LlmException if this is no answer, or an error inside a success */
    ChatResponse decode(WireReply reply, CallScope scope, ServerText text) {
        JsonObject body = answer(reply.body());
        JsonObject choice = first(body.list("choices"));
        if (choice.isEmpty()) {
            throw malformed(reply, "answered without choices", scope, text);
        }
        WireFinishReason finish = WireFinishReason.of(choice);
        if (isError(choice.value("error"))) {
            throw errors.map(reply, ErrorBody.of(choice), scope, text);
        }
        JsonObject json = message(choice);
        if (json.isEmpty() && !(choice.value("message") instanceof Map)) {
            throw malformed(reply, "answered without a message", scope, text);
        }
        AssistantMessage message = message(json, reply, scope, text)
                .from(scope.provider(), scope.requested())
                .build();
        Usage usage = usage(body, choice);
        String reason = finish.raw();
        ChatResponse.Builder response = ChatResponse.builder(message)
                .finishReason(finish.reason(!message.toolCalls().isEmpty()))
                .rawFinishReason(reason == null ? null : text.name(reason))
                .usage(usage)
                .callId(scope.context().callId())
                .provider(scope.provider())
                .model(body.text("model").map(text::name).orElse(scope.model()))
                .requestId(ErrorMapper.requestId(reply, text))
                .metadata(ResponseMetadata.REFUSAL, json.text("refusal").orElse(null))
                .metadata(
                        ResponseMetadata.SERVICE_TIER, body.text("service_tier").orElse(null));
        dialect.response(body == reply.body() ? reply : new WireReply(reply.status(), reply.headers(), body), response);
        ChatResponse answer = text.built(response);
        boolean delta = !(choice.value("message") instanceof Map) && choice.value("delta") instanceof Map;
        // A document that holds a delta is one chunk of a stream: it is whole if it says so.
        Completeness.End end = delta ? Completeness.End.BODY : Completeness.End.DOCUMENT;
        return switch (Completeness.of(finish, hasContent(message, usage), true, true, end, dialect.trustsDone())) {
            case BROKEN_OFF ->
                throw errors
                        .unusable(reply, ErrorReason.TRUNCATED, StreamSource.brokenOff(finish, text), scope, text)
                        .toBuilder()
                        .partial(answer)
                        .build();
            case EMPTY ->
                throw errors.unusable(
                        reply, ErrorReason.EMPTY_RESPONSE, "answered with an empty generation", scope, text);
            case TRUNCATED ->
                throw errors.unusable(
                        reply, ErrorReason.TRUNCATED, "ended the answer before it was complete", scope, text);
            default -> answer;
        };
    }

    /** The choice with the lowest index; there is one, unless the request asked for several. Empty if there is none. */
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
     * The message; some servers send a delta in its place, or the text alone, as the older completions endpoint does.
     */
    private static JsonObject message(JsonObject choice) {
        JsonObject message = choice.object("message");
        if (!message.isEmpty()) {
            return message;
        }
        JsonObject delta = choice.object("delta");
        return !delta.isEmpty()
                ? delta
                : choice.value("text") instanceof String said
                        ? JsonObject.of(Map.of("content", said))
                        : JsonObject.from(null);
    }

    /** Whether a member {@code error} reports one. */
    static boolean isError(@Nullable Object error) {
        return error instanceof Map<?, ?> map && !map.isEmpty()
                || error instanceof List<?> list && !list.isEmpty()
                || error instanceof String text && !text.isBlank()
                || Boolean.TRUE.equals(error);
    }

    /** OpenRouter has been seen to put the whole completion into its member {@code provider}. */
    private static JsonObject answer(JsonObject body) {
        JsonObject nested = body.object("provider");
        return body.list("choices").isEmpty() && !nested.list("choices").isEmpty() ? nested : body;
    }

    private AssistantMessage.Builder message(JsonObject json, WireReply reply, CallScope scope, ServerText text) {
        try {
            return messages.decode(json);
        } catch (StreamConstraintsException e) {
            throw errors.unusable(reply, ErrorReason.TOO_LARGE, "sent an answer beyond the bounds", scope, text);
        } catch (MessageDecoder.UnexpectedShapeException e) {
            throw malformed(reply, "sent an answer that cannot be read: " + e.getMessage(), scope, text);
        }
    }

    private RuntimeException malformed(WireReply reply, String what, CallScope scope, ServerText text) {
        return errors.unusable(reply, ErrorReason.MALFORMED_RESPONSE, what, scope, text);
    }

    /** An answer that is billed was generated, even if nothing of it is shown. */
    private static boolean hasContent(AssistantMessage message, Usage usage) {
        return !message.text().isEmpty()
                || !message.toolCalls().isEmpty()
                || message.reasoning().isPresent()
                || usage.outputTokens().orElse(0) > 0;
    }

    /** Some servers put usage into the choice, Groq into a member of its own. */
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
