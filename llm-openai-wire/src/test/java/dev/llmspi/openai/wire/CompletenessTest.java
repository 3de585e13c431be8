package dev.llmspi.openai.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.llmspi.api.FinishReason;
import dev.llmspi.openai.wire.Completeness.End;
import dev.llmspi.openai.wire.Completeness.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests each rule that decides whether an answer is complete. */
class CompletenessTest {

    private static final WireFinishReason STOP = new WireFinishReason("stop");

    @Test
    void of_earlyEnd_takesPrecedence() {
        WireFinishReason aborted = new WireFinishReason("aborted");
        for (End end : End.values()) {
            assertEquals(Verdict.BROKEN_OFF, Completeness.of(aborted, true, true, true, end, true));
            assertEquals(Verdict.BROKEN_OFF, Completeness.of(aborted, false, false, false, end, true));
        }
    }

    @Test
    void of_finishReason_isCompleteAtAnyEnd() {
        for (End end : End.values()) {
            assertEquals(Verdict.COMPLETE, Completeness.of(STOP, true, true, false, end, false));
            assertEquals(Verdict.COMPLETE, Completeness.of(STOP, false, true, true, end, false));
            assertEquals(Verdict.NAMELESS_CALL, Completeness.of(STOP, true, false, true, end, true));
        }
    }

    @Test
    void withoutFinishReason_nothingIsEmpty_aDocumentIsWhole_aBodyIsCut() {
        WireFinishReason none = WireFinishReason.NONE;
        for (End end : End.values()) {
            assertEquals(Verdict.EMPTY, Completeness.of(none, false, true, true, end, true));
        }
        assertEquals(Verdict.COMPLETE, Completeness.of(none, true, true, true, End.DOCUMENT, false));
        assertEquals(Verdict.NAMELESS_CALL, Completeness.of(none, true, false, true, End.DOCUMENT, false));
        assertEquals(Verdict.TRUNCATED, Completeness.of(none, true, true, true, End.BODY, true));
    }

    @Test
    void of_done_isCompleteIfTrustedAndEachCallIsComplete() {
        WireFinishReason none = WireFinishReason.NONE;
        assertEquals(Verdict.COMPLETE, Completeness.of(none, true, true, true, End.DONE, true));
        assertEquals(Verdict.TRUNCATED, Completeness.of(none, true, true, true, End.DONE, false));
        assertEquals(Verdict.TRUNCATED, Completeness.of(none, true, true, false, End.DONE, true));
        assertEquals(Verdict.TRUNCATED, Completeness.of(none, true, false, true, End.DONE, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "error",
                "insufficient_system_resource",
                "network_error",
                "server_error",
                "abort",
                "aborted_by_host",
                "CANCELLED",
                "canceled",
                "timeout",
                "request timed out",
                "time_out",
                "worker-killed",
                "generation-failed",
                "interrupted",
                "engine_overloaded",
                "service_unavailable",
                "client_disconnected",
                "preempted"
            })
    void words_thatSayTheGenerationWasBrokenOff(String word) {
        assertTrue(new WireFinishReason(word).isBrokenOff());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stop",
                "length",
                "tool_calls",
                "content_filter",
                "end_turn",
                "eos_token",
                "max_tokens",
                "stop_sequence",
                "SAFETY",
                "RECITATION",
                "model_length",
                "pause_turn",
                "OTHER",
                "no_error",
                "not_aborted",
                "without failure",
                "skilled",
                "STOP",
                "finished"
            })
    void words_thatSayNoSuchThing(String word) {
        assertFalse(new WireFinishReason(word).isBrokenOff());
        assertFalse(WireFinishReason.NONE.isBrokenOff());
    }

    /** Some servers send such a word as the finish reason instead of null. It does not complete the answer. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "none", "None", "NULL", "", " "})
    void words_thatMeanThatThereIsNoReason(String word) {
        assertEquals(WireFinishReason.NONE, WireFinishReason.of(word));
        assertFalse(WireFinishReason.of(word).isPresent());
        assertEquals(Verdict.TRUNCATED, Completeness.of(WireFinishReason.of(word), true, true, true, End.BODY, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop", "STOP", "Stop"})
    void words_inAnyCase_meanTheSame(String word) {
        assertEquals(FinishReason.STOP, WireFinishReason.of(word).reason(false));
        assertEquals(word, WireFinishReason.of(word).raw());
    }
}
