package dev.llmspi.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChatRequestTest {

    private static Arguments fault(String field, Consumer<ChatRequest.Builder> change) {
        return Arguments.of(field, change);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("temperature", builder -> builder.temperature(2.1)),
                fault("temperature", builder -> builder.temperature(Double.NaN)),
                fault("topP", builder -> builder.topP(0)),
                fault("topP", builder -> builder.topP(1.1)),
                fault("topK", builder -> builder.topK(0)),
                fault("frequencyPenalty", builder -> builder.frequencyPenalty(-2.1)),
                fault("presencePenalty", builder -> builder.presencePenalty(2.1)),
                fault("maxOutputTokens", builder -> builder.maxOutputTokens(0)),
                fault("stop", builder -> builder.stop("")),
                fault("model", builder -> builder.model(" ")),
                fault("messages", builder -> builder.messages(List.of()).build()),
                fault("user message", builder -> builder.user(" \n")),
                fault("system message", builder -> builder.system("")),
                fault("reasoning", builder -> builder.reasoning(Reasoning.maxTokens(0))),
                fault("tool name", builder -> builder.tools(ToolDefinition.of("no blanks", "", "{}"))),
                fault("toolChoice", builder -> builder.toolChoice(ToolChoice.named("gone"))
                        .build()),
                fault("schema name", builder -> builder.responseFormat(ResponseFormat.jsonSchema("", "{}"))));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void builder_outOfRange_isRejectedWithTheFieldName(String field, Consumer<ChatRequest.Builder> change) {
        ChatRequest.Builder builder = ChatRequest.builder().user("hi");
        IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> change.accept(builder));
        assertTrue(error.getMessage().startsWith(field), error.getMessage());
    }

    @Test
    void toBuilder_everything_isKept() {
        ChatRequest request = ChatRequest.builder()
                .user("hi")
                .model("m")
                .temperature(0.5)
                .topP(0.9)
                .topK(3)
                .frequencyPenalty(1)
                .presencePenalty(-1)
                .maxOutputTokens(10)
                .stop("a")
                .seed(7)
                .reasoning(Reasoning.effort("low"))
                .tools(ToolDefinition.of("t", "does", "{}"))
                .toolChoice(ToolChoice.named("t"))
                .parallelToolCalls(false)
                .responseFormat(ResponseFormat.jsonObject())
                .automaticCaching()
                .extra("openrouter", "a", 1)
                .build();
        ChatRequest copy = request.toBuilder().build();
        assertEquals(request.messages(), copy.messages());
        assertEquals(request.model(), copy.model());
        assertEquals(request.temperature(), copy.temperature());
        assertEquals(request.topP(), copy.topP());
        assertEquals(request.topK(), copy.topK());
        assertEquals(request.frequencyPenalty(), copy.frequencyPenalty());
        assertEquals(request.presencePenalty(), copy.presencePenalty());
        assertEquals(request.maxOutputTokens(), copy.maxOutputTokens());
        assertEquals(request.stop(), copy.stop());
        assertEquals(request.seed(), copy.seed());
        assertEquals(request.reasoning(), copy.reasoning());
        assertEquals(request.tools(), copy.tools());
        assertEquals(request.toolChoice(), copy.toolChoice());
        assertEquals(request.parallelToolCalls(), copy.parallelToolCalls());
        assertEquals(request.responseFormat(), copy.responseFormat());
        assertTrue(copy.automaticCaching());
        assertEquals(request.extras(), copy.extras());
    }

    @Test
    void extra_valueChangedLater_doesNotAffectTheRequest() {
        List<Object> list = new ArrayList<>(List.of("a"));
        Map<String, Object> value = new HashMap<>(Map.of("list", list));
        ChatRequest request =
                ChatRequest.builder().user("hi").extra("x", "field", value).build();
        list.add("b");
        value.clear();
        assertEquals(Map.of("list", List.of("a")), request.extras("x").get("field"));
        assertEquals(Map.of(), request.extras("y"));
    }

    @Test
    void needs_partsToolsAndSchema_areIncluded() {
        ChatRequest request = ChatRequest.builder()
                .message(UserMessage.of(
                        new TextPart("what is this?"), ImagePart.of(URI.create("https://x.example/a.png"))))
                .tools(ToolDefinition.of("t", "does", "{}"))
                .responseFormat(ResponseFormat.jsonSchema("s", "{}"))
                .build();
        assertEquals(Set.of(Capability.IMAGES, Capability.TOOLS, Capability.STRUCTURED_OUTPUT), request.needs());
        assertEquals(Set.of(), ChatRequest.of("hi").needs());
    }

    @Test
    void toString_omitsTheMessages() {
        ChatRequest request = ChatRequest.builder()
                .message(UserMessage.of(new TextPart("canary"), FilePart.of("f", new byte[] {1}, "text/plain")))
                .build();
        assertFalse((request + " " + request.messages()).contains("canary"));
    }
}
