package dev.llmspi.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.AssistantMessage;
import dev.llmspi.api.CallContext;
import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.ChatStreamEvent.ToolCallComplete;
import dev.llmspi.api.ChatStreamEvent.ToolCallDelta;
import dev.llmspi.api.FinishReason;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolDefinition;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for tool calls, both complete and streamed. */
public abstract class ToolRules extends ContractRules {

    // The arguments contain no blanks, so that protocols that send them as an object return the same text.
    private static final ToolCall WEATHER =
            new ToolCall("call_weather", "get_weather", "{\"city\":\"Bern\",\"days\":3}", true);
    private static final ToolCall TIME = new ToolCall("call_time", "get_time", "{\"zone\":\"Europe/Zurich\"}", true);

    ToolRules(LlmProviderContract contract) {
        super(contract);
    }

    private static ChatRequest request() {
        return hello().toBuilder()
                .tools(
                        ToolDefinition.of(
                                "get_weather", "Tells the weather.", "{\"type\":\"object\",\"properties\":{}}"),
                        ToolDefinition.of("get_time", "Tells the time.", "{\"type\":\"object\",\"properties\":{}}"))
                .build();
    }

    private ChatResponse answer(ToolCall... calls) {
        bench().callsTools(List.of(calls));
        return chat(request(), CallContext.create());
    }

    private List<ChatStreamEvent> streamed(ToolCall... calls) {
        bench().streamsTools(List.of(calls));
        return events(stream(request()));
    }

    private static <T> List<T> only(Class<T> type, List<ChatStreamEvent> events) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Test
    @DisplayName("4.1 a tool call has its id, its name, and the arguments exactly as the model wrote them")
    public void rule4_1_call() {
        ChatResponse answer = answer(WEATHER);

        assertEquals(List.of(WEATHER), answer.toolCalls());
        assertEquals(FinishReason.TOOL_CALLS, answer.finishReason());
    }

    @Test
    @DisplayName("4.2 multiple tool calls keep their order")
    public void rule4_2_calls() {
        assertEquals(
                List.of("call_time", "call_weather"),
                answer(TIME, WEATHER).toolCalls().stream().map(ToolCall::id).toList());
    }

    @Test
    @DisplayName("4.3 a tool call without parameters has the arguments {}")
    public void rule4_3_noArguments() {
        ToolCall bare = new ToolCall("call_1", "get_time", "{}", true);

        assertEquals(List.of(bare), answer(bare).toolCalls());
    }

    @Test
    @DisplayName("4.4 the tools, tool calls and tool results of a conversation are sent")
    public void rule4_4_conversation() {
        HttpBench http = http();
        http.answers("hello");
        ChatRequest request = hello().toBuilder()
                .message(AssistantMessage.builder().toolCalls(List.of(WEATHER)).build())
                .message(Message.tool(WEATHER.id(), "sunny-result"))
                .tools(ToolDefinition.of(
                        "get_weather",
                        "weather-description",
                        "{\"type\":\"object\",\"properties\":{\"city_parameter\":{\"type\":\"string\"}}}"))
                .build();

        chat(request, CallContext.create());

        String body = http.server().lastRequest().body();
        for (String part : List.of(
                "get_weather", "weather-description", "city_parameter", "call_weather", "Bern", "sunny-result")) {
            assertTrue(body.contains(part), "the request does not contain " + part);
        }
    }

    @Test
    @DisplayName("4.5 in a stream, every delta of a tool call has its index, id and name")
    public void rule4_5_pieces() {
        List<ToolCallDelta> deltas = only(ToolCallDelta.class, streamed(WEATHER, TIME));

        assertTrue(deltas.stream().anyMatch(delta -> delta.index() == 1), "no piece of the second call arrived");
        for (ToolCallDelta delta : deltas) {
            ToolCall call = delta.index() == 0 ? WEATHER : TIME;
            assertEquals(call.id(), delta.id(), () -> "id in " + delta);
            assertEquals(call.name(), delta.name(), () -> "name in " + delta);
        }
    }

    @Test
    @DisplayName("4.6 in a stream, the deltas of a tool call add up to its arguments")
    public void rule4_6_fragments() {
        StringBuilder arguments = new StringBuilder();

        only(ToolCallDelta.class, streamed(WEATHER)).forEach(delta -> arguments.append(delta.argumentsFragment()));

        assertEquals(WEATHER.arguments(), arguments.toString());
    }

    @Test
    @DisplayName("4.7 in a stream, each tool call is completed after its deltas and before the finish event")
    public void rule4_7_complete() {
        List<ChatStreamEvent> events = streamed(WEATHER, TIME);

        assertEquals(
                List.of(new ToolCallComplete(0, WEATHER), new ToolCallComplete(1, TIME)),
                only(ToolCallComplete.class, events));
        for (int index = 0; index < 2; index++) {
            int end = events.indexOf(new ToolCallComplete(index, index == 0 ? WEATHER : TIME));
            for (ToolCallDelta delta : only(ToolCallDelta.class, events.subList(end, events.size()))) {
                assertTrue(delta.index() != index, "a piece of call " + index + " arrived after its end");
            }
        }
        ChatStreamEvent last = events.get(events.size() - 1);
        assertTrue(
                last instanceof ChatStreamEvent.Finish finish && finish.reason() == FinishReason.TOOL_CALLS,
                () -> "the last event is " + last);
    }
}
