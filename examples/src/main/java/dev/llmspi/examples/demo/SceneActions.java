package dev.llmspi.examples.demo;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.api.ChatResponse;
import dev.llmspi.api.ChatStream;
import dev.llmspi.api.ChatStreamEvent;
import dev.llmspi.api.Message;
import dev.llmspi.api.ToolCall;
import dev.llmspi.api.ToolDefinition;
import dev.llmspi.api.error.LlmException;
import dev.llmspi.core.LlmClient;

/** Contains the application code for the scenes, which prints its results on a page. */
final class SceneActions {

    private static final ToolDefinition WEATHER = ToolDefinition.of("weather", "The current weather in a city.", """
            {"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""");

    private SceneActions() {}

    static void chat(LlmClient client, Page page) {
        try {
            ChatResponse response = client.chat("Why is the sky blue?");
            page.attempts(response.attempts());
            page.say(response.provider() + ": " + response.text());
        } catch (LlmException error) {
            failed(error, page);
        }
    }

    static void stream(LlmClient client, Page page) {
        page.beginLine("text");
        ChatResponse response;
        try (ChatStream stream = client.stream(ChatRequest.of("Why is the sky blue?"))) {
            response = stream.forEachText(page::piece);
        } catch (LlmException error) {
            page.endLine();
            failed(error, page);
            return;
        }
        page.endLine();
        page.attempts(response.attempts());
        page.say("from " + response.provider() + ", complete");
    }

    static void toolRound(LlmClient client, Page page) {
        ChatRequest question = ChatRequest.builder()
                .user("Do I need a coat in Bern?")
                .tools(WEATHER)
                .build();
        page.say("user", question.messages().get(0).text());
        ChatRequest.Builder next = question.toBuilder();
        try {
            ChatResponse asked = read(client, question, page);
            next.message(asked.message());
            for (ToolCall call : asked.toolCalls()) {
                // A real tool would parse the city from call.arguments(), which is JSON text.
                String result = "{\"celsius\":4,\"sky\":\"fog\"}";
                page.say("program", result);
                next.message(Message.tool(call.id(), result));
            }
            ChatResponse answer = read(client, next.build(), page);
            page.say("from " + answer.provider() + ", complete");
        } catch (LlmException error) {
            failed(error, page);
        }
    }

    /** Prints text and tool calls while they arrive. */
    private static ChatResponse read(LlmClient client, ChatRequest request, Page page) {
        page.beginLine("model");
        int shown = -1;
        try (ChatStream stream = client.stream(request)) {
            for (ChatStreamEvent event : stream) {
                if (event instanceof ChatStreamEvent.TextDelta delta) {
                    page.piece(delta.text());
                } else if (event instanceof ChatStreamEvent.ToolCallDelta delta) {
                    page.piece(delta.index() == shown ? "" : "calls " + delta.name() + " ");
                    page.piece(delta.argumentsFragment());
                    shown = delta.index();
                }
            }
            page.endLine();
            ChatResponse response = stream.partial();
            page.attempts(response.attempts());
            return response;
        }
    }

    private static void failed(LlmException error, Page page) {
        page.attempts(error.attempts());
        page.error(error);
    }
}
