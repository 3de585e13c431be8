package dev.llmspi.openai.wire;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ResponseMetadata;
import dev.llmspi.api.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** What the chunks of a stream say besides the pieces of the answer, and the end of the answer made of it. */
final class StreamedReply {

    private static final int MEMBERS = 64;

    private final WireReply head;
    private final OpenAiDialect dialect;
    private final ResponseDecoder decoder;
    private final Map<String, Object> members = new LinkedHashMap<>();
    private final JsonReader json;
    private final ToolCalls toolCalls;
    private final ReasoningFragments reasoning = new ReasoningFragments();
    private final StringBuilder refusal = new StringBuilder();
    private @Nullable FinishWord finish;
    private @Nullable String nativeFinish;
    private long membersWeight;
    private long answerWeight;

    /** @param head the reply, its body not read yet */
    StreamedReply(WireReply head, OpenAiDialect dialect, ResponseDecoder decoder, JsonReader json) {
        this.head = head;
        this.dialect = dialect;
        this.decoder = decoder;
        this.json = json;
        this.toolCalls = new ToolCalls(json);
    }

    /** Whether nothing more is to be said of a member: it was said, or there are more than any server has. */
    boolean knows(String name) {
        return members.containsKey(name) || members.size() >= MEMBERS;
    }

    /** Keeps a member, in place of what was said before, unless there is no room for it. */
    void member(String name, Object value) {
        Object before = members.get(name);
        long weight = membersWeight + JsonTree.weight(value) - (before == null ? 0 : JsonTree.weight(before));
        if (weight <= json.longestText() && (before != null || members.size() < MEMBERS)) {
            members.put(name, value);
            membersWeight = weight;
        }
    }

    /** The answer gets longer by so much. */
    void grow(long weight) throws StreamConstraintsException {
        answerWeight += weight;
        if (answerWeight > json.longestText()) {
            throw new StreamConstraintsException("the answer is too long");
        }
    }

    void usage(JsonObject usage, Queue<ChatStreamEvent> events) {
        Usage read = decoder.usage(usage);
        if (!read.equals(Usage.none())) {
            member("usage", usage.members());
            events.add(new ChatStreamEvent.UsageReported(read));
        }
    }

    /** The first word counts; some servers repeat it. */
    void finish(FinishWord word) {
        finish = finish == null ? word : finish;
    }

    void nativeFinish(@Nullable String word) {
        nativeFinish = nativeFinish == null ? word : nativeFinish;
    }

    void refusal(String text) {
        refusal.append(text);
    }

    ToolCalls toolCalls() {
        return toolCalls;
    }

    ReasoningFragments reasoning() {
        return reasoning;
    }

    boolean isRefused() {
        return !refusal.isEmpty();
    }

    /** Whether the server has said why the model stopped. */
    boolean isFinished() {
        return finish != null;
    }

    /** The reply as far as it has come: head, and what stands beside the answer. */
    WireReply soFar() {
        return new WireReply(head.status(), head.headers(), JsonObject.of(members));
    }

    /** The event that ends the answer. */
    ChatStreamEvent.Finish end(CallScope scope, ServerText text) {
        FinishWord word = finish == null ? new FinishWord(null) : finish;
        Map<String, Object> body = new LinkedHashMap<>(members);
        body.put("choices", List.of(nativeFinish == null ? Map.of() : Map.of("native_finish_reason", nativeFinish)));
        WireReply whole = new WireReply(head.status(), head.headers(), JsonObject.of(body));
        ChatResponse.Builder response =
                ChatResponse.builder(AssistantMessage.builder().build());
        response.metadata(ResponseMetadata.REFUSAL, isRefused() ? refusal.toString() : null)
                .metadata(
                        ResponseMetadata.SERVICE_TIER,
                        whole.body().text("service_tier").orElse(null));
        dialect.response(whole, response);
        return new ChatStreamEvent.Finish(
                word.reason(!toolCalls.isEmpty()),
                Optional.ofNullable(word.raw()).map(text::name),
                whole.body().text("model").map(text::name).or(() -> Optional.ofNullable(scope.model())),
                Optional.ofNullable(ErrorMapper.requestId(whole, text)),
                reasoning.whole(),
                text.built(response).metadata());
    }
}
