package dev.llmspi.examples.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.ErrorKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests {@code /retry}. */
class RetryTest extends ScriptedConversation {

    @Test
    void error_dropsTheQuestion_andRetryAsksItAgain() {
        first.answers("one").fails(ErrorKind.INVALID_REQUEST).answers("two");
        second.fails(ErrorKind.INVALID_REQUEST);
        talk(PLAIN, "a", "b", "/retry");
        assertEquals(1, errors.size());
        assertEquals(List.of("U:a", "A:one", "U:b"), lastRequest(first));
        assertTrue(err().contains("/retry asks it again"), err());
    }

    @Test
    void retry_afterAnAnswer_forgetsIt() {
        first.answers("one").answers("two").answers("three");
        talk(PLAIN, "a", "/retry", "b");
        assertEquals(List.of("U:a", "A:two", "U:b"), lastRequest(first));
    }

    @Test
    void retry_thatFails_keepsTheEarlierAnswer() {
        first.answers("one").answers("two").fails(ErrorKind.INVALID_REQUEST).answers("three");
        second.fails(ErrorKind.INVALID_REQUEST);
        talk(PLAIN, "a", "b", "/retry", "c");
        assertEquals(List.of("U:a", "A:one", "U:b", "A:two", "U:c"), lastRequest(first));
        assertTrue(err().contains("the conversation keeps the earlier one; /retry asks again."), err());
    }

    @Test
    void retry_afterARetryThatFailed_asksTheSameQuestion() {
        first.answers("one").fails(ErrorKind.INVALID_REQUEST).answers("two").answers("three");
        second.fails(ErrorKind.INVALID_REQUEST);
        talk(PLAIN, "a", "/retry", "/retry", "b");
        assertEquals(List.of("U:a", "A:two", "U:b"), lastRequest(first));
    }

    @Test
    void retry_ofAnUnansweredQuestion_leavesEarlierAnswersAlone() {
        first.answers("one")
                .fails(ErrorKind.INVALID_REQUEST)
                .fails(ErrorKind.INVALID_REQUEST)
                .answers("two");
        second.fails(ErrorKind.INVALID_REQUEST).fails(ErrorKind.INVALID_REQUEST);
        talk(PLAIN, "a", "b", "/retry", "/retry");
        assertEquals(List.of("U:a", "A:one", "U:b"), lastRequest(first));
    }

    @Test
    void retry_withoutQuestion_saysSo() {
        talk(PLAIN, "/retry");
        assertTrue(err().contains("there is no question yet"), err());
    }
}
