package dev.llmspi.openai.wire.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests finding the boundaries of words and sentences, and the phrases within a sentence. */
class SentencesTest {

    private static boolean matches(String pattern, String text) {
        WordPattern words = WordPattern.of(pattern, "");
        return words.matches(new PhraseIndex(words.allPhrases()).find(Sentences.of(text)));
    }

    @Test
    void text_isCutIntoSentencesOfWords() {
        assertEquals(
                List.of(List.of("gpt", "4", "1", "isn't", "here"), List.of("余", "额", "no")),
                Sentences.of("GPT-4.1 isn’t here. 余额: no"));
    }

    @Test
    void of_lowerCaseNameIsOneWord_codeInCapitalsIsNot() {
        assertEquals(List.of("get_account_balance", "x"), Sentences.tokens("get_account_balance, _x_"));
        assertEquals(List.of("invocation", "timeout"), Sentences.tokens("INVOCATION_TIMEOUT"));
    }

    @ParameterizedTest
    @CsvSource({
        "balance, get_account_balance, false",
        "credit*, credit_limit is wrong, false",
        "max tokens, max_tokens is wrong, true",
        "max tokens, max_tokens_to_sample is wrong, false",
        "rate limit*, rate_limit_exceeded, true",
        "tool_choice, the tool choice, true",
    })
    void phrase_ofSeveralWords_matchesAName(String phrase, String text, boolean found) {
        assertEquals(found, matches(phrase, text));
    }

    @Test
    void matches_groupsInOneSentenceAndInOrder() {
        assertTrue(matches("a, b & c", "c and b"));
        assertFalse(matches("a & c", "a. c"));
        assertTrue(matches("a > c", "c a c"));
        assertFalse(matches("a > c", "c a"));
    }
}
