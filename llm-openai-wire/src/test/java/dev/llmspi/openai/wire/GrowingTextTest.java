package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests finding the new text in messages that a server sends instead of deltas. */
class GrowingTextTest {

    @ParameterizedTest
    @CsvSource({
        "Hello there., Hello there.",
        "'Hello there, you.|Hello there, you.', 'Hello there, you.'",
        "He|Hello|Hello you, Hello you",
        "He|Hello|Hello|Hello you, Hello you",
        "He|llo| you, He llo you",
        "ha|ha|ho, hahaho",
        "a|b|ba, abba",
        "'Hello| there|, you.|Hello there, you.', 'Hello there, you.'",
        "Hello|Hello, Hello",
        "Hello|Hello there|Hello there|Hello there., Hello there.",
        "|Hello|Hello, Hello"
    })
    void whole_inPieces_orLongerEachTime(String messages, String expected) {
        GrowingText text = new GrowingText();
        StringBuilder all = new StringBuilder();
        for (String message : messages.split("\\|")) {
            all.append(text.next(message));
        }
        assertEquals(expected.replace(" ", ""), all.toString().replace(" ", ""));
    }

    /** In the input, {@code M} marks the text of a message and {@code D} marks the text of a delta. */
    @ParameterizedTest
    @CsvSource({
        "M:Hello there.|D:Hello there., Hello there.",
        "M:Hel|D:lo|M:Hello|D: there|M:Hello there, Hello there",
        "M:Hello|D:Hello|D:Hello, HelloHello",
        "M:ha|D:ha, haha",
        "M:Hello|D: there|M:Hello there, Hello there"
    })
    void next_messagesAndDeltas_eachTextOnce(String texts, String expected) {
        GrowingText text = new GrowingText();
        StringBuilder all = new StringBuilder();
        for (String said : texts.split("\\|")) {
            String words = said.substring(2);
            if (said.startsWith("M")) {
                all.append(text.next(words));
            } else if (text.takes(words)) {
                all.append(words);
            }
        }
        assertEquals(expected, all.toString());
    }
}
