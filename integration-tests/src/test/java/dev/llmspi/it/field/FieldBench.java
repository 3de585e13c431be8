package dev.llmspi.it.field;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.event.CallFinished;
import dev.llmspi.core.CallOptions;
import dev.llmspi.core.LlmClient;
import dev.llmspi.it.server.Reply;
import dev.llmspi.it.server.TestUpstream;
import dev.llmspi.testkit.FakeRequest;
import dev.llmspi.testkit.ManualTimeSource;
import dev.llmspi.testkit.RecordingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A client with two links of the same provider type, each with its own server. The first server replies as the case
 * defines. The second server always answers. Errors do not affect later calls, and waits between attempts take no time.
 */
final class FieldBench implements AutoCloseable {

    static final String FIRST = "first";
    static final String NEXT = "next";
    /** The text of the second link's answers, unless the case defines another text. */
    static final String FROM_NEXT = "from the next link";

    private final TestUpstream first = TestUpstream.start();
    private final TestUpstream next = TestUpstream.start();
    private final FieldCase fieldCase;
    private final LlmClient client;

    FieldBench(FieldCase fieldCase, String type) {
        this.fieldCase = fieldCase;
        String more = type.equals("portkey") ? "provider = openai\n" : "";
        this.client = LlmClient.builder()
                .timeSource(ManualTimeSource.create())
                .text(
                        """
                        llm.providers.first { type = %1$s, api-key = k1, default-model = m, base-url = "%2$s"
                        %4$s%5$s
                        }
                        llm.providers.next { type = %1$s, api-key = k2, default-model = m, base-url = "%3$s"
                        %4$s
                        }
                        llm.chains { default = [first, next], alone = [first] }
                        llm.cooldown { authentication = 0s, exhausted = 0s, max = 0s }
                        llm.retry.budget = 1000000
                        llm.timeouts.total = 20s
                        """.formatted(
                                type, first.url("/v1"), next.url("/v1"), more, String.join("\n", fieldCase.settings())),
                        "test")
                .build();
    }

    /** Decides how the bytes of a response are split when they are sent. */
    @FunctionalInterface
    interface Sending {
        Reply of(CannedReply reply);
    }

    /**
     * Runs a case that consists of one call.
     *
     * @param chain {@code default} to include the second link, or {@code alone} to exclude it
     */
    Observed call(Mode mode, String chain, Sending sending) {
        FieldCase.Turn turn = fieldCase.turns().get(0);
        first.always(sending.of(reply(turn, mode)));
        next.always(CannedReply.good(mode, FROM_NEXT).whole());
        return call(
                mode,
                request(turn.ask(), turn.ask().messages()),
                CallOptions.builder().chain(chain).build());
    }

    /**
     * Runs a conversation turn by turn. Returns all differences from the expected requests and answers.
     *
     * @param stored whether the conversation is stored and restored before each turn
     */
    List<String> converse(Mode mode, boolean stored, Sending sending) {
        List<String> differences = new ArrayList<>();
        List<Message> history = new ArrayList<>();
        List<FakeRequest> requests = new ArrayList<>();
        for (FieldCase.Turn turn : fieldCase.turns()) {
            Ask ask = turn.ask();
            boolean toNext = ask.link() != Ask.Link.FIRST;
            Reply reply = sending.of(reply(turn, mode));
            next.always(toNext ? reply : CannedReply.good(mode, FROM_NEXT).whole());
            first.always(toNext ? Reply.error(402, "402", "no credit") : reply);
            history.addAll(ask.messages());
            if (stored) {
                history.replaceAll(Stored::restored);
            }
            CallOptions.Builder options = CallOptions.builder();
            if (ask.link() == Ask.Link.NEXT) {
                options.provider(NEXT);
            }
            Observed seen = call(mode, request(ask, history), options.build());
            String where = "turn " + (requests.size() + 1) + ": ";
            Comparison.differences(turn.expected(), asFirst(seen, ask.link()), true)
                    .forEach(difference -> differences.add(where + difference));
            TestUpstream asked = toNext ? next : first;
            if (asked.requests().isEmpty() || seen.answer() == null) {
                if (seen.answer() == null && turn.expected().error() == null) {
                    break;
                }
                continue;
            }
            requests.add(asked.lastRequest());
            for (SentCheck check : turn.sent()) {
                check.complaint(requests).ifPresent(complaint -> differences.add(where + complaint));
            }
            history.add(seen.answer().message());
        }
        return differences;
    }

    /**
     * Converts the observation of a call that the second link was to answer. The result looks as if that link were the
     * only one.
     */
    private static Observed asFirst(Observed seen, Ask.Link link) {
        if (link == Ask.Link.FIRST) {
            return seen;
        }
        List<Attempt> attempts = new ArrayList<>();
        for (Attempt attempt : seen.attempts()) {
            if (attempt.provider().equals(NEXT)) {
                attempts.add(renamed(attempt));
            }
        }
        int refused = link == Ask.Link.FALLBACK ? 1 : 0;
        if (seen.posts() != refused) {
            throw new AssertionError("the first link saw " + seen.posts() + " POSTs, not " + refused);
        }
        return new Observed(seen.mode(), seen.answer(), seen.thrown(), seen.events(), attempts, seen.nextPosts(), 0);
    }

    private static Attempt renamed(Attempt attempt) {
        return Attempt.builder(FIRST, attempt.outcome())
                .sent(attempt.sent())
                .kind(attempt.kind().orElse(null))
                .reason(attempt.reason().orElse(null))
                .firstToken(attempt.firstToken().orElse(null))
                .notes(attempt.notes())
                .build();
    }

    private static CannedReply reply(FieldCase.Turn turn, Mode mode) {
        CannedReply reply = turn.replies().get(mode);
        return reply == null ? CannedReply.good(mode, "ok") : reply;
    }

    private ChatRequest request(Ask ask, List<Message> messages) {
        Set<String> names = new TreeSet<>(fieldCase.toolNames());
        names.addAll(ask.tools());
        ChatRequest.Builder request = ChatRequest.builder()
                .messages(messages)
                .model(ask.model())
                .tools(names.stream()
                        .map(name -> ToolDefinition.of(name, "a tool", "{\"type\":\"object\"}"))
                        .toList());
        ask.parameters().forEach((name, value) -> {
            switch (name) {
                case "temperature" -> request.temperature(Double.parseDouble(value));
                case "max-tokens" -> request.maxOutputTokens(Integer.parseInt(value));
                default -> request.parallelToolCalls(value.equals("yes"));
            }
        });
        return request.build();
    }

    private Observed call(Mode mode, ChatRequest request, CallOptions options) {
        RecordingListener listener = RecordingListener.create();
        CallOptions told = CallOptions.builder().listener(listener).build().over(options);
        List<ChatStreamEvent> events = new ArrayList<>();
        int posts = first.posts();
        int nextPosts = next.posts();
        ChatResponse answer = null;
        Throwable thrown = null;
        try {
            if (mode == Mode.WHOLE) {
                answer = client.chat(request, told);
            } else {
                try (ChatStream stream = client.stream(request, told)) {
                    stream.forEach(events::add);
                    answer = stream.partial();
                }
            }
        } catch (RuntimeException e) {
            thrown = e;
        }
        List<Attempt> attempts = listener.events(CallFinished.class).stream()
                .flatMap(call -> call.attempts().stream())
                .toList();
        return new Observed(
                mode, answer, thrown, List.copyOf(events), attempts, first.posts() - posts, next.posts() - nextPosts);
    }

    @Override
    public void close() {
        client.close();
        first.close();
        next.close();
    }

    /** Rebuilds a message from its accessor values, as an application would after storing the message. */
    private static final class Stored {

        private Stored() {}

        static Message restored(Message message) {
            if (!(message instanceof AssistantMessage answer)) {
                return message;
            }
            AssistantMessage.Builder copy = AssistantMessage.builder()
                    .content(answer.content())
                    .toolCalls(answer.toolCalls())
                    .reasoning(answer.reasoning().orElse(null))
                    .reasoningDetails(answer.reasoningDetails())
                    .providerFields(answer.providerFields());
            answer.provider()
                    .ifPresent(provider -> copy.from(provider, answer.model().orElse(null)));
            return copy.build();
        }
    }
}
