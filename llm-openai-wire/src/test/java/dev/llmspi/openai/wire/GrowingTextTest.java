package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is new in messages that stand where deltas should be. */
class GrowingTextTest {

    @ParameterizedTest
    @CsvSource({
        "Hello there., Hello there.",
        "'Hello there, you.|Hello there, you.', 'Hello there, you.'",
        "He|Hello|Hello you, Hello you",
        "He|Hello|Hello|Hello you, Hello you",
        "He|llo| you, He llo you",
        "ha|ha|ho, hahaho",
        "a|b|ba, abba"
    })
    void whole_inPieces_orLongerEachTime(String messages, String expected) {
        GrowingText text = new GrowingText();
        StringBuilder all = new StringBuilder();
        for (String message : messages.split("\\|")) {
            all.append(text.next(message));
        }
        assertEquals(expected.replace(" ", ""), all.toString().replace(" ", ""));
    }
}
