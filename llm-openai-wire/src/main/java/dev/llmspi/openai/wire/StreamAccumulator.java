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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes in the chunks of a stream: gives out events, and keeps what belongs to the end of the answer. */
final class StreamAccumulator {

    private static final int MEMBERS = 64;

    private final WireReply head;
    private final OpenAiDialect dialect;
    private final ResponseDecoder decoder;
    private final JsonReader json;
    private final Map<String, Object> members = new LinkedHashMap<>();
    private final ToolCallAssembler toolCalls;
    private final StreamedReasoning reasoning = new StreamedReasoning();
    private final UnknownMembers fields = new UnknownMembers();
    private final StringBuilder refusal = new StringBuilder();
    private @Nullable MessageInStream message;
    private WireFinishReason finish = WireFinishReason.NONE;
    private @Nullable String nativeFinish;
    private boolean hasText;
    private boolean hasReasoning;
    private long membersWeight;
    private long answerWeight;

    /**
     * @param head the reply, its body not read yet
     * @param tools the names of the request's tools
     */
    StreamAccumulator(
            WireReply head, OpenAiDialect dialect, ResponseDecoder decoder, JsonReader json, Set<String> tools) {
        this.head = head;
        this.dialect = dialect;
        this.decoder = decoder;
        this.json = json;
        this.toolCalls = new ToolCallAssembler(json, tools);
    }

    /** Whether a member needs no second reading: it is known, or there are more members than any server has. */
    boolean knows(String name) {
        return members.containsKey(name) || members.size() >= MEMBERS;
    }

    /**
     * Takes in a chunk that reports no error.
     *
     * @throws StreamConstraintsException if the answer becomes larger than allowed
     */
    void add(Chunk chunk, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        Chunk.Choice choice = chunk.choice();
        if (choice != null) {
            // Reasoning comes before text, in whatever order the members stand.
            reasoning.add(choice, this, events);
            if (choice.text != null) {
                text(choice.text, events);
            }
            for (int i = 0; i < choice.pieces.size(); i++) {
                add(choice.pieces.get(i), events);
            }
        }
        for (int i = 0; i < chunk.beside.size(); i++) { // behind the choice's own usage: what stands here counts
            add(chunk.beside.get(i), events);
        }
    }

    private void add(Chunk.Piece piece, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (piece instanceof Chunk.ContentParts parts) {
            parts(parts.content(), events);
        } else if (piece instanceof Chunk.ToolFragment fragment) {
            grow(weight(fragment));
            toolCalls.add(fragment, events);
        } else if (piece instanceof Chunk.Refusal said) {
            refusal(said.text(), events);
        } else if (piece instanceof Chunk.FinishMember said) {
            // Some servers repeat it; that the answer was broken off counts whenever it comes.
            finish = finish.isSaid() && !said.reason().isBrokenOff() ? finish : said.reason();
        } else if (piece instanceof Chunk.NativeFinish said) {
            nativeFinish = nativeFinish == null ? said.word() : nativeFinish;
        } else if (piece instanceof Chunk.UsageMember said) {
            usage(said.usage(), events);
        } else if (piece instanceof Chunk.TopMember said) {
            member(said.name(), said.value());
            if (!members.containsKey("usage")) { // Groq sends it in x_groq
                usage(JsonObject.from(said.value()).object("usage"), events);
            }
        } else if (piece instanceof Chunk.UnknownMember unknown) {
            if (fields.add(unknown.name(), unknown.value())) {
                grow(JsonTree.weight(unknown.value()));
            }
        } else if (piece instanceof Chunk.WholeMessage whole) {
            if (message == null) {
                message = new MessageInStream(this);
            }
            message.add(whole.message(), reasoning, events);
        }
    }

    private static long weight(Chunk.ToolFragment fragment) {
        return fragment.arguments().length()
                + length(fragment.id())
                + length(fragment.name())
                + (fragment.fields().isEmpty() ? 0 : JsonTree.weight(fragment.fields()));
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** A piece of the answer's text. */
    void text(String text, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (!text.isEmpty() && (message == null || message.isNewText(text))) {
            grow(text.length());
            hasText = true;
            events.add(new ChatStreamEvent.TextDelta(text));
        }
    }

    private void parts(ContentReader content, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        for (ContentReader.Piece piece : content.pieces()) {
            if (piece.isReasoning()) {
                reasoning(piece.text(), events);
            } else {
                text(piece.text(), events);
            }
        }
        for (Map<String, Object> part : content.reasoningParts()) {
            grow(JsonTree.weight(part));
            reasoning.part(part);
        }
    }

    /** A piece of the visible reasoning. */
    void reasoning(String text, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (!text.isEmpty() && (message == null || message.isNewReasoning(text))) {
            grow(text.length());
            hasReasoning = true;
            events.add(new ChatStreamEvent.ReasoningDelta(text));
        }
    }

    boolean isRefused() {
        return !refusal.isEmpty();
    }

    /** If the model refuses, its refusal is the text: else the answer would be silence. */
    void refusal(String text, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (text.isEmpty() || message != null && !message.isNewRefusal(text)) {
            return;
        }
        grow(text.length());
        refusal.append(text);
        if (!hasText) {
            events.add(new ChatStreamEvent.TextDelta(text));
        }
    }

    /** The answer gets longer by so much. */
    void grow(long weight) throws StreamConstraintsException {
        answerWeight += weight;
        if (answerWeight > json.longestText()) {
            throw new StreamConstraintsException("the answer is too long");
        }
    }

    /** Keeps a member, in place of its earlier value, unless there is no room for it. */
    void member(String name, Object value) {
        Object before = members.get(name);
        long weight = membersWeight + JsonTree.weight(value) - (before == null ? 0 : JsonTree.weight(before));
        if (weight <= json.longestText() && (before != null || members.size() < MEMBERS)) {
            members.put(name, value);
            membersWeight = weight;
        }
    }

    private void usage(JsonObject usage, Queue<ChatStreamEvent> events) {
        Usage read = decoder.usage(usage);
        if (!read.equals(Usage.none())) {
            member("usage", usage.members());
            events.add(new ChatStreamEvent.UsageReported(read));
        }
    }

    ToolCallAssembler toolCalls() {
        return toolCalls;
    }

    UnknownMembers fields() {
        return fields;
    }

    boolean hasText() {
        return hasText;
    }

    boolean hasReasoning() {
        return hasReasoning;
    }

    WireFinishReason finish() {
        return finish;
    }

    /** Whether there is an answer, as far as it has come: tool calls and a refusal, besides what was given out. */
    boolean hasMore() {
        return !toolCalls.isEmpty() || !refusal.isEmpty();
    }

    /** The reply as far as it has come: head, and the members beside the answer. */
    WireReply soFar() {
        return new WireReply(head.status(), head.headers(), JsonObject.of(members));
    }

    /** No more chunks come: takes in what whole messages hold and deltas did not. */
    void takeMessages(Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (message != null) {
            message.complete(events);
        }
    }

    /** The events that end the answer. */
    void complete(CallScope scope, ServerText text, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        toolCalls.complete(events);
        events.add(end(scope, text));
    }

    private ChatStreamEvent.Finish end(CallScope scope, ServerText text) {
        Map<String, Object> body = new LinkedHashMap<>(members);
        body.put("choices", List.of(nativeFinish == null ? Map.of() : Map.of("native_finish_reason", nativeFinish)));
        WireReply whole = new WireReply(head.status(), head.headers(), JsonObject.of(body));
        ChatResponse.Builder response =
                ChatResponse.builder(AssistantMessage.builder().build());
        response.metadata(ResponseMetadata.REFUSAL, refusal.isEmpty() ? null : refusal.toString())
                .metadata(
                        ResponseMetadata.SERVICE_TIER,
                        whole.body().text("service_tier").orElse(null));
        dialect.response(whole, response);
        reasoning.addTo(fields);
        return new ChatStreamEvent.Finish(
                finish.reason(!toolCalls.isEmpty()),
                Optional.ofNullable(finish.raw()).map(text::name),
                whole.body().text("model").map(text::name).or(() -> Optional.ofNullable(scope.model())),
                Optional.ofNullable(ErrorMapper.requestId(whole, text)),
                reasoning.details(),
                text.built(response).metadata(),
                fields.texts());
    }
}
