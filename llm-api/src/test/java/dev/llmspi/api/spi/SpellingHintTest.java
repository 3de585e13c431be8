package dev.llmspi.api.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingHintTest {

    private static final List<String> COMMANDS = List.of("demo", "chat", "providers", "route", "models", "account");

    @ParameterizedTest
    @CsvSource({"caht, chat", "provdier, providers", "model, models", "CHAT, chat", "acount, account", "dem, demo"})
    void nearest_oneOrTwoTypingErrors_findsTheName(String word, String name) {
        assertEquals(Optional.of(name), SpellingHint.nearest(word, COMMANDS));
    }

    @Test
    void nearest_anotherWord_findsNothing() {
        assertEquals(Optional.empty(), SpellingHint.nearest("stream", COMMANDS));
        assertEquals(Optional.empty(), SpellingHint.nearest("x", List.of()));
        assertEquals(Optional.empty(), SpellingHint.nearest("chat", List.of("chat")));
    }

    @Test
    void nearest_severalAtTheSameDistance_prefersTheSameLengthThenTheAlphabet() {
        assertEquals(Optional.of("cart"), SpellingHint.nearest("cast", List.of("casts", "cas", "cost", "cart")));
    }

    @Test
    void nearest_underscoreForDash_isTheSameName() {
        assertEquals(
                Optional.of("max-retries"), SpellingHint.nearest("max_retries", List.of("max-delay", "max-retries")));
    }

    @Test
    void of_wordIsTheEndOfAName_suggestsThatName() {
        List<String> keys = List.of("default-model", "models", "timeouts", "request-timeout", "model-capabilities");
        assertEquals("; did you mean \"models\" or \"default-model\"?", SpellingHint.of("model", keys));
        assertEquals(
                "; did you mean \"default-model\" or \"modes\"?",
                SpellingHint.of("model", List.of("default-model", "modes")));
        assertEquals("; did you mean \"timeouts\" or \"request-timeout\"?", SpellingHint.of("timeout", keys));
        assertEquals("; did you mean \"max-tokens\"?", SpellingHint.of("tokens", List.of("max-tokens", "max-retries")));
    }

    @Test
    void of_noNameNear_listsAllInAlphabeticalOrder() {
        assertEquals("; did you mean \"chat\"?", SpellingHint.of("caht", COMMANDS));
        assertEquals("; known: a, b", SpellingHint.of("something", List.of("b", "a")));
        assertEquals("", SpellingHint.of("something", List.of()));
    }
}
