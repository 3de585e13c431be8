package dev.llmspi.it.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.Attempt;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.core.LlmClient;
import dev.llmspi.testkit.ManualTimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Simulates an application that conducts a conversation with tools, and checks the result of each round. */
final class ToolRounds implements AutoCloseable {

    static final int ROUNDS = 20;

    /** The note on an attempt whose request omits parts of the conversation. */
    static final String LEFT_OUT = "reasoning and provider fields of another model were left out";

    private static final List<ToolDefinition> TOOLS = List.of(
            ToolDefinition.of("get_weather", "The weather.", "{\"type\":\"object\"}"),
            ToolDefinition.of("read-file", "A file.", "{\"type\":\"object\"}"),
            ToolDefinition.of("find", "Finds something.", "{\"type\":\"object\"}"));

    final StrictServer first;
    final StrictServer second;
    private final boolean streamed;
    private final String configuration;
    private final String where;
    private List<Message> messages = new ArrayList<>();
    private LlmClient client;
    private int sent;

    /** @param where information about the test run that is included in failure messages */
    ToolRounds(Shape firstShape, Shape secondShape, boolean streamed, Random random, String where) {
        this.first = firstShape.server(random);
        this.second = secondShape.server(random);
        this.streamed = streamed;
        this.where = where;
        this.configuration = firstShape.block("first", first) + secondShape.block("second", second)
                + "llm.chains.default = [first, second]\n"
                + "llm.retry.max-retries = 1\n"
                + "llm.cooldown.max = 0s\n";
        this.client = client("");
    }

    private LlmClient client(String more) {
        return LlmClient.builder()
                .timeSource(ManualTimeSource.create())
                .environment(Map.of())
                .text(configuration + more, "test")
                .build();
    }

    /** Replaces the client with one that has additional configuration. */
    void configure(String more) {
        client.close();
        client = client(more);
    }

    /** Continues the conversation as if in another process, which knows only the stored text of the conversation. */
    void restore() {
        String stored = StoredConversation.write(messages);
        client.close();
        client = client("");
        messages = StoredConversation.read(stored);
        assertEquals(stored, StoredConversation.write(messages), where);
    }

    /** Changes the model's previous answers in the conversation. */
    void change(UnaryOperator<AssistantMessage> change) {
        messages.replaceAll(message -> message instanceof AssistantMessage said ? change.apply(said) : message);
    }

    void user(String text) {
        messages.add(Message.user(text));
    }

    /** Calls the model and adds the results of the tools that the model calls. */
    ChatResponse round() {
        ChatResponse answer = ask();
        messages.add(answer.message());
        for (ToolCall call : answer.toolCalls()) {
            assertTrue(call.wellFormed(), where);
            messages.add(Message.tool(call.id(), "result of " + call.name()));
        }
        return answer;
    }

    private ChatResponse ask() {
        ChatRequest request =
                ChatRequest.builder().messages(messages).tools(TOOLS).build();
        if (!streamed) {
            return client.chat(request);
        }
        try (ChatStream stream = client.stream(request)) {
            return stream.collect();
        }
    }

    /**
     * Checks which providers were called, that each sent attempt was one POST request, that attempts carry the expected
     * note, and that no request was refused.
     */
    void assertAsked(ChatResponse answer, String... providers) {
        assertEquals(List.of(), first.refusals(), where);
        assertEquals(List.of(), second.refusals(), where);
        assertEquals(
                List.of(providers),
                answer.attempts().stream().map(Attempt::provider).toList(),
                where);
        sent += (int) answer.attempts().stream().filter(Attempt::sent).count();
        assertEquals(sent, first.upstream.posts() + second.upstream.posts(), where);
        int answered = messages.indexOf(answer.message());
        for (Attempt attempt : answer.attempts()) {
            assertEquals(
                    holdsDataOfAnother(messages.subList(0, answered), attempt),
                    attempt.notes().contains(LEFT_OUT),
                    where);
        }
    }

    private static boolean holdsDataOfAnother(List<Message> messages, Attempt attempt) {
        return messages.stream()
                .anyMatch(message -> message instanceof AssistantMessage said
                        && said.hasProviderData()
                        && !said.isFrom(attempt.provider(), attempt.model().orElseThrow()));
    }

    @Override
    public void close() {
        client.close();
        first.close();
        second.close();
    }
}
