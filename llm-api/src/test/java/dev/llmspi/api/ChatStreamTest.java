package dev.llmspi.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the partial answer that a stream accumulates while it is read. */
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
    void iterator_readToTheEnd_accumulatesTheAnswer() {
        ChatStream stream = stream();
        assertEquals(List.of("hello"), texts(stream.iterator()));
        assertEquals("hello", stream.partial().text());
    }

    @Test
    void source_wrappedByAnotherStream_accumulatesTheAnswerThere() {
        ChatStream inner = stream();
        ChatStream outer = ChatStream.of(
                inner.source(), answer -> answer.toBuilder().callId("c").build());
        assertEquals(List.of("hello"), texts(outer.iterator()));
        assertEquals("hello", outer.partial().text());
        assertEquals("c", outer.partial().callId());
        assertEquals("", inner.partial().text());
    }

    @Test
    void source_afterIterator_isRejected() {
        ChatStream stream = stream();
        Iterator<ChatStreamEvent> unused = stream.iterator();
        assertThrows(IllegalStateException.class, stream::source);
    }

    @Test
    void iterator_afterSource_isRejected() {
        ChatStream stream = stream();
        ChatStream.Source unused = stream.source();
        assertThrows(IllegalStateException.class, stream::iterator);
    }
}
