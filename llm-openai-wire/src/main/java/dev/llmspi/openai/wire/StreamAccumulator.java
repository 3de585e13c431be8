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

/** Converts the chunks of a stream into events, and collects the data for the final event. */
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
     * @param head the status and headers of the reply
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

    /**
     * Whether a scalar member can be skipped, because it was read before or the maximum number of members is reached.
     */
    boolean knows(String name) {
        return members.containsKey(name) || members.size() >= MEMBERS;
    }

    /**
     * Adds a chunk that reports no error.
     *
     * @throws StreamConstraintsException if the answer becomes larger than allowed
     */
    void add(Chunk chunk, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        Chunk.Choice choice = chunk.choice();
        if (choice != null) {
            // Reasoning is emitted before text, regardless of the order of the members.
            reasoning.add(choice, this, events);
            if (choice.text != null) {
                text(choice.text, events);
            }
            for (int i = 0; i < choice.pieces.size(); i++) {
                add(choice.pieces.get(i), events);
            }
        }
        // These members are added last, because a usage outside the choices takes precedence over one inside a choice.
        for (int i = 0; i < chunk.outside.size(); i++) {
            add(chunk.outside.get(i), events);
        }
    }

    private void add(Chunk.Piece piece, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (piece instanceof Chunk.ContentParts parts) {
            parts(parts.content(), events);
        } else if (piece instanceof Chunk.ToolFragment fragment) {
            grow(weight(fragment));
            toolCalls.add(fragment, events);
        } else if (piece instanceof Chunk.Refusal text) {
            refusal(text.text(), events);
        } else if (piece instanceof Chunk.FinishMember member) {
            // Some servers repeat the finish reason. The first one is used unless a later one reports a failure.
            finish = finish.isPresent() && !member.reason().isBrokenOff() ? finish : member.reason();
        } else if (piece instanceof Chunk.NativeFinish member) {
            nativeFinish = nativeFinish == null ? member.word() : nativeFinish;
        } else if (piece instanceof Chunk.UsageMember member) {
            usage(member.usage(), events);
        } else if (piece instanceof Chunk.TopMember member) {
            member(member.name(), member.value());
            if (!members.containsKey("usage")) { // Groq sends the usage in x_groq
                usage(JsonObject.from(member.value()).object("usage"), events);
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

    /** Adds text to the answer. */
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

    /** Adds visible reasoning to the answer. */
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

    /**
     * Adds refusal text. It is emitted as the answer's text if there is no other text, so that the answer is not empty.
     */
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

    /**
     * Counts characters towards the size limit of the answer.
     *
     * @throws StreamConstraintsException if the limit is exceeded
     */
    void grow(long weight) throws StreamConstraintsException {
        answerWeight += weight;
        if (answerWeight > json.longestText()) {
            throw new StreamConstraintsException("the answer is too long");
        }
    }

    /** Stores a member and replaces its earlier value, unless a limit is reached. */
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

    /** Whether the answer received so far contains tool calls or a refusal. */
    boolean hasMore() {
        return !toolCalls.isEmpty() || !refusal.isEmpty();
    }

    /** Returns the reply received so far: its status, its headers and the members outside the choices. */
    WireReply soFar() {
        return new WireReply(head.status(), head.headers(), JsonObject.of(members));
    }

    /**
     * Adds the tool calls in complete messages, which are used only if no delta contained one. Called after the last
     * chunk.
     */
    void takeMessages(Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        if (message != null) {
            message.complete(events);
        }
    }

    /** Emits the events that finish the answer. */
    void complete(WireCall call, Redactor redactor, Queue<ChatStreamEvent> events) throws StreamConstraintsException {
        toolCalls.complete(events);
        events.add(end(call, redactor));
    }

    private ChatStreamEvent.Finish end(WireCall call, Redactor redactor) {
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
                Optional.ofNullable(finish.raw()).map(redactor::name),
                whole.body().text("model").map(redactor::name).or(() -> Optional.ofNullable(call.model())),
                whole.requestId().map(redactor::name),
                reasoning.details(),
                redactor.built(response).metadata(),
                fields.texts());
    }
}
