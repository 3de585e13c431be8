package dev.llmspi.examples.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.llmspi.api.Attempt;
import dev.llmspi.api.Attempt.Outcome;
import dev.llmspi.api.ErrorKind;
import dev.llmspi.api.ErrorReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureWordsTest {

    private static String words(ErrorKind kind, int status) {
        return FailureWords.of(
                Attempt.builder("p", Outcome.ERROR).kind(kind).status(status).build());
    }

    @Test
    void of_kind_namesTheStatusOfAnError() {
        assertEquals("failed (503)", words(ErrorKind.SERVICE, 503));
        assertEquals("failed", words(ErrorKind.SERVICE, 200));
        assertEquals("rejected the API key (401)", words(ErrorKind.AUTHENTICATION, 401));
    }

    @ParameterizedTest
    @EnumSource(ErrorKind.class)
    void of_everyKind_hasWords(ErrorKind kind) {
        assertFalse(words(kind, 0).isBlank());
    }

    @ParameterizedTest
    @EnumSource(ErrorReason.class)
    void of_everyReason_hasPlainWords(ErrorReason reason) {
        String words = FailureWords.of(Attempt.builder("p", Outcome.ERROR)
                .kind(ErrorKind.TIMEOUT)
                .reason(reason)
                .build());
        assertFalse(words.isBlank() || words.contains("_") || words.contains("cooldown"), words);
    }
}
