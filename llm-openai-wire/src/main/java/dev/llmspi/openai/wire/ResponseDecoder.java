package dev.llmspi.openai.wire;

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
        List<?> choices = body.list("choices");
        if (choices.isEmpty() || !(choices.get(0) instanceof Map)) {
            throw malformed(reply, "answered without choices", scope, text);
        }
        JsonObject choice = JsonObject.from(choices.get(0));
        FinishWord finish = FinishWord.of(choice);
        if (isError(choice.value("error")) || finish.isError()) {
            throw errors.map(reply, ErrorBody.of(choice), scope, text);
        }
        if (!(choice.value("message") instanceof Map)) {
            throw malformed(reply, "answered without a message", scope, text);
        }
        JsonObject json = choice.object("message");
        AssistantMessage message = message(json, reply, scope, text)
                .from(scope.provider(), scope.model())
                .build();
        Usage usage = usage(body.object("usage"));
        if (isNothing(message, json, finish, usage)) {
            throw errors.unusable(reply, ErrorReason.EMPTY_RESPONSE, "answered with an empty generation", scope, text);
        }
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
        return text.built(response);
    }

    /** Whether a member {@code error} reports one. */
    static boolean isError(@Nullable Object error) {
        return error instanceof Map<?, ?> map ? !map.isEmpty() : error instanceof String text && !text.isBlank();
    }

    /** OpenRouter has been seen to put the whole completion into its member {@code provider}. */
    private static JsonObject answer(JsonObject body) {
        JsonObject nested = body.object("provider");
        return body.list("choices").isEmpty() && !nested.list("choices").isEmpty() ? nested : body;
    }

    private AssistantMessage.Builder message(JsonObject json, WireReply reply, CallScope scope, ServerText text) {
        try {
            return messages.decode(json);
        } catch (MessageDecoder.UnexpectedShapeException e) {
            throw malformed(reply, "sent an answer that cannot be read: " + e.getMessage(), scope, text);
        }
    }

    private RuntimeException malformed(WireReply reply, String what, CallScope scope, ServerText text) {
        return errors.unusable(reply, ErrorReason.MALFORMED_RESPONSE, what, scope, text);
    }

    /** No content, no reason to stop and nothing billed: the generation never began. */
    private static boolean isNothing(AssistantMessage message, JsonObject json, FinishWord finish, Usage usage) {
        return finish.raw() == null
                && message.text().isEmpty()
                && message.toolCalls().isEmpty()
                && message.reasoning().isEmpty()
                && json.text("refusal").isEmpty()
                && usage.outputTokens().orElse(0) == 0;
    }

    Usage usage(JsonObject json) {
        if (json.isEmpty()) {
            return Usage.none();
        }
        Usage.Builder usage = Usage.builder();
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
