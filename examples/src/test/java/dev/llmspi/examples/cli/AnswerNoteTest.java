package dev.llmspi.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerNoteTest {

    private static final Attempt NO_CREDIT = Attempt.builder("openrouter", Outcome.ERROR)
            .kind(ErrorKind.RESOURCE_EXHAUSTED)
            .reason(ErrorReason.INSUFFICIENT_CREDIT)
            .status(402)
            .build();
    private static final Attempt BUSY = Attempt.builder("openrouter", Outcome.ERROR)
            .kind(ErrorKind.RATE_LIMIT)
            .status(429)
            .build();

    private static Attempt answer(String provider, String model) {
        return Attempt.builder(provider, Outcome.SUCCESS).model(model).build();
    }

    @Test
    void of_firstLinkAnswered_isEmpty() {
        assertEquals(Optional.empty(), AnswerNote.of(List.of(answer("openrouter", "m"))));
        assertEquals(Optional.empty(), AnswerNote.of(List.of(BUSY, BUSY, answer("openrouter", "m"))));
        assertEquals(Optional.empty(), AnswerNote.of(List.of(BUSY)));
    }

    @Test
    void of_fallback_saysWhoAnsweredAndWhyTheOthersDidNot() {
        Attempt noModel = Attempt.builder("local", Outcome.SKIPPED)
                .reason(ErrorReason.NOT_MAPPED)
                .build();
        assertEquals(
                Optional.of("answered by portkey; openrouter is out of credit"),
                AnswerNote.of(List.of(NO_CREDIT, answer("portkey", "m"))));
        assertEquals(
                Optional.of("answered by portkey; openrouter is out of credit, local has no model for this call"),
                AnswerNote.of(List.of(BUSY, NO_CREDIT, noModel, answer("portkey", "m"))));
    }

    @Test
    void of_otherModelOfTheSameProvider_namesTheModels() {
        Attempt large = Attempt.builder("local", Outcome.ERROR)
                .model("large")
                .kind(ErrorKind.SERVICE)
                .status(503)
                .build();
        assertEquals(
                Optional.of("answered by local (small); local (large) failed (503)"),
                AnswerNote.of(List.of(large, answer("local", "small"))));
    }
}
