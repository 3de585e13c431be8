package dev.llmspi.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests the provider data of an assistant message. */
class AssistantMessageTest {

    private static final ToolCall PLAIN = new ToolCall("c", "f", "{}", true);
    private static final ToolCall SIGNED = PLAIN.withProviderFields(Map.of("extra_content", "{\"s\":1}"));

    private static AssistantMessage.Builder message() {
        return AssistantMessage.builder().text("t").from("p", "m");
    }

    /** Checks that all data to be sent back can be read from a message and put into a new one. */
    @Test
    void storedAndRestored_isTheSameMessage() {
        AssistantMessage message = message()
                .toolCalls(List.of(SIGNED))
                .reasoning("thought")
                .reasoningDetails(List.of(Map.of("type", "reasoning.text")))
                .providerFields(Map.of("reasoning_content", "\"thought\""))
                .build();
        ToolCall stored = message.toolCalls().get(0);
        AssistantMessage restored = AssistantMessage.builder()
                .content(message.content())
                .toolCalls(List.of(new ToolCall(
                        stored.id(), stored.name(), stored.arguments(), stored.wellFormed(), stored.providerFields())))
                .reasoning(message.reasoning().orElseThrow())
                .reasoningDetails(message.reasoningDetails())
                .providerFields(message.providerFields())
                .from(message.provider().orElseThrow(), message.model().orElseThrow())
                .build();

        assertEquals(message, restored);
        assertTrue(restored.isFrom("p", "m"));
        assertEquals(message, message.toBuilder().build());
        assertNotEquals(message, message.toBuilder().providerFields(Map.of()).build());
    }

    @Test
    void withoutProviderData_keepsTheRest() {
        AssistantMessage plain =
                message().toolCalls(List.of(PLAIN)).reasoning("r").build();
        assertSame(plain, plain.withoutProviderData());
        for (AssistantMessage.Builder more : List.of(
                plain.toBuilder().toolCalls(List.of(SIGNED)),
                plain.toBuilder().providerFields(Map.of("x", "1")),
                plain.toBuilder().reasoningDetails(List.of(Map.of("a", 1))))) {
            AssistantMessage message = more.build();
            assertTrue(message.hasProviderData());
            assertEquals(plain, message.withoutProviderData());
            assertFalse(message.withoutProviderData().hasProviderData());
            assertTrue(message.withoutProviderData().isFrom("p", "m"));
        }
    }

    @Test
    void createdByTheApplication_hasNoOrigin() {
        AssistantMessage message = AssistantMessage.of("t");
        assertEquals(Optional.empty(), message.provider());
        assertEquals(Optional.empty(), message.model());
        assertFalse(message.hasProviderData());
    }

    @Test
    void fields_cannotBeChangedFromOutside() {
        Map<String, String> fields = new HashMap<>(Map.of("x", "1"));
        AssistantMessage message = message().providerFields(fields).build();
        fields.put("y", "2");
        assertEquals(Map.of("x", "1"), message.providerFields());
        assertThrows(UnsupportedOperationException.class, () -> message.providerFields()
                .put("y", "2"));
        assertThrows(UnsupportedOperationException.class, () -> SIGNED.providerFields()
                .clear());
    }
}
