package dev.llmspi.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a stream keeps of what is read. */
class ChatStreamTest {

    private static ChatStream stream() {
        return ChatStream.ofAnswer(
                ChatResponse.builder(AssistantMessage.of("hello")).provider("p").build());
    }

    private static List<String> texts(Iterator<ChatStreamEvent> events) {
        List<String> texts = new ArrayList<>();
        events.forEachRemaining(event -> {
            if (event instanceof ChatStreamEvent.TextDelta delta) {
                texts.add(delta.text());
            }
        });
        return texts;
    }

    @Test
    void iterator_isReadToItsEnd_gathersTheAnswer() {
        ChatStream stream = stream();
        assertEquals(List.of("hello"), texts(stream.iterator()));
        assertEquals("hello", stream.partial().text());
    }

    @Test
    void passedOn_isReadToItsEnd_keepsNothing() {
        ChatStream stream = stream();
        assertEquals(List.of("hello"), texts(stream.passedOn()));
        assertEquals("", stream.partial().text());
        assertEquals("ChatStream[complete]", stream.toString());
    }

    @Test
    void passedOn_afterIterator_isRefused() {
        ChatStream stream = stream();
        Iterator<ChatStreamEvent> unused = stream.iterator();
        assertThrows(IllegalStateException.class, stream::passedOn);
    }
}
