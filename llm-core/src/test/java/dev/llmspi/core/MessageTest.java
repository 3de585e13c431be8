package dev.llmspi.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.llmspi.api.ChatRequest;
import dev.llmspi.testkit.ScriptedProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which messages are refused before any attempt is made. */
class MessageTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t "})
    void chat_blankUserMessage_isRefusedWithoutAnAttempt(String blank) {
        ScriptedProvider provider = ScriptedProvider.named("p");
        try (LlmClient client =
                LlmClient.builder().provider(provider).chain("default", "p").build()) {
            assertThrows(IllegalArgumentException.class, () -> client.chat(blank));
            assertThrows(
                    IllegalArgumentException.class, () -> ChatRequest.builder().user(blank));
        }
        assertEquals(0, provider.calls());
    }
}
